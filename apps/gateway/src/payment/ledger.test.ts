import { describe, expect, it } from 'vitest';
import { paymentOf, VAULT, word } from '../../test-support/payments.ts';
import { openLedger } from './ledger.ts';

describe('the ledger', () => {
  it('opens a payment once, whatever else is tried', () => {
    const ledger = openLedger(':memory:');
    expect(ledger.open(paymentOf(1, 1))).toBe(true);
    expect(ledger.open(paymentOf(1, 1))).toBe(false);
    expect(ledger.open({ ...paymentOf(1, 2), paymentRef: word(77) })).toBe(false);
    expect(ledger.open(paymentOf(2, 1))).toBe(false);
    expect(ledger.open(paymentOf(1, 1, VAULT))).toBe(true);
    expect(ledger.find(paymentOf(1, 1).paymentRef)).toMatchObject({ ...paymentOf(1, 1), state: 'settling', tx: null });
  });

  it('lets go of a payment that never reached the chain, and never of one that did', () => {
    const ledger = openLedger(':memory:');
    ledger.open(paymentOf(1, 1));
    ledger.drop(paymentOf(1, 1).paymentRef);
    expect(ledger.open(paymentOf(1, 1))).toBe(true);
    ledger.settle(paymentOf(1, 1).paymentRef, word(5));
    ledger.drop(paymentOf(1, 1).paymentRef);
    expect(ledger.find(paymentOf(1, 1).paymentRef)).toMatchObject({ state: 'settled', tx: word(5) });
  });

  it('books contested payments first, and each once', () => {
    const ledger = openLedger(':memory:');
    const refs = [1, 2, 3].map(
      (n) => (
        ledger.open(paymentOf(n, n)),
        ledger.settle(paymentOf(n, n).paymentRef, word(n)),
        paymentOf(n, n).paymentRef
      ),
    );
    ledger.open(paymentOf(4, 4));
    expect(ledger.unbooked(true)).toEqual([]);
    expect(ledger.markContested(refs[2]!)).toBe(true);
    expect(ledger.markContested(refs[2]!)).toBe(false);
    expect(ledger.markContested(word(99))).toBe(false);
    expect(ledger.unbooked(false).map(({ paymentRef }) => paymentRef)).toEqual([refs[2], refs[0], refs[1]]);
    expect(ledger.unbooked(true).map(({ paymentRef }) => paymentRef)).toEqual([refs[2]]);
    for (const ref of refs) ledger.markBooked(ref);
    expect(ledger.unbooked(false)).toEqual([]);
    expect(ledger.undistributed()).toEqual([VAULT]);
    ledger.markDistributed(VAULT);
    expect(ledger.undistributed()).toEqual([]);
  });
});
