import type { ExactAuthorization } from '@oml/protocol/signed/authorization';
import { openStore, type Store } from '@oml/service/store';
import type { Address, Hex } from 'viem';
import { MIGRATIONS } from '../store.ts';

export interface Payment {
  paymentRef: Hex;
  network: string;
  asset: Address;
  authorization: ExactAuthorization;
  signature: Hex;
  /** The idempotency key, with the client. */
  requestNonce: Hex;
  /** Hash of nonce, path and body of the request that this payment was first used for. */
  requestHash: Hex;
  state: 'settling' | 'settled';
  tx: Hex | null;
}

export type NewPayment = Omit<Payment, 'state' | 'tx'>;

/**
 * The gateway's own record of payments: each may be used for one request only, and none is ever forgotten once it is on
 * chain.
 */
export interface Ledger {
  store: Store;
  find(paymentRef: Hex): Payment | undefined;
  findByNonce(client: Address, requestNonce: Hex): Payment | undefined;
  /** Written before anything is broadcast; false where the payment or its (client, nonce) is taken. */
  open(payment: NewPayment): boolean;
  settle(paymentRef: Hex, tx: Hex): void;
  /** Forgets a payment that never reached the chain. */
  drop(paymentRef: Hex): void;
  /** Payments that were opened before a time (Unix ms) and did not settle. */
  settling(openedBefore: number): Payment[];
  unbooked(contestedOnly: boolean): Payment[];
  markContested(paymentRef: Hex): boolean;
  markBooked(paymentRef: Hex): void;
  /** Vaults that hold booked money which was not distributed yet. */
  undistributed(): Address[];
  markDistributed(vault: Address): void;
}

/** Opens the gateway's store in its data folder. */
export function openLedger(path: string): Ledger {
  const store = openStore(path, MIGRATIONS);
  const { db } = store;
  const rows = (sql: string, ...values: (string | number)[]) =>
    (db.prepare(`SELECT * FROM payment WHERE ${sql}`).all(...values) as unknown as Row[]).map(paymentOf);
  const mark = (column: string, condition: string, value: string) =>
    db.prepare(`UPDATE payment SET ${column} = ? WHERE ${condition} = ? AND ${column} IS NULL`).run(Date.now(), value)
      .changes > 0;
  return {
    store,
    find: (ref) => rows('payment_ref = ?', ref)[0],
    findByNonce: (client, nonce) => rows('client = ? AND request_nonce = ?', client, nonce)[0],
    open: (payment) => insert(store, payment),
    settle: (ref, tx) =>
      void db.prepare(`UPDATE payment SET state = 'settled', tx = ? WHERE payment_ref = ?`).run(tx, ref),
    drop: (ref) => void db.prepare(`DELETE FROM payment WHERE payment_ref = ? AND state = 'settling'`).run(ref),
    settling: (openedBefore) => rows(`state = 'settling' AND created_at < ?`, openedBefore),
    unbooked: (contestedOnly) =>
      rows(
        `state = 'settled' AND booked_at IS NULL ${contestedOnly ? 'AND contested_at IS NOT NULL' : ''} ORDER BY contested_at IS NULL, created_at`,
      ),
    markContested: (ref) => mark('contested_at', 'payment_ref', ref),
    markBooked: (ref) => void mark('booked_at', 'payment_ref', ref),
    undistributed: () =>
      db
        .prepare('SELECT DISTINCT vault FROM payment WHERE booked_at IS NOT NULL AND distributed_at IS NULL')
        .all()
        .map((row) => row['vault'] as Address),
    markDistributed: (vault) =>
      void db
        .prepare(
          'UPDATE payment SET distributed_at = ? WHERE vault = ? AND booked_at IS NOT NULL AND distributed_at IS NULL',
        )
        .run(Date.now(), vault),
  };
}

interface Row {
  payment_ref: Hex;
  network: string;
  asset: Address;
  client: Address;
  nonce: Hex;
  vault: Address;
  value: string;
  valid_after: string;
  valid_before: string;
  signature: Hex;
  request_nonce: Hex;
  request_hash: Hex;
  state: Payment['state'];
  tx: Hex | null;
}

function paymentOf(row: Row): Payment {
  const { client: from, vault: to, nonce } = row;
  const authorization = {
    from,
    to,
    value: BigInt(row.value),
    validAfter: BigInt(row.valid_after),
    validBefore: BigInt(row.valid_before),
    nonce,
  };
  const {
    payment_ref: paymentRef,
    request_nonce: requestNonce,
    request_hash: requestHash,
    network,
    asset,
    signature,
    state,
    tx,
  } = row;
  return { paymentRef, requestNonce, requestHash, network, asset, authorization, signature, state, tx };
}

function insert(
  { db }: Store,
  { paymentRef, network, asset, authorization: a, signature, requestNonce, requestHash }: NewPayment,
): boolean {
  const sql = `INSERT INTO payment (payment_ref, network, asset, client, nonce, vault, value, valid_after, valid_before, signature, request_nonce, request_hash, state, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'settling', ?) ON CONFLICT DO NOTHING`;
  const values = [
    paymentRef,
    network,
    asset,
    a.from,
    a.nonce,
    a.to,
    String(a.value),
    String(a.validAfter),
    String(a.validBefore),
    signature,
    requestNonce,
    requestHash,
  ];
  return db.prepare(sql).run(...values, Date.now()).changes === 1;
}
