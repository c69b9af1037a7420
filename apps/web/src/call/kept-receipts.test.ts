import { describe, expect, it } from 'vitest';
import { keepReceipt, keptReceipts } from './kept-receipts.ts';

const zero = `0x${'00'.repeat(32)}` as const;
const BUYER = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
const receipt = {
  licenseId: 3n,
  client: BUYER,
  requestNonce: zero,
  queryHash: zero,
  head: zero,
  responseHash: zero,
  paymentRef: zero,
  amount: 10n ** 20n,
  cumulative: 10n ** 20n,
  answeredAt: 1n,
} as const;

function storageOf(initial: Record<string, string> = {}) {
  const entries = new Map(Object.entries(initial));
  return {
    getItem: (key: string) => entries.get(key) ?? null,
    setItem: (key: string, value: string) => void entries.set(key, value),
  };
}

describe('kept receipts', () => {
  it('come back as they were kept, newest first', () => {
    const storage = storageOf();
    keepReceipt({ signedReceipt: { receipt, signature: '0x12' }, model: 'fable', nonceSalt: zero }, storage);
    keepReceipt(
      { signedReceipt: { receipt: { ...receipt, licenseId: 4n }, signature: '0x34' }, model: 'digits' },
      storage,
    );
    expect(keptReceipts(storage).map(({ model, signedReceipt }) => [model, signedReceipt.receipt.licenseId])).toEqual([
      ['digits', 4n],
      ['fable', 3n],
    ]);
    expect(keptReceipts(storage)[1]?.signedReceipt.receipt).toEqual(receipt);
  });

  it('leave out what no longer reads', () =>
    expect(keptReceipts(storageOf({ 'oml.receipts': '[{"signed":{"receipt":{}}},7]' }))).toEqual([]));
  it('survive a storage that holds something else', () =>
    expect(keptReceipts(storageOf({ 'oml.receipts': 'not json' }))).toEqual([]));
});
