import { z } from 'zod';
import { OmlError } from '../error.ts';
import type { SignedReceipt } from '../signed/receipt.ts';
import { address, bytes32, hex, uint } from './scalars.ts';

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
