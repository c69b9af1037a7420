import fc from 'fast-check';
import type { Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import { adjudicator, HOST, receipt } from '../../test-support/receipt-fixture.ts';
import { receiptSigner, signReceipt } from '../signed/receipt.ts';
import { decodeReceiptHeader, encodeReceiptHeader } from './receipt-header.ts';
import { receiptFromJson, receiptToJson, unsignedFromJson, unsignedToJson } from './receipt-json.ts';

describe('receipts on the wire', () => {
  it('come back from their header as they were signed', async () => {
    const signed = await signReceipt(receipt, HOST, adjudicator);
    expect(decodeReceiptHeader(encodeReceiptHeader(signed))).toEqual(signed);
    expect(await receiptSigner(signed, adjudicator)).toBe(HOST.address);
  });

  it('survive JSON and nothing else does', () => {
    const signed = { receipt, signature: '0x11' as Hex };
    expect(receiptFromJson(JSON.parse(JSON.stringify(receiptToJson(signed))))).toEqual(signed);
    fc.assert(
      fc.property(fc.anything(), (junk) => {
        expect(() => receiptFromJson(junk)).toThrow(expect.objectContaining({ code: 'RECEIPT_INVALID' }));
      }),
    );
  });

  it('are missing where the header is empty, invalid where it is junk', () => {
    expect(() => decodeReceiptHeader(null)).toThrow(expect.objectContaining({ code: 'RECEIPT_MISSING' }));
    expect(() => decodeReceiptHeader('%%%')).toThrow(expect.objectContaining({ code: 'RECEIPT_INVALID' }));
  });

  it('are kept without their signature too', () =>
    expect(unsignedFromJson(JSON.parse(JSON.stringify(unsignedToJson(receipt))))).toEqual(receipt));
});
