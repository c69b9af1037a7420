import type { ExactAuthorization } from '@oml/protocol/signed/authorization';
import type { Address, Hex } from 'viem';
import type { GatewayStore, PaymentRow } from '../store.ts';
import { owedFrom } from './owed.ts';

// The gateway's own record of payments: each may be used for one request only, and none is ever forgotten once it is on
// chain.

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
  /** The gas account that settles it, where several gateways share a store. */
  holder: Address | null;
  /** Unix ms. */
  openedAt: number;
  /** Where its booking was seen in the vault's ledger, as long as a rollback might still drop it from there. */
  bookedBlock: number | null;
  /** Who pays it back, because its answer failed. */
  refundedBy: Address | null;
}

export type NewPayment = Omit<Payment, 'state' | 'tx' | 'openedAt' | 'bookedBlock' | 'refundedBy'>;

export async function findPayment({ db }: Pick<GatewayStore, 'db'>, paymentRef: Hex): Promise<Payment | undefined> {
  const row = await db.selectFrom('payment').selectAll().where('payment_ref', '=', paymentRef).executeTakeFirst();
  return row && paymentOf(row);
}

export async function findPaymentByNonce(
  { db }: GatewayStore,
  client: Address,
  requestNonce: Hex,
): Promise<Payment | undefined> {
  const row = await db
    .selectFrom('payment')
    .selectAll()
    .where('client', '=', client)
    .where('request_nonce', '=', requestNonce)
    .executeTakeFirst();
  return row && paymentOf(row);
}

/**
 * Writes a payment down, before anything is broadcast; false where it or its (client, nonce) is taken. The table's
 * constraints decide, so that of two requests at once one is told so.
 */
