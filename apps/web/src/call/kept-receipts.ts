import type { SignedReceipt } from '@oml/protocol/signed/receipt';
import { receiptFromJson, receiptToJson } from '@oml/protocol/wire/receipt-json';
import type { Hex } from '#kit/hex.ts';

/** A paid call as this browser keeps it: with the salt, the buyer can claim the use if it is never booked. */
export interface KeptReceipt {
  signedReceipt: SignedReceipt;
  nonceSalt?: Hex;
  tx?: Hex;
  model: string;
}

const KEY = 'oml.receipts';
const MOST = 100;

/** Keeps a receipt, newest first; silently does without where storage is off or full. */
export function keepReceipt(kept: KeptReceipt, storage: Pick<Storage, 'getItem' | 'setItem'> = localStorage): void {
  try {
    const { signedReceipt, ...rest } = kept;
    const entry = { ...rest, signed: receiptToJson(signedReceipt) };
    storage.setItem(KEY, JSON.stringify([entry, ...raw(storage)].slice(0, MOST)));
  } catch {
    // The receipt is still on the page.
  }
}

/** The receipts kept so far; entries that no longer read are left out. */
export function keptReceipts(storage: Pick<Storage, 'getItem'> = localStorage): KeptReceipt[] {
  return raw(storage).flatMap((entry) => {
    try {
      const { signed, ...rest } = entry as { signed: unknown } & Omit<KeptReceipt, 'signedReceipt'>;
      return [{ ...rest, signedReceipt: receiptFromJson(signed) }];
    } catch {
      return [];
    }
  });
}

function raw(storage: Pick<Storage, 'getItem'>): unknown[] {
  try {
    const list: unknown = JSON.parse(storage.getItem(KEY) ?? '[]');
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}
