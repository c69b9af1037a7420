import type { DrawnToken } from '@oml/onnx/run/token-chances';
import { statement } from '@oml/program/statement';
import { OmlError } from '@oml/protocol/error';
import { completionOfTexts } from '@oml/protocol/evidence/completion';
import type { Receipt } from '@oml/protocol/signed/receipt';
import type { Used } from '@oml/protocol/wire/price';
import { unsignedFromJson, unsignedToJson } from '@oml/protocol/wire/receipt-json';
import { decrypt, encrypt } from '@oml/service/envelope';
import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { hexToBytes, type Hex } from 'viem';
import type { FinishReason } from '../engine/engine.ts';
import type { InHand } from '../payment/in-hand.ts';
import type { AnswerRow, GatewayStore, Tables } from '../store.ts';

// Answers that were paid for, encrypted, so that a lost one can be sent again for 24 h.

/** What a model gave; enough to render the answer again. */
export type Outcome =
  | ({
      kind: 'text';
      /** The choices behind the first. */
      more?: Choice[];
      /** Of all choices. */
      usage: { promptTokens: number; completionTokens: number };
    } & Choice)
  | { kind: 'label'; index: number; label: string; probabilities: number[]; correction?: string };

/** An answer that is a text, or several. */
export type TextOutcome = Extract<Outcome, { kind: 'text' }>;

/** One text of an answer. */
export interface Choice {
  text: string;
  finishReason: FinishReason;
  /** Its tokens and how likely they were, where that was asked for. */
  tokens?: DrawnToken[];
}

export const choicesOf = ({ text, finishReason, tokens, more = [] }: TextOutcome): Choice[] => [
  { text, finishReason, ...(tokens ? { tokens } : {}) },
  ...more,
];

/** The exact completion that a receipt is about. */
export const completionOf = (outcome: Outcome): string =>
  outcome.kind === 'text' ? completionOfTexts(choicesOf(outcome).map(({ text }) => text)) : String(outcome.index);

/** The tokens of an outcome, as they are charged for. */
export const tokensOf = (outcome: Outcome): Omit<Used, 'ms'> =>
  outcome.kind === 'text'
    ? { inputTokens: outcome.usage.promptTokens, outputTokens: outcome.usage.completionTokens }
    : { inputTokens: 0, outputTokens: 0 };

export interface KeptAnswer {
  useRef: Hex;
  receipt: Receipt;
  outcome: Outcome;
  /** Unix seconds. */
  createdAt: number;
}

export interface NewAnswer {
  receipt: Receipt;
  /** What of the receipt is signed, and by which a court names it. */
  digest: Hex;
  /** The text of what was asked, which `kept-bodies.ts` hands out. */
  asked: string;
  outcome: Outcome;
}

/** Where answers are kept, and the key under which. */
export interface AnswerShelf {
  store: GatewayStore;
  key: KeyObject;
}

const KEPT_MS = 24 * 3_600_000;

/** The key of kept answers: ANSWER_SECRET, or derived from the signer's key. */
export function answerKey(secret: Hex): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', hexToBytes(secret), '', 'oml/answers', 32)));
}

/** Throws NOT_FOUND where the answer was given and is forgotten. */
export async function findAnswer({ store, key }: AnswerShelf, useRef: Hex): Promise<KeptAnswer | undefined> {
  const row = await store.db.selectFrom('answer').selectAll().where('use_ref', '=', useRef).executeTakeFirst();
  if (!row) return undefined;
  if (!row.outcome)
    throw new OmlError('NOT_FOUND', 'This call was answered; its answer is kept for 24 hours only.', {
      details: { useRef },
    });
  return {
    useRef,
    receipt: unsignedFromJson(JSON.parse(row.receipt)),
    outcome: JSON.parse(decrypt(key, row.outcome, useRef).toString('utf8')) as Outcome,
    createdAt: row.created_at,
  };
}

/**
 * Writes an answer down and charges it, both or neither, before its receipt is handed out: nothing is ever signed twice
 * with different words. Resolves when all see it, to when it is on disk. Throws CONFLICT where the payment has an
 * answer; sent again, it gets that one.
 */
export async function keepAnswer(
  { store, key }: AnswerShelf,
  payment: Pick<InHand, 'useRef' | 'chargingOf' | 'charged'>,
  { receipt, digest, asked, outcome }: NewAnswer,
): Promise<{ onDisk: Promise<void> }> {
  const { useRef } = payment;
  const row = {
    use_ref: useRef,
    receipt: JSON.stringify(unsignedToJson(receipt)),
    outcome: encrypt(key, Buffer.from(JSON.stringify(outcome)), useRef),
    digest,
    asked: encrypt(key, Buffer.from(asked), digest),
    created_at: Number(receipt.answeredAt),
  };
  const charging = payment.chargingOf(receipt);
  const kept = await store.together([insertAnswer(store.lax, row), ...charging.queries]);
  if ('missed' in kept) throw kept.missed === 0 ? answeredBefore(useRef) : charging.conflict();
  payment.charged?.();
  return kept;
}

const insertAnswer = statement<Tables, AnswerRow>((db, { use_ref, receipt, outcome, digest, asked, created_at }) =>
  db
    .insertInto('answer')
    .values({ use_ref, receipt, outcome, digest, asked, created_at })
    .onConflict((conflict) => conflict.doNothing()),
);

const answeredBefore = (useRef: Hex) =>
  new OmlError('CONFLICT', 'This payment has an answer already: send it again to get that one.', {
    retryable: true,
    details: { useRef },
  });

/** Forgets what answers said, not that they were given. */
export async function purgeAnswers({ store }: Pick<AnswerShelf, 'store'>): Promise<void> {
  await store.db
    .updateTable('answer')
    .set({ outcome: null })
    .where('outcome', 'is not', null)
    .where('created_at', '<', Math.floor((Date.now() - KEPT_MS) / 1000))
    .execute();
}
