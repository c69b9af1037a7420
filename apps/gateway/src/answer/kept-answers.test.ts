import fc from 'fast-check';
import { privateKeyToAccount } from 'viem/accounts';
import { expect, it } from 'vitest';
import { paymentOf, TOKEN, word } from '../../test-support/payments.ts';
import { describeOnStores } from '../../test-support/stores.ts';
import { findPayment, openPayment, settlePayment } from '../payment/ledger.ts';
import { answerKey, findAnswer, purgeAnswers, type Outcome } from './kept-answers.ts';
import { issueReceipt, receiptOfKept, type Signing } from './receipts.ts';

const SIGNER = privateKeyToAccount(`0x${'33'.repeat(32)}`);
const KEY = answerKey(`0x${'44'.repeat(32)}`);
const ADJUDICATOR = { chainId: 31_337, court: TOKEN };
const TEXT: Outcome = {
  kind: 'text',
  text: ' a quiet dragon',
  finishReason: 'stop',
  usage: { promptTokens: 3, completionTokens: 4 },
};

describeOnStores('kept answers', (store) => {
  const signing = (): Signing => ({ store: store(), key: KEY, signer: SIGNER, adjudicator: ADJUDICATOR });
  const settle = async (n = 1) => {
    const { paymentRef } = paymentOf(n, n);
    await openPayment(store(), paymentOf(n, n));
    await settlePayment(store(), paymentRef, word(5));
    return (await findPayment(store(), paymentRef))!;
  };
  const issue = async (outcome = TEXT, n = 1) => {
    const payment = await settle(n);
    return { payment, signed: await issueReceipt(signing(), { payment, licenseId: 3n, queryHash: word(7), outcome }) };
  };

  it('come back as they were given', async () => {
    let n = 0;
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
        const { payment, signed } = await issue({ ...TEXT, text }, ++n);
        const kept = (await findAnswer(signing(), payment.paymentRef))!;
        expect(kept.outcome).toEqual({ ...TEXT, text });
        expect(await receiptOfKept(signing(), kept)).toEqual(signed);
      }),
      { numRuns: 20 },
    );
  });

  it('are signed after a crash between keeping and signing, with the words that were kept', async () => {
    const { payment, signed } = await issue();
    await store().db.updateTable('answer').set({ signature: null }).execute();
    const kept = (await findAnswer(signing(), payment.paymentRef))!;
    expect(kept.signature).toBeUndefined();
    expect(await receiptOfKept(signing(), kept)).toEqual(signed);
    expect((await findAnswer(signing(), payment.paymentRef))!.signature).toBe(signed.signature);
  });

  it('are never signed with other words for the same payment, also when two give them at once', async () => {
    const payment = await settle();
    const both = await Promise.allSettled(
      ['one', 'other'].map((text) =>
        issueReceipt(signing(), { payment, licenseId: 3n, queryHash: word(7), outcome: { ...TEXT, text } }),
      ),
    );
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await expect(
      issueReceipt(signing(), { payment, licenseId: 3n, queryHash: word(8), outcome: TEXT }),
    ).rejects.toMatchObject({ code: 'CONFLICT', retryable: true });
  });

  it('can be read with their key only', async () => {
    const { payment } = await issue();
    await expect(findAnswer({ ...signing(), key: answerKey(word(45)) }, payment.paymentRef)).rejects.toThrow();
  });

  it('are forgotten after a day, but not that they were given', async () => {
    const { payment } = await issue();
    await purgeAnswers(signing());
    expect((await findAnswer(signing(), payment.paymentRef))!.outcome).toEqual(TEXT);
    await store()
      .db.updateTable('answer')
      .set((row) => ({ created_at: row('created_at', '-', 86_401) }))
      .execute();
    await purgeAnswers(signing());
    await expect(findAnswer(signing(), payment.paymentRef)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(
      issueReceipt(signing(), { payment, licenseId: 3n, queryHash: word(8), outcome: TEXT }),
    ).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});
