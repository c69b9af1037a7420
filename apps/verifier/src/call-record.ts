import type { Leaf } from '@oml/protocol/evidence/code-book';
import type { SignedReceipt } from '@oml/protocol/signed/receipt';
import { receiptFromJson, receiptToJson } from '@oml/protocol/wire/receipt-json';
import type { Store } from '@oml/service/store';
import type { Hex } from 'viem';

/** What makes a call a probe; ordinary traffic has none. */
export interface Probe {
  leaf: Leaf;
  proof: Hex[];
  answer: Hex;
}

/** One paid call of an audit. Its request nonce follows from audit, round and `i`. */
export interface CallRecord {
  auditId: string;
  round: number;
  i: number;
  url: string;
  /** Most that it may cost, in the token's smallest unit. */
  price: bigint;
  /** Exact request body; null until the probes of the batch are known. */
  body: Record<string, unknown> | null;
  probe: Probe | null;
  state: 'planned' | 'paying' | 'answered' | 'failed';
  attempts: number;
  /** PAYMENT-SIGNATURE header that was sent, and when (Unix s). */
  payment: string | null;
  paidAt: number | null;
  receipt: SignedReceipt | null;
  error: string | null;
}

interface Row {
  audit_id: string;
  round: number;
  i: number;
  url: string;
  price: string;
  body: string | null;
  probe: string | null;
  state: CallRecord['state'];
  attempts: number;
  payment: string | null;
  paid_at: number | null;
  receipt: string | null;
  error: string | null;
}

type Key = Pick<CallRecord, 'auditId' | 'round' | 'i'>;

/** Calls in the store. */
export class CallRecords {
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  /** Adds calls that are to be made; those that are known stay as they are. */
  plan(calls: readonly (Key & Pick<CallRecord, 'url' | 'price' | 'body'>)[]): void {
    const insert = this.store.db.prepare(
      "INSERT OR IGNORE INTO calls (audit_id, round, i, url, price, body, state) VALUES (?, ?, ?, ?, ?, ?, 'planned')",
    );
    this.store.transaction(() => {
      for (const { auditId, round, i, url, price, body } of calls)
        insert.run(auditId, round, i, url, String(price), body && JSON.stringify(body));
    });
  }

  list(auditId: string, round?: number): CallRecord[] {
    const rows = this.store.db
      .prepare(`SELECT * FROM calls WHERE audit_id = ? ${round === undefined ? '' : 'AND round = ?'} ORDER BY round, i`)
      .all(...(round === undefined ? [auditId] : [auditId, round]));
    return (rows as unknown as Row[]).map(read);
  }

  find(key: Key): CallRecord {
    return read(
      this.store.db
        .prepare('SELECT * FROM calls WHERE audit_id = ? AND round = ? AND i = ?')
        .get(key.auditId, key.round, key.i) as unknown as Row,
    );
  }

  /** Says what the calls ask, once. */
  setProbes(probes: readonly (Key & { body: Record<string, unknown>; probe: Probe })[]): void {
    const update = this.store.db.prepare(
      'UPDATE calls SET body = ?, probe = ? WHERE audit_id = ? AND round = ? AND i = ? AND body IS NULL',
    );
    this.store.transaction(() => {
      for (const { auditId, round, i, body, probe } of probes)
        update.run(JSON.stringify(body), JSON.stringify(probe), auditId, round, i);
    });
  }

  /** Written before the payment leaves: after a crash the same payment is sent again, never a second one. */
  setPaying({ auditId, round, i }: Key, payment: string, paidAt: number): void {
    this.store.db
      .prepare("UPDATE calls SET state = 'paying', payment = ?, paid_at = ? WHERE audit_id = ? AND round = ? AND i = ?")
      .run(payment, paidAt, auditId, round, i);
  }

  /** Forgets a payment that can no longer be charged. */
  dropPayment({ auditId, round, i }: Key): void {
    this.store.db
      .prepare(
        "UPDATE calls SET state = 'planned', payment = NULL, paid_at = NULL WHERE audit_id = ? AND round = ? AND i = ?",
      )
      .run(auditId, round, i);
  }

  setAnswered({ auditId, round, i }: Key, receipt: SignedReceipt): void {
    this.store.db
      .prepare(
        "UPDATE calls SET state = 'answered', receipt = ?, error = NULL WHERE audit_id = ? AND round = ? AND i = ?",
      )
      .run(JSON.stringify(receiptToJson(receipt)), auditId, round, i);
  }

  setError({ auditId, round, i }: Key, error: string, isFinal: boolean): void {
    this.store.db
      .prepare(
        "UPDATE calls SET error = ?, attempts = attempts + 1, state = CASE WHEN ? THEN 'failed' ELSE state END WHERE audit_id = ? AND round = ? AND i = ?",
      )
      .run(error, Number(isFinal), auditId, round, i);
  }
}

function read(row: Row): CallRecord {
  const { audit_id: auditId, round, i, url, state, attempts, payment, paid_at: paidAt, error } = row;
  const parse = <Value>(text: string | null) => (text === null ? null : (JSON.parse(text) as Value));
  return {
    auditId,
    round,
    i,
    url,
    state,
    attempts,
    payment,
    paidAt,
    error,
    price: BigInt(row.price),
    body: parse<Record<string, unknown>>(row.body),
    probe: parse<Probe>(row.probe),
    receipt: row.receipt === null ? null : receiptFromJson(JSON.parse(row.receipt)),
  };
}
