import { exactPaymentRef } from '@oml/protocol/evidence/payment-ref';
import fc from 'fast-check';
import { getAddress, type Address, type Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import { answerKey, createAnswers, type Outcome } from './answers.ts';
import { openLedger, type NewPayment } from './ledger.ts';
import { createReceipts } from './receipts.ts';
import { privateKeyToAccount } from 'viem/accounts';

const TOKEN = getAddress(`0x${'1'.repeat(40)}`);
const VAULT = getAddress(`0x${'a'.repeat(40)}`);
const BUYER = getAddress(`0x${'b'.repeat(40)}`);
const SIGNER = privateKeyToAccount(`0x${'33'.repeat(32)}`);
const KEY = answerKey(`0x${'44'.repeat(32)}`);
const ADJUDICATOR = { chainId: 31_337, court: TOKEN };
const word = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`;
const TEXT: Outcome = {
  kind: 'text',
  text: ' a quiet dragon',
  finishReason: 'stop',
  usage: { promptTokens: 3, completionTokens: 4 },
};

function payment(nonce: number, requestNonce: number, from: Address = BUYER): NewPayment {
  const authorization = { from, to: VAULT, value: 1_500n, validAfter: 0n, validBefore: 2n ** 64n, nonce: word(nonce) };
  return {
    paymentRef: exactPaymentRef(TOKEN, from, word(nonce)),
    network: 'eip155:31337',
    asset: TOKEN,
    authorization,
    signature: '0x11',
    requestNonce: word(requestNonce),
    requestHash: word(9),
  };
}

describe('the ledger', () => {
  it('opens a payment once, whatever else is tried', () => {
    const ledger = openLedger(':memory:');
    expect(ledger.open(payment(1, 1))).toBe(true);
    expect(ledger.open(payment(1, 1))).toBe(false);
    expect(ledger.open({ ...payment(1, 2), paymentRef: word(77) })).toBe(false);
    expect(ledger.open(payment(2, 1))).toBe(false);
    expect(ledger.open(payment(1, 1, VAULT))).toBe(true);
    expect(ledger.find(payment(1, 1).paymentRef)).toMatchObject({ ...payment(1, 1), state: 'settling', tx: null });
  });

  it('lets go of a payment that never reached the chain, and never of one that did', () => {
    const ledger = openLedger(':memory:');
    ledger.open(payment(1, 1));
    ledger.drop(payment(1, 1).paymentRef);
    expect(ledger.open(payment(1, 1))).toBe(true);
    ledger.settle(payment(1, 1).paymentRef, word(5));
    ledger.drop(payment(1, 1).paymentRef);
    expect(ledger.find(payment(1, 1).paymentRef)).toMatchObject({ state: 'settled', tx: word(5) });
  });

  it('books contested payments first, and each once', () => {
    const ledger = openLedger(':memory:');
    const refs = [1, 2, 3].map(
      (n) => (ledger.open(payment(n, n)), ledger.settle(payment(n, n).paymentRef, word(n)), payment(n, n).paymentRef),
    );
    ledger.open(payment(4, 4));
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

describe('kept answers', () => {
  const open = () => {
    const ledger = openLedger(':memory:');
    const answers = createAnswers(ledger.store, KEY);
    const row = payment(1, 1);
    ledger.open(row);
    ledger.settle(row.paymentRef, word(5));
    return {
      ledger,
      answers,
      receipts: createReceipts(answers, SIGNER, ADJUDICATOR),
      settled: ledger.find(row.paymentRef)!,
    };
  };

  it('come back as they were given', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
        const { answers, receipts, settled } = open();
        const signed = await receipts.issue({
          payment: settled,
          licenseId: 3n,
          queryHash: word(7),
          outcome: { ...TEXT, text },
        });
        const kept = answers.find(settled.paymentRef)!;
        expect(kept.outcome).toEqual({ ...TEXT, text });
        expect(await receipts.receiptOf(kept)).toEqual(signed);
      }),
      { numRuns: 20 },
    );
  });

  it('are signed after a crash between keeping and signing, with the words that were kept', async () => {
    const { answers, receipts, settled, ledger } = open();
    const signed = await receipts.issue({ payment: settled, licenseId: 3n, queryHash: word(7), outcome: TEXT });
    ledger.store.db.exec('UPDATE answer SET signature = NULL');
    const kept = answers.find(settled.paymentRef)!;
    expect(kept.signature).toBeUndefined();
    expect(await receipts.receiptOf(kept)).toEqual(signed);
    expect(answers.find(settled.paymentRef)!.signature).toBe(signed.signature);
  });

  it('are never signed with other words for the same payment', async () => {
    const { receipts, settled } = open();
    await receipts.issue({ payment: settled, licenseId: 3n, queryHash: word(7), outcome: TEXT });
    expect(() => receipts.issue({ payment: settled, licenseId: 3n, queryHash: word(8), outcome: TEXT })).toThrow(
      /UNIQUE/,
    );
  });

  it('can be read with their key only', async () => {
    const { ledger, receipts, settled } = open();
    await receipts.issue({ payment: settled, licenseId: 3n, queryHash: word(7), outcome: TEXT });
    const thief = createAnswers(ledger.store, answerKey(word(45)));
    expect(() => thief.find(settled.paymentRef)).toThrow();
  });

  it('are forgotten after a day, but not that they were given', async () => {
    const { answers, receipts, settled, ledger } = open();
    await receipts.issue({ payment: settled, licenseId: 3n, queryHash: word(7), outcome: TEXT });
    answers.purge();
    expect(answers.find(settled.paymentRef)!.outcome).toEqual(TEXT);
    ledger.store.db.exec('UPDATE answer SET created_at = created_at - 86401');
    answers.purge();
    expect(() => answers.find(settled.paymentRef)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
    expect(() => receipts.issue({ payment: settled, licenseId: 3n, queryHash: word(8), outcome: TEXT })).toThrow(
      /UNIQUE/,
    );
  });
});
