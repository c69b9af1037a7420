import { OmlError } from '@oml/protocol/error';
import type { Receipt } from '@oml/protocol/signed/receipt';
import { unsignedFromJson, unsignedToJson } from '@oml/protocol/wire/receipt-json';
import { decrypt, encrypt } from '@oml/service/envelope';
import { hkdfSync } from 'node:crypto';
import { hexToBytes, type Hex } from 'viem';
import type { GatewayStore } from '../store.ts';

// Answers that were paid for, encrypted, so that a lost one can be sent again for 24 h.

/** What a model gave; enough to render the answer again. */
export type Outcome =
  | {
      kind: 'text';
      text: string;
      finishReason: 'stop' | 'length';
      usage: { promptTokens: number; completionTokens: number };
    }
  | { kind: 'label'; index: number; label: string; probabilities: number[] };

/** The exact completion that a receipt is about. */
export const completionOf = (outcome: Outcome): string =>
  outcome.kind === 'text' ? outcome.text : String(outcome.index);

export interface KeptAnswer {
  receipt: Receipt;
  signature: Hex | undefined;
  outcome: Outcome;
  /** Unix seconds. */
  createdAt: number;
}

/** Where answers are kept, and the key under which. */
export interface AnswerShelf {
  store: GatewayStore;
  key: Uint8Array;
}

const KEPT_MS = 24 * 3_600_000;

/** The key of kept answers: ANSWER_SECRET, or derived from the signer's key. */
export function answerKey(secret: Hex): Buffer {
  return Buffer.from(hkdfSync('sha256', hexToBytes(secret), '', 'oml/answers', 32));
}

/** Throws NOT_FOUND where the answer was given and is forgotten. */
export async function findAnswer({ store, key }: AnswerShelf, paymentRef: Hex): Promise<KeptAnswer | undefined> {
  const row = await store.db.selectFrom('answer').selectAll().where('payment_ref', '=', paymentRef).executeTakeFirst();
  if (!row) return undefined;
  if (!row.outcome)
    throw new OmlError('NOT_FOUND', 'This call was answered; its answer is kept for 24 hours only.', {
      details: { paymentRef },
    });
  return {
    receipt: unsignedFromJson(JSON.parse(row.receipt)),
    outcome: JSON.parse(decrypt(key, row.outcome, paymentRef).toString('utf8')) as Outcome,
    signature: row.signature ?? undefined,
    createdAt: row.created_at,
  };
}

/**
 * Writes an answer down, before its receipt is signed: nothing is ever signed twice with different words. Throws
 * CONFLICT
 * where the payment has an answer; sent again, it gets that one.
 */
export async function keepAnswer({ store, key }: AnswerShelf, receipt: Receipt, outcome: Outcome): Promise<void> {
  const { paymentRef } = receipt;
  const { numInsertedOrUpdatedRows } = await store.db
    .insertInto('answer')
    .values({
      payment_ref: paymentRef,
      receipt: JSON.stringify(unsignedToJson(receipt)),
      outcome: encrypt(key, Buffer.from(JSON.stringify(outcome)), paymentRef),
      created_at: Number(receipt.answeredAt),
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows === 1n) return;
  throw new OmlError('CONFLICT', 'This payment has an answer already: send it again to get that one.', {
    retryable: true,
    details: { paymentRef },
  });
}

export async function signAnswer({ store }: AnswerShelf, paymentRef: Hex, signature: Hex): Promise<void> {
  await store.db.updateTable('answer').set({ signature }).where('payment_ref', '=', paymentRef).execute();
}

/** Forgets what answers said, not that they were given. */
export async function purgeAnswers({ store }: Pick<AnswerShelf, 'store'>): Promise<void> {
  await store.db
    .updateTable('answer')
    .set({ outcome: null })
    .where('outcome', 'is not', null)
    .where('created_at', '<', Math.floor((Date.now() - KEPT_MS) / 1000))
    .execute();
}
