import 'server-only';
import { lookUpReceipt } from '@oml/db/receipts';
import type { Hex } from '#kit/hex.ts';
import type { ShownReceipt } from '#claim/shown-receipt.ts';
import { readIndex } from './index-reader.ts';

/** What the chain knows of a receipt's digest or a payment's reference; `data` is undefined where it knows nothing. */
export const readReceipt = (hash: Hex): Promise<{ data: ShownReceipt | undefined } | undefined> =>
  readIndex((db) => lookUpReceipt(db, hash));
