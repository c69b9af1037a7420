import type { Address, Hex, LocalAccount } from 'viem';
import { recoverStrict, type Recover } from './strict-signature.ts';
import { typedHasher } from './typed-hash.ts';

/**
 * An EIP-3009 transfer authorization, as x402 `exact` carries it. Amounts in the token's smallest unit, times in Unix
 * seconds.
 */
export interface ExactAuthorization {
  from: Address;
  to: Address;
  value: bigint;
  validAfter: bigint;
  validBefore: bigint;
  nonce: Hex;
}

/** EIP-712 type of the authorization (EIP-3009), as buyers sign it and tokens and vaults check it. */
export const AUTHORIZATION_TYPES = {
  TransferWithAuthorization: [
    { name: 'from', type: 'address' },
    { name: 'to', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'validAfter', type: 'uint256' },
    { name: 'validBefore', type: 'uint256' },
    { name: 'nonce', type: 'bytes32' },
  ],
} as const;

/** EIP-712 domain of the token that is paid with. */
export interface TokenDomain {
  name: string;
  version: string;
  chainId: number;
  verifyingContract: Address;
}

const hashAuthorization = typedHasher('TransferWithAuthorization', AUTHORIZATION_TYPES.TransferWithAuthorization);

const typedData = (message: ExactAuthorization, domain: TokenDomain) =>
  ({ domain, types: AUTHORIZATION_TYPES, primaryType: 'TransferWithAuthorization', message }) as const;

/** A buyer's signature over a payment. */
export function signAuthorization(
  authorization: ExactAuthorization,
  buyer: Pick<LocalAccount, 'signTypedData'>,
  token: TokenDomain,
): Promise<Hex> {
  return buyer.signTypedData(typedData(authorization, token));
}

/** The address that signed a payment, by the vault's rule, which is stricter than x402's. Throws SIGNATURE_INVALID. */
export async function authorizationSigner(
  authorization: ExactAuthorization,
  signature: Hex,
  token: TokenDomain,
  recover?: Recover,
): Promise<Address> {
  return recoverStrict(hashAuthorization(token, { ...authorization }), signature, recover);
}

/** The other type of EIP-3009, with the same members: the payee alone may take the money. */
export const RECEIVE_TYPE = 'ReceiveWithAuthorization';
const RECEIVE_TYPES = { [RECEIVE_TYPE]: AUTHORIZATION_TYPES.TransferWithAuthorization } as const;

/** What a payer signs so that `to` alone may take the money, as the collector of a channel's deposits does. */
export const receiveTypedData = (message: ExactAuthorization, domain: TokenDomain) =>
  ({ domain, types: RECEIVE_TYPES, primaryType: RECEIVE_TYPE, message: { ...message } }) as const;

const CANCEL_TYPES = {
  CancelAuthorization: [
    { name: 'authorizer', type: 'address' },
    { name: 'nonce', type: 'bytes32' },
  ],
} as const;

/** What an authorizer signs so that nobody can ever use one of its authorizations (EIP-3009). */
export const cancelTypedData = (message: { authorizer: Address; nonce: Hex }, domain: TokenDomain) =>
  ({ domain, types: CANCEL_TYPES, primaryType: 'CancelAuthorization', message }) as const;
