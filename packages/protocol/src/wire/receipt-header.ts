import { OmlError } from '../error.ts';
import type { SignedReceipt } from '../signed/receipt.ts';
import { receiptFromJson, receiptToJson } from './receipt-json.ts';

/** Encodes a signed receipt for the `OML-Receipt` header: base64 of its JSON. */
export function encodeReceiptHeader(signed: SignedReceipt): string {
  return btoa(JSON.stringify(receiptToJson(signed)));
}

/** Decodes the `OML-Receipt` header. Throws RECEIPT_MISSING or RECEIPT_INVALID. */
export function decodeReceiptHeader(value: string | null | undefined): SignedReceipt {
  if (!value) throw new OmlError('RECEIPT_MISSING', 'The answer carries no receipt.');
  let json: unknown;
  try {
    json = JSON.parse(atob(value));
  } catch (cause) {
    throw new OmlError('RECEIPT_INVALID', 'The receipt header is not base64 of JSON.', { cause });
  }
  return receiptFromJson(json);
}
