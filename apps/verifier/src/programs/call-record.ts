import type { Store } from '@oml/program/store';
import type { Leaf } from '@oml/protocol/evidence/code-book';
import type { SignedReceipt } from '@oml/protocol/signed/receipt';
import { receiptFromJson, receiptToJson } from '@oml/protocol/wire/receipt-json';
import type { Selectable, Updateable } from 'kysely';
import type { Hex } from 'viem';
import type { VerifierTables } from '../store.ts';

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
  /** What the host signed instead, where it fits another call or answer. */
  refused: SignedReceipt | null;
  error: string | null;
}

/** What the hosts signed for these calls, whether it fits them or not. */
export const signedOf = (calls: readonly CallRecord[]): SignedReceipt[] =>
  calls.flatMap(({ receipt, refused }) => receipt ?? refused ?? []);

type Key = Pick<CallRecord, 'auditId' | 'round' | 'i'>;
type Row = VerifierTables['call'];

/** Calls in the store. */
export type CallRecords = ReturnType<typeof callRecordsIn>;

export function callRecordsIn(store: Store<VerifierTables>) {
  const find = async ({ auditId, round, i }: Key): Promise<CallRecord> =>
    read(
      await store.db
        .selectFrom('call')
        .selectAll()
        .where('audit_id', '=', auditId)
        .where('round', '=', round)
        .where('i', '=', i)
        .executeTakeFirstOrThrow(),
    );
  const set = async ({ auditId, round, i }: Key, values: Updateable<Row>): Promise<void> => {
    await store.db
      .updateTable('call')
      .set(values)
      .where('audit_id', '=', auditId)
      .where('round', '=', round)
      .where('i', '=', i)
      .execute();
  };
  return {
    find,

    /** Adds calls that are to be made; those that are known stay as they are. */
    async plan(calls: readonly (Key & Pick<CallRecord, 'url' | 'price' | 'body'>)[]): Promise<void> {
      await store.db
        .insertInto('call')
        .values(calls.map(planned))
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },

    /** What the calls of runs of these programs may cost that were ordered since then (Unix ms); smallest unit. */
    async plannedSince(since: number, programs: readonly { name: string }[]): Promise<bigint> {
      const rows = await store.db
        .selectFrom('call')
        .innerJoin('run', 'run.id', 'call.audit_id')
        .select('call.price')
        .where('run.created_at', '>', since)
        .where(
          'run.program',
          'in',
          programs.map(({ name }) => name),
        )
        .execute();
      return rows.reduce((sum, { price }) => sum + BigInt(price), 0n);
    },

    /** In the order of rounds and items. */
    async list(auditId: string, round?: number): Promise<CallRecord[]> {
      const all = store.db.selectFrom('call').selectAll().where('audit_id', '=', auditId);
      const some = round === undefined ? all : all.where('round', '=', round);
      return (await some.orderBy('round').orderBy('i').execute()).map(read);
    },

    /** Says what the calls ask, once; a probe is null for those that hide others. */
    async setBodies(calls: readonly (Key & { body: Record<string, unknown>; probe: Probe | null })[]): Promise<void> {
      await store.transaction(async (db) => {
        for (const { auditId, round, i, body, probe } of calls)
          await db
            .updateTable('call')
            .set({ body: JSON.stringify(body), probe: probe && JSON.stringify(probe) })
            .where('audit_id', '=', auditId)
            .where('round', '=', round)
            .where('i', '=', i)
            .where('body', 'is', null)
            .execute();
      });
    },

    /** Written before the payment leaves: after a crash the same payment is sent again, never a second one. */
    setPaying: (call: Key, payment: string, paidAt: number) => set(call, { state: 'paying', payment, paid_at: paidAt }),

    /** Forgets a payment that can no longer be charged. */
    dropPayment: (call: Key) => set(call, { state: 'planned', payment: null, paid_at: null }),

    setAnswered: (call: Key, receipt: SignedReceipt) =>
      set(call, { state: 'answered', receipt: written(receipt), payment_ref: receipt.receipt.paymentRef, error: null }),

    setRefused: (call: Key, refused: SignedReceipt) =>
      set(call, { refused: written(refused), payment_ref: refused.receipt.paymentRef }),

    /** The calls, of whatever audit, whose receipts charge this payment. */
    async onPayment(paymentRef: Hex): Promise<CallRecord[]> {
      const all = store.db.selectFrom('call').selectAll().where('payment_ref', '=', paymentRef);
      return (await all.orderBy('audit_id').orderBy('round').orderBy('i').execute()).map(read);
    },

    async setError(call: Key, error: string, isFinal: boolean): Promise<void> {
      const { attempts } = await find(call);
      await set(call, { error, attempts: attempts + 1, ...(isFinal ? { state: 'failed' } : {}) });
    },
  };
}

const written = (signed: SignedReceipt): string => JSON.stringify(receiptToJson(signed));

function planned({ auditId, round, i, url, price, body }: Key & Pick<CallRecord, 'url' | 'price' | 'body'>): Row {
  const open = { state: 'planned', attempts: 0, probe: null, payment: null, paid_at: null } as const;
  const unanswered = { receipt: null, refused: null, payment_ref: null } as const;
  const text = body && JSON.stringify(body);
  return { ...open, ...unanswered, audit_id: auditId, round, i, url, price: String(price), body: text, error: null };
}

function read(row: Selectable<Row>): CallRecord {
  const { audit_id: auditId, round, i, url, state, attempts, payment, paid_at: paidAt, error } = row;
  const parse = (text: string | null) => (text === null ? null : JSON.parse(text));
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
    body: parse(row.body),
    probe: parse(row.probe),
    receipt: row.receipt === null ? null : receiptFromJson(JSON.parse(row.receipt)),
    refused: row.refused === null ? null : receiptFromJson(JSON.parse(row.refused)),
  };
}
