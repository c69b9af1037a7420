import type { BatchOpening } from '@oml/protocol/evidence/batch';
import { receiptDigest, receiptSigner } from '@oml/protocol/signed/receipt';
import fc from 'fast-check';
import { privateKeyToAccount } from 'viem/accounts';
import { expect, it } from 'vitest';
import { paymentOf, TOKEN, word } from '../../test-support/payments.ts';
import { describeOnStores } from '../../test-support/stores.ts';
import { findPayment, openPayment, settlePayment } from '../payment/ledger.ts';
import { addDisguise, endDisguise } from '../court/disguises.ts';
import { findBody, purgeBodies } from './kept-bodies.ts';
import { createSign } from '../payment/curve.ts';
import { exactInHand } from '../payment/in-hand.ts';
import { answerKey, findAnswer, purgeAnswers, type Outcome } from './kept-answers.ts';
import { issueReceipt, receiptOfKept, type Signing } from './receipts.ts';

const SIGNER_KEY = `0x${'33'.repeat(32)}` as const;
const SIGNER = privateKeyToAccount(SIGNER_KEY);
const KEY = answerKey(`0x${'44'.repeat(32)}`);
const ADJUDICATOR = { chainId: 31_337, court: TOKEN };
const BATCH: BatchOpening = {
  account: TOKEN,
  modelId: 1n,
  release: 1,
  licenseIds: [3n],
  itemCount: 1,
  pairsRoot: word(1),
  salt: word(2),
};
const ASKED = '{"prompt":"Once","temperature":0}';
const TEXT: Outcome = {
  kind: 'text',
  text: ' a quiet dragon',
  finishReason: 'stop',
  usage: { promptTokens: 3, completionTokens: 4 },
};

describeOnStores('kept answers', (store) => {
  const signing = (): Signing => ({
    store: store(),
    key: KEY,
    sign: createSign(SIGNER_KEY),
    adjudicator: ADJUDICATOR,
  });
  const settle = async (n = 1) => {
    const { paymentRef } = paymentOf(n, n);
    await openPayment(store(), paymentOf(n, n));
    await settlePayment(store(), paymentRef, word(5));
    return exactInHand(store(), (await findPayment(store(), paymentRef))!);
  };
  const issue = async (outcome = TEXT, n = 1) => {
    const payment = await settle(n);
    return {
      payment,
      signed: await issueReceipt(signing(), {
        payment,
        bill: payment.bill!,
        licenseId: 3n,
        queryHash: word(7),
        asked: ASKED,
        outcome,
      }),
    };
  };

  it('come back as they were given', async () => {
    let n = 0;
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
        const { payment, signed } = await issue({ ...TEXT, text }, ++n);
        const kept = (await findAnswer(signing(), payment.paymentRef))!;
        expect(kept.outcome).toEqual({ ...TEXT, text });
        expect(receiptOfKept(signing(), kept)).toEqual(signed);
      }),
      { numRuns: 20 },
    );
  });

  it('have the same receipt whenever it is asked for, by the key that is bound to the account', async () => {
    const { payment, signed } = await issue();
    const kept = (await findAnswer(signing(), payment.paymentRef))!;
    expect(receiptOfKept(signing(), kept)).toEqual(signed);
    expect(await receiptSigner(signed, ADJUDICATOR)).toBe(SIGNER.address);
  });

  it('are never signed with other words for the same payment, also when two give them at once', async () => {
    const payment = await settle();
    const both = await Promise.allSettled(
      ['one', 'other'].map((text) =>
        issueReceipt(signing(), {
          payment,
          bill: payment.bill!,
          licenseId: 3n,
          queryHash: word(7),
          asked: ASKED,
          outcome: { ...TEXT, text },
        }),
      ),
    );
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await expect(
      issueReceipt(signing(), {
        payment,
        bill: payment.bill!,
        licenseId: 3n,
        queryHash: word(8),
        asked: ASKED,
        outcome: TEXT,
      }),
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
      issueReceipt(signing(), {
        payment,
        bill: payment.bill!,
        licenseId: 3n,
        queryHash: word(8),
        asked: ASKED,
        outcome: TEXT,
      }),
    ).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('keep what was asked by the digest of the receipt, encrypted, for as long as a claim may count it', async () => {
    const { signed } = await issue();
    const digest = receiptDigest(signed.receipt, ADJUDICATOR);
    expect(await findBody(signing(), digest)).toEqual({ receipt: signed.receipt, body: ASKED });
    const { asked } = await store().db.selectFrom('answer').select('asked').executeTakeFirstOrThrow();
    expect(Buffer.from(asked!).includes('Once')).toBe(false);
    await store()
      .db.updateTable('answer')
      .set((row) => ({ created_at: row('created_at', '-', 1_000) }))
      .execute();
    await purgeBodies(store(), 1_001);
    expect((await findBody(signing(), digest))!.body).toBe(ASKED);

    const claimId = word(77);
    await addDisguise(store(), { claimId, claimant: TOKEN, batch: BATCH, answerBy: 1, digests: [digest] });
    await purgeBodies(store(), 900);
    expect((await findBody(signing(), digest))!.body).toBe(ASKED);
    await endDisguise(store(), claimId);
    await purgeBodies(store(), 900);
    expect(await findBody(signing(), digest)).toEqual({ receipt: signed.receipt, body: undefined });
  });
});
