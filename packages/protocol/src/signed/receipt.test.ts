import { describe, expect, it } from 'vitest';
import { adjudicator, BUYER, HOST, receipt } from '../../test-support/receipt-fixture.ts';
import { receiptDigest, receiptSigner, signReceipt } from './receipt.ts';

describe('receipts', () => {
  it('name another signer when a single member is changed', async () => {
    const signed = await signReceipt(receipt, HOST, adjudicator);
    const forged = { ...signed, receipt: { ...receipt, amount: 1n } };
    expect(await receiptSigner(forged, adjudicator)).not.toBe(HOST.address);
  });

  it('belong to one chain and one court', () => {
    const digest = receiptDigest(receipt, adjudicator);
    expect(receiptDigest(receipt, { ...adjudicator, chainId: 1 })).not.toBe(digest);
    expect(receiptDigest(receipt, { ...adjudicator, court: BUYER.address })).not.toBe(digest);
  });
});
