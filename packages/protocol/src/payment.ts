import { encodeAbiParameters, keccak256, type Address, type Hex } from 'viem';

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

/** `keccak256("exact", token, from, nonce)`: how receipts and vaults name an x402 `exact` payment. */
export function exactPaymentRef(token: Address, from: Address, nonce: Hex): Hex {
  return keccak256(
    encodeAbiParameters(
      [{ type: 'string' }, { type: 'address' }, { type: 'address' }, { type: 'bytes32' }],
      ['exact', token, from, nonce],
    ),
  );
}
