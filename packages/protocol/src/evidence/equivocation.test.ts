import { keccak256, toHex, zeroHash } from 'viem';
import { describe, expect, it } from 'vitest';
import type { Receipt } from '../signed/receipt.ts';
import { chargesSameMoney } from './equivocation.ts';

const word = (n: number) => keccak256(toHex(n));
const first: Receipt = {
  licenseId: 1n,
  client: `0x${'11'.repeat(20)}`,
  requestNonce: word(1),
  queryHash: word(2),
  head: word(3),
  responseHash: word(4),
  paymentRef: word(5),
  amount: 10n,
  cumulative: 30n,
  answeredAt: 1_700_000_000n,
};
const other: Receipt = { ...first, requestNonce: word(6) };
const both = (a: Receipt, b: Receipt) => [chargesSameMoney(a, b), chargesSameMoney(b, a)];

describe('two receipts charge the same money', () => {
  it('where their ranges overlap by one unit', () => {
    expect(both(first, { ...other, cumulative: 39n })).toEqual([true, true]);
    expect(both(first, { ...other, cumulative: 21n })).toEqual([true, true]);
    expect(both(first, { ...other, cumulative: 40n })).toEqual([false, false]);
    expect(both(first, { ...other, cumulative: 20n })).toEqual([false, false]);
  });

  it('only for different uses: another client, nonce or question', () => {
    expect(both(first, { ...first, responseHash: word(7), answeredAt: 1_700_000_001n })).toEqual([false, false]);
    expect(both(first, { ...first, queryHash: word(7) })).toEqual([true, true]);
    expect(both(first, { ...first, client: `0x${'22'.repeat(20)}` })).toEqual([true, true]);
  });

  it('only on one payment, and only where both charge something that they count', () => {
    expect(both(first, { ...other, paymentRef: word(8) })).toEqual([false, false]);
    expect(both({ ...first, paymentRef: zeroHash }, { ...other, paymentRef: zeroHash })).toEqual([false, false]);
    expect(both(first, { ...other, amount: 0n })).toEqual([false, false]);
    expect(both(first, { ...other, amount: 31n })).toEqual([false, false]);
  });
});
