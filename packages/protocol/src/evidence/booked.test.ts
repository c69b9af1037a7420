import { zeroHash } from 'viem';
import { describe, expect, it } from 'vitest';
import { receipt } from '../../test-support/receipt-fixture.ts';
import { isReceiptBooked } from './booked.ts';

const total = receipt.cumulative;

describe('a receipt is booked', () => {
  it('where the vault has its total for its client', () => {
    expect(isReceiptBooked(receipt, total, receipt.amount)).toBe(true);
    expect(isReceiptBooked(receipt, total + 1n, 0n)).toBe(true);
  });

  it.each([
    ['below the floor price', receipt, total, receipt.amount + 1n],
    ['up to a smaller total', receipt, total - 1n, 0n],
    ['without a payment', { ...receipt, paymentRef: zeroHash }, total, 0n],
    ['with a total that leaves out its charge', { ...receipt, cumulative: receipt.amount - 1n }, total, 0n],
    ['for nothing', { ...receipt, amount: 0n, cumulative: 0n }, 0n, 0n],
  ] as const)('but not %s', (_, shown, booked, floor) => expect(isReceiptBooked(shown, booked, floor)).toBe(false));
});