export async function openPayment({ db }: GatewayStore, payment: NewPayment): Promise<boolean> {
  const { authorization: a } = payment;
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('payment')
    .values({
      payment_ref: payment.paymentRef,
      network: payment.network,
      asset: payment.asset,
      client: a.from,
      nonce: a.nonce,
      vault: a.to,
      value: String(a.value),
      valid_after: String(a.validAfter),
      valid_before: String(a.validBefore),
      signature: payment.signature,
      request_nonce: payment.requestNonce,
      request_hash: payment.requestHash,
      state: 'settling',
      created_at: Date.now(),
      holder: payment.holder,
      owed_from: owedFrom(),
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

export async function settlePayment({ db }: GatewayStore, paymentRef: Hex, tx: Hex): Promise<void> {
  await db.updateTable('payment').set({ state: 'settled', tx }).where('payment_ref', '=', paymentRef).execute();
}

/**
 * Takes a payment up that was left unsettled; false where another gateway on the same store did, or it is settled. Only
 * who took it up sends it again.
 */
export async function retakePayment(
  { db }: GatewayStore,
  { paymentRef, openedAt }: Pick<Payment, 'paymentRef' | 'openedAt'>,
  holder: Address,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('payment')
    .set({ holder, created_at: Date.now() })
    .where('payment_ref', '=', paymentRef)
    .where('state', '=', 'settling')
    .where('created_at', '=', openedAt)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Forgets a payment of which nothing is on its way: it was not sent, what was sent is over, or it is dead. */
export async function dropPayment({ db }: GatewayStore, paymentRef: Hex): Promise<void> {
  await db.deleteFrom('payment').where('payment_ref', '=', paymentRef).where('state', '=', 'settling').execute();
}

/** Payments that were opened before a time (Unix ms) and did not settle. */
export async function unsettledPayments({ db }: GatewayStore, openedBefore: number): Promise<Payment[]> {
  const rows = await db
    .selectFrom('payment')
    .selectAll()
    .where('state', '=', 'settling')
    .where('created_at', '<', openedBefore)
    .execute();
  return rows.map(paymentOf);
}

/**
 * Settled payments whose booking nobody saw in a vault's ledger, or in no block after `deepest`; the contested ones
 * first.
 */
export async function unbookedPayments({ db }: GatewayStore, deepest: bigint): Promise<Payment[]> {
  const rows = await db
    .selectFrom('payment')
    .selectAll()
    .where('state', '=', 'settled')
    .where('booked_at', 'is', null)
    .where(({ eb, or }) => or([eb('booked_block', 'is', null), eb('booked_block', '<=', Number(deepest))]))
    .orderBy((order) => order.case().when('contested_at', 'is', null).then(1).else(0).end())
    .orderBy('created_at')
    .execute();
  return rows.map(paymentOf);
}

/** When the oldest settled payment was opened whose booking is not known to be final (Unix ms). */
export async function oldestUnbooked({ db }: GatewayStore): Promise<number | undefined> {
  const row = await db
    .selectFrom('payment')
    .select((eb) => eb.fn.min('created_at').as('since'))
    .where('state', '=', 'settled')
    .where('booked_at', 'is', null)
    .executeTakeFirst();
  return row?.since == null ? undefined : Number(row.since);
}

export async function markContested({ db }: Pick<GatewayStore, 'db'>, paymentRef: Hex): Promise<void> {
  await db
    .updateTable('payment')
    .set({ contested_at: Date.now() })
    .where('payment_ref', '=', paymentRef)
    .where('contested_at', 'is', null)
    .execute();
}

/** The vault's ledger showed a payment in this block. */
export async function noteBooking({ db }: GatewayStore, paymentRef: Hex, block: bigint): Promise<void> {
  await db
    .updateTable('payment')
    .set({ booked_block: Number(block) })
    .where('payment_ref', '=', paymentRef)
    .execute();
}

/** It is booked, as of this block, and deep enough to count as final. */
export async function markBooked({ db }: GatewayStore, paymentRef: Hex, block: bigint): Promise<void> {
  await db
    .updateTable('payment')
    .set({ booked_at: Date.now(), booked_block: Number(block) })
    .where('payment_ref', '=', paymentRef)
    .where('booked_at', 'is', null)
    .execute();
}

/** Payments that count as booked for good: of these names, or all that were seen so in a block above one. */
export async function bookedPayments(
  { db }: GatewayStore,
  which: { above: bigint } | { refs: readonly Hex[] },
): Promise<Payment[]> {
  const rows = await db
    .selectFrom('payment')
    .selectAll()
    .where('booked_at', 'is not', null)
    .where(({ eb }) =>
      'above' in which ? eb('booked_block', '>', Number(which.above)) : eb('payment_ref', 'in', which.refs),
    )
    .execute();
  return rows.map(paymentOf);
}

/** The vault's ledger shows it no more: it is booked again, and split again. */
export async function unbook({ db }: GatewayStore, paymentRef: Hex): Promise<void> {
  await db
    .updateTable('payment')
    .set({ booked_at: null, booked_block: null, distributed_at: null })
    .where('payment_ref', '=', paymentRef)
    .execute();
}

/** A rollback left it booked, in a block up to this one; whether it left it split is looked up. */
export async function stillBooked({ db }: GatewayStore, paymentRef: Hex, block: bigint): Promise<void> {
  await db
    .updateTable('payment')
    .set({ booked_block: Number(block), distributed_at: null })
    .where('payment_ref', '=', paymentRef)
    .execute();
}

/** Payments that are booked for good and whose vault was not split since, by vault. */
export async function undistributedPayments({ db }: GatewayStore): Promise<Map<Address, Hex[]>> {
  const rows = await db
    .selectFrom('payment')
    .select(['vault', 'payment_ref'])
    .where('booked_at', 'is not', null)
    .where('distributed_at', 'is', null)
    .execute();
  const byVault = Map.groupBy(rows, ({ vault }) => vault);
  return new Map([...byVault].map(([vault, ofVault]) => [vault, ofVault.map(({ payment_ref }) => payment_ref)]));
}

/** As many names fit well into one statement. */
const REFS_AT_ONCE = 500;

/** These were booked before their vault was split; what was booked meanwhile waits for the next time. */
export async function markDistributed({ db }: GatewayStore, refs: readonly Hex[]): Promise<void> {
  for (let i = 0; i < refs.length; i += REFS_AT_ONCE)
    await db
      .updateTable('payment')
      .set({ distributed_at: Date.now() })
      .where('payment_ref', 'in', refs.slice(i, i + REFS_AT_ONCE))
      .execute();
}

function paymentOf(row: PaymentRow): Payment {
  return {
    paymentRef: row.payment_ref,
    network: row.network,
    asset: row.asset,
    authorization: {
      from: row.client,
      to: row.vault,
      value: BigInt(row.value),
      validAfter: BigInt(row.valid_after),
      validBefore: BigInt(row.valid_before),
      nonce: row.nonce,
    },
    signature: row.signature,
    requestNonce: row.request_nonce,
    requestHash: row.request_hash,
    state: row.state,
    tx: row.tx,
    holder: row.holder,
    openedAt: row.created_at,
    bookedBlock: row.booked_block,
    refundedBy: row.refunded_by,
  };
}
