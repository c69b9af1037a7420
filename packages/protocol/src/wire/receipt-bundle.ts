import { z } from 'zod';
import { signedReceiptSchema } from './receipt-json.ts';
import { bytes32 } from './scalars.ts';

/** More than a claim can hold, and than a person keeps of a month. */
const MOST = 100_000;

/** Receipts as `oml pay receipts --json` and a browser's store have them: each with what opens its nonce, if kept. */
const keptReceipts = z.object({
  receipts: z.array(z.object({ receipt: signedReceiptSchema, nonceSalt: bytes32.optional() })).max(MOST),
});

/** Receipts to be checked: kept ones, or a plain list of signed ones. */
export const receiptBundleSchema = z
  .union([keptReceipts, z.array(signedReceiptSchema).max(MOST)])
  .transform((bundle) =>
    Array.isArray(bundle) ? bundle.map((receipt) => ({ receipt, nonceSalt: undefined })) : bundle.receipts,
  );
export type ReceiptBundle = z.output<typeof receiptBundleSchema>;
export type ReceiptBundleJson = z.input<typeof keptReceipts>;
