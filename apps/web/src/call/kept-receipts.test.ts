import { describe, expect, it } from 'vitest';
import { shelfKey } from '#tracker/shelf.ts';
import { keepPayment, keptPayments } from './kept-payments.ts';
import { keepReceipt, keptReceipts } from './kept-receipts.ts';

const zero = `0x${'00'.repeat(32)}` as const;
const BUYER = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
const OTHER = '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC';
const [HERE, THERE] = [`0x${'aa'.repeat(32)}`, `0x${'bb'.repeat(32)}`] as const;
const shelf = { account: BUYER, genesis: HERE } as const;
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
    keepReceipt(shelf, { signedReceipt: { receipt, signature: '0x12' }, model: 'fable', nonceSalt: zero }, storage);
    const other = { signedReceipt: { receipt: { ...receipt, licenseId: 4n }, signature: '0x34' }, model: 'digits' };
    keepReceipt(shelf, other as Parameters<typeof keepReceipt>[1], storage);
    const kept = keptReceipts(shelf, storage);
    expect(kept.map(({ model, signedReceipt }) => [model, signedReceipt.receipt.licenseId])).toEqual([
      ['digits', 4n],
      ['fable', 3n],
    ]);
    expect(kept[1]?.signedReceipt.receipt).toEqual(receipt);
  });

  it('are shown to nobody else, and not on a chain that began anew', () => {
    const storage = storageOf();
    keepReceipt(shelf, { signedReceipt: { receipt, signature: '0x12' }, model: 'fable' }, storage);
    expect(keptReceipts({ account: OTHER, genesis: HERE }, storage)).toEqual([]);
    expect(keptReceipts({ account: BUYER, genesis: THERE }, storage)).toEqual([]);
  });

  it('leave out what no longer reads', () =>
    expect(keptReceipts(shelf, storageOf({ [shelfKey('receipts', shelf)]: '[{"signed":{"receipt":{}}},7]' }))).toEqual(
      [],
    ));
  it('survive a storage that holds something else', () =>
    expect(keptReceipts(shelf, storageOf({ [shelfKey('receipts', shelf)]: 'not json' }))).toEqual([]));
});

describe('kept payments', () => {
  const authorization = { from: BUYER, to: OTHER, value: 5n, validAfter: 0n, validBefore: 100n, nonce: zero } as const;

  it('come back until they lapse', () => {
    const storage = storageOf();
    keepPayment(shelf, { authorization, signature: '0x12' }, storage);
    expect(keptPayments(shelf, new Date(99_000), storage)).toEqual([{ authorization, signature: '0x12' }]);
    expect(keptPayments(shelf, new Date(100_000), storage)).toEqual([]);
    expect(keptPayments({ ...shelf, account: OTHER }, new Date(0), storage)).toEqual([]);
  });
});
