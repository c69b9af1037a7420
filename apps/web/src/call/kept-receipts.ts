import type { SignedReceipt } from '@oml/protocol/signed/receipt';
import { receiptFromJson, receiptToJson } from '@oml/protocol/wire/receipt-json';
import type { Hex } from '#kit/hex.ts';
import type { Shelf } from '#tracker/shelf.ts';
import { keepIn, keptIn, type Place } from './kept-list.ts';

/** A paid call as this browser keeps it: with the salt, the buyer can claim the use if it is never booked. */
export interface KeptReceipt {
  signedReceipt: SignedReceipt;
  nonceSalt?: Hex;
  tx?: Hex;
  /** Paid out of a session's channel: the host collects many calls at once. */
  isOfSession?: boolean;
  model: string;
}

/** Keeps a receipt of an account on a chain, newest first. */
export function keepReceipt(shelf: Shelf, { signedReceipt, ...rest }: KeptReceipt, place?: Place): void {
  keepIn('receipts', shelf, { ...rest, signed: receiptToJson(signedReceipt) }, place);
}

/** The receipts kept so far of an account on a chain; entries that no longer read are left out. */
export function keptReceipts(shelf: Shelf, place?: Pick<Place, 'getItem'>): KeptReceipt[] {
  return keptIn('receipts', shelf, place).flatMap((entry) => {
    try {
      const { signed, ...rest } = entry as { signed: unknown } & Omit<KeptReceipt, 'signedReceipt'>;
      return [{ ...rest, signedReceipt: receiptFromJson(signed) }];
    } catch {
      return [];
    }
  });
}
