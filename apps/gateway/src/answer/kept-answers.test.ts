import fc from 'fast-check';
import { privateKeyToAccount } from 'viem/accounts';
import { describe, expect, it } from 'vitest';
import { paymentOf, TOKEN, word } from '../../test-support/payments.ts';
import { openLedger } from '../payment/ledger.ts';
import { answerKey, createAnswers, type Outcome } from './kept-answers.ts';
import { createReceipts } from './receipts.ts';

const SIGNER = privateKeyToAccount(`0x${'33'.repeat(32)}`);
const KEY = answerKey(`0x${'44'.repeat(32)}`);
const ADJUDICATOR = { chainId: 31_337, court: TOKEN };
const TEXT: Outcome = {
  kind: 'text',
  text: ' a quiet dragon',
  finishReason: 'stop',
  usage: { promptTokens: 3, completionTokens: 4 },
};

describe('kept answers', () => {
  const open = () => {
    const ledger = openLedger(':memory:');
    const answers = createAnswers(ledger.store, KEY);
    const row = paymentOf(1, 1);
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
