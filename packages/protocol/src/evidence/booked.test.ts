import { zeroAddress, zeroHash, type Address } from 'viem';
import { describe, expect, it } from 'vitest';
import { BUYER, HOST, receipt } from '../../test-support/receipt-fixture.ts';
import { isReceiptBooked, isTotalBooked } from './booked.ts';

const booked = { client: BUYER.address, total: receipt.cumulative };

describe('a receipt is booked', () => {
  it('where the vault knows its client and its total, however the address is written', () => {
    expect(isReceiptBooked(receipt, booked, receipt.amount)).toBe(true);
    const lower = { ...booked, client: BUYER.address.toLowerCase() as Address };
    expect(isReceiptBooked(receipt, lower, 0n)).toBe(true);
  });

  it.each([
    ['below the floor price', receipt, booked, receipt.amount + 1n],
    ['for another client', receipt, { ...booked, client: HOST.address }, 0n],
    ['up to a smaller total', receipt, { ...booked, total: receipt.cumulative - 1n }, 0n],
    ['without a payment', { ...receipt, paymentRef: zeroHash }, booked, 0n],
    ['for nobody', { ...receipt, client: zeroAddress }, { ...booked, client: zeroAddress }, 0n],
    ['in a vault without code', receipt, undefined, 0n],
  ] as const)('but not %s', (_, shown, ledger, floor) => expect(isReceiptBooked(shown, ledger, floor)).toBe(false));

  it('as soon as the total is', () => {
    expect(isTotalBooked(booked, BUYER.address, receipt.cumulative)).toBe(true);
    expect(isTotalBooked(booked, BUYER.address, receipt.cumulative + 1n)).toBe(false);
  });
});
