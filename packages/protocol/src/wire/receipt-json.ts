import { z } from 'zod';
import { OmlError } from '../error.ts';
import type { Receipt, SignedReceipt } from '../signed/receipt.ts';
import { issuesOf } from './read-request.ts';
import { address, bytes32, hex, uint } from './scalars.ts';

/** JSON form of a receipt: integers as decimal strings. */
export const receiptSchema = z.object({
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
});
export type ReceiptJson = z.input<typeof receiptSchema>;

/** JSON form of a signed receipt. */
export const signedReceiptSchema = z.object({ receipt: receiptSchema, signature: hex });
export type SignedReceiptJson = z.input<typeof signedReceiptSchema>;

/** Writes a receipt without its signature, as one that the court has seen is kept. */
export function unsignedToJson(receipt: Receipt): ReceiptJson {
  return {
    ...receipt,
    licenseId: receipt.licenseId.toString(),
    amount: receipt.amount.toString(),
    cumulative: receipt.cumulative.toString(),
    answeredAt: receipt.answeredAt.toString(),
  };
}

/** Writes a signed receipt as JSON-safe values. */
export function receiptToJson({ receipt, signature }: SignedReceipt): SignedReceiptJson {
  return { receipt: unsignedToJson(receipt), signature };
}

/** Reads a receipt without its signature from JSON. Throws RECEIPT_INVALID. */
export const unsignedFromJson = (value: unknown): Receipt => read(receiptSchema, value);

/** Reads a signed receipt from untrusted JSON. Throws RECEIPT_INVALID. */
export const receiptFromJson = (value: unknown): SignedReceipt => read(signedReceiptSchema, value);

function read<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new OmlError('RECEIPT_INVALID', undefined, { details: { issues: issuesOf(parsed.error, 'receipt') } });
}
