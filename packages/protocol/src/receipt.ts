import { hashTypedData, parseSignature, recoverAddress, type Address, type Hex, type LocalAccount } from 'viem';
import { z } from 'zod';
import { OmlError } from './error.ts';
import { address, bytes32, hex, uint } from './wire.ts';

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

/** The EIP-712 domain of OML on one chain; receipts name the adjudicator, signer bindings the license registry. */
export function omlDomain(chainId: number, verifyingContract: Address) {
  return { name: 'OML', version: '1', chainId, verifyingContract } as const;
}

export interface Adjudicator {
  chainId: number;
  court: Address;
}

/** EIP-712 digest of a receipt: what the host signs and what is anchored. */
export function receiptDigest(receipt: Receipt, { chainId, court }: Adjudicator): Hex {
  return hashTypedData({
    domain: omlDomain(chainId, court),
    types: RECEIPT_TYPES,
    primaryType: 'Receipt',
    message: receipt,
  });
}

/** Signs a receipt with a registered signer's key. */
export async function signReceipt(
  receipt: Receipt,
  signer: LocalAccount,
  { chainId, court }: Adjudicator,
): Promise<SignedReceipt> {
  const signature = await signer.signTypedData({
    domain: omlDomain(chainId, court),
    types: RECEIPT_TYPES,
    primaryType: 'Receipt',
    message: receipt,
  });
  return { receipt, signature };
}

const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/** Recovers the signer by the contract's rule: 65 bytes, v 27 or 28, low s. Throws SIGNATURE_INVALID otherwise. */
export async function recoverStrict(digest: Hex, signature: Hex): Promise<Address> {
  const refuse = (why: string) => new OmlError('SIGNATURE_INVALID', `The signature is refused: ${why}.`);
  if (!/^0x[0-9a-fA-F]{130}$/.test(signature)) throw refuse('it is not 65 bytes long');
  const v = Number.parseInt(signature.slice(-2), 16);
  if (v !== 27 && v !== 28) throw refuse('v is neither 27 nor 28');
  let parsed;
  try {
    parsed = parseSignature(signature);
  } catch (cause) {
    throw new OmlError('SIGNATURE_INVALID', 'The signature is refused: it does not parse.', { cause });
  }
  if (BigInt(parsed.s) > HALF_ORDER) throw refuse('s is in the upper half of the order');
  try {
    return await recoverAddress({ hash: digest, signature });
  } catch (cause) {
    throw new OmlError('SIGNATURE_INVALID', 'The signature is refused: no key made it.', { cause });
  }
}

/** The address that signed a receipt, by the contract's rule. */
export async function receiptSigner({ receipt, signature }: SignedReceipt, adjudicator: Adjudicator): Promise<Address> {
  return recoverStrict(receiptDigest(receipt, adjudicator), signature);
}

/** JSON form of a signed receipt: integers as decimal strings. */
export const signedReceiptSchema = z.object({
  receipt: z.object({
    licenseId: uint,
    client: address,
    requestNonce: bytes32,
    queryHash: bytes32,
    head: bytes32,
    responseHash: bytes32,
    paymentRef: bytes32,
    amount: uint,
    cumulative: uint,
    answeredAt: uint,
  }),
  signature: hex,
});
export type SignedReceiptJson = z.input<typeof signedReceiptSchema>;

/** Writes a signed receipt as JSON-safe values. */
export function receiptToJson({ receipt, signature }: SignedReceipt): SignedReceiptJson {
  return {
    receipt: {
      ...receipt,
      licenseId: receipt.licenseId.toString(),
      amount: receipt.amount.toString(),
      cumulative: receipt.cumulative.toString(),
      answeredAt: receipt.answeredAt.toString(),
    },
    signature,
  };
}

/** Reads a signed receipt from untrusted JSON. Throws RECEIPT_INVALID. */
export function receiptFromJson(value: unknown): SignedReceipt {
  const parsed = signedReceiptSchema.safeParse(value);
  if (!parsed.success)
    throw new OmlError('RECEIPT_INVALID', 'The receipt is not well-formed.', {
      details: { issues: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) },
    });
  return parsed.data;
}
