import type { Address, Hex, LocalAccount } from 'viem';
import { omlDomain } from './domain.ts';
import { recoverStrict } from './strict-signature.ts';
import { typedHasher } from './typed-hash.ts';

/** A host's EIP-712 statement about one answer (protocol §5). Every member is one 32-byte word. */
export interface Receipt {
  licenseId: bigint;
  client: Address;
  requestNonce: Hex;
  queryHash: Hex;
  head: Hex;
  responseHash: Hex;
  paymentRef: Hex;
  amount: bigint;
  cumulative: bigint;
  answeredAt: bigint;
}

export interface SignedReceipt {
  receipt: Receipt;
  signature: Hex;
}

export const RECEIPT_TYPES = {
  Receipt: [
    { name: 'licenseId', type: 'uint256' },
    { name: 'client', type: 'address' },
    { name: 'requestNonce', type: 'bytes32' },
    { name: 'queryHash', type: 'bytes32' },
    { name: 'head', type: 'bytes32' },
    { name: 'responseHash', type: 'bytes32' },
    { name: 'paymentRef', type: 'bytes32' },
    { name: 'amount', type: 'uint256' },
    { name: 'cumulative', type: 'uint256' },
    { name: 'answeredAt', type: 'uint256' },
  ],
} as const;

export interface Adjudicator {
  chainId: number;
  court: Address;
}

const hashReceipt = typedHasher('Receipt', RECEIPT_TYPES.Receipt);

const typedData = (receipt: Receipt, { chainId, court }: Adjudicator) =>
  ({ domain: omlDomain(chainId, court), types: RECEIPT_TYPES, primaryType: 'Receipt', message: receipt }) as const;

/** EIP-712 digest of a receipt: what the host signs and what is anchored. */
export function receiptDigest(receipt: Receipt, { chainId, court }: Adjudicator): Hex {
  return hashReceipt(omlDomain(chainId, court), { ...receipt });
}

/** Signs a receipt with a registered signer's key. */
export async function signReceipt(
  receipt: Receipt,
  signer: LocalAccount,
  adjudicator: Adjudicator,
): Promise<SignedReceipt> {
  return { receipt, signature: await signer.signTypedData(typedData(receipt, adjudicator)) };
}

/** The address that signed a receipt, by the contract's rule. */
export async function receiptSigner({ receipt, signature }: SignedReceipt, adjudicator: Adjudicator): Promise<Address> {
  return recoverStrict(receiptDigest(receipt, adjudicator), signature);
}
