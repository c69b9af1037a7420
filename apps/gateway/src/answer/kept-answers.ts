import { OmlError } from '@oml/protocol/error';
import type { Receipt } from '@oml/protocol/signed/receipt';
import { receiptFromJson, receiptToJson } from '@oml/protocol/wire/receipt-json';
import type { Store } from '@oml/service/store';
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { hexToBytes, type Hex } from 'viem';

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

export interface Answer {
  receipt: Receipt;
  signature: Hex | undefined;
  outcome: Outcome;
  /** Unix seconds. */
  createdAt: number;
}

/** Answers that were paid for, encrypted, so that a lost one can be sent again for 24 h. */
export interface Answers {
  find(paymentRef: Hex): Answer | undefined;
  /** Written before the receipt is signed: nothing is ever signed twice with different words. */
  keep(receipt: Receipt, outcome: Outcome): void;
  sign(paymentRef: Hex, signature: Hex): void;
  /** Forgets what answers said, not that they were given. */
  purge(): void;
}

const KEPT_MS = 24 * 3_600_000;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The key of kept answers: ANSWER_SECRET, or derived from the signer's key. */
export function answerKey(secret: Hex): Buffer {
  return Buffer.from(hkdfSync('sha256', hexToBytes(secret), '', 'oml/answers', 32));
}

export function createAnswers({ db }: Store, key: Buffer): Answers {
  const unsigned = '0x';
  return {
    find(paymentRef) {
      const row = db
        .prepare('SELECT receipt, signature, outcome, created_at FROM answer WHERE payment_ref = ?')
        .get(paymentRef);
      if (!row) return undefined;
      if (!row['outcome'])
        throw new OmlError('NOT_FOUND', 'This call was answered; its answer is kept for 24 hours only.', {
          details: { paymentRef },
        });
      const { receipt } = receiptFromJson({ receipt: JSON.parse(row['receipt'] as string), signature: unsigned });
      const outcome = JSON.parse(decrypt(key, row['outcome'] as Uint8Array, paymentRef)) as Outcome;
      return {
        receipt,
        outcome,
        signature: (row['signature'] as Hex | null) ?? undefined,
        createdAt: Number(row['created_at']),
      };
    },
    keep(receipt, outcome) {
      const { receipt: json } = receiptToJson({ receipt, signature: unsigned });
      const sealed = encrypt(key, JSON.stringify(outcome), receipt.paymentRef);
      db.prepare('INSERT INTO answer (payment_ref, receipt, outcome, created_at) VALUES (?, ?, ?, ?)').run(
        receipt.paymentRef,
        JSON.stringify(json),
        sealed,
        Number(receipt.answeredAt),
      );
    },
    sign: (paymentRef, signature) =>
      void db.prepare('UPDATE answer SET signature = ? WHERE payment_ref = ?').run(signature, paymentRef),
    purge: () =>
      void db
        .prepare('UPDATE answer SET outcome = NULL WHERE outcome IS NOT NULL AND created_at < ?')
        .run(Math.floor((Date.now() - KEPT_MS) / 1000)),
  };
}

/** AES-256-GCM, bound to the payment: iv, tag, ciphertext. */
function encrypt(key: Buffer, text: string, boundTo: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(boundTo));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
}

function decrypt(key: Buffer, sealed: Uint8Array, boundTo: string): string {
  const bytes = Buffer.from(sealed);
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES)).setAAD(Buffer.from(boundTo));
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  return decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
}
