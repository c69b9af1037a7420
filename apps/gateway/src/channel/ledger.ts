import { OmlError } from '@oml/protocol/error';
import { statement } from '@oml/program/statement';
import type { ChannelConfig } from '@oml/protocol/signed/channel';
import { sql, type Kysely, type SelectQueryBuilder, type Transaction } from 'kysely';
import type { Address, Hex } from 'viem';
import type { Charging } from '../payment/charging.ts';
import type { Bill } from '../payment/in-hand.ts';
import type { ChannelRow, ChargeRow, GatewayStore, Tables } from '../store.ts';

// The gateway's own record of channels. What a channel was charged stands here and nowhere else: it is never inferred
// from a voucher nor from the chain, and a channel that is not here is refused.

export interface Channel {
  channelId: Hex;
  config: ChannelConfig;
  /** Total of all that was answered, and the voucher over it. */
  charged: bigint;
  signature: Hex | undefined;
  /** What that voucher allows. */
  signed: bigint;
}

/** One voucher, for one use. */
export interface Charge {
  useRef: Hex;
  channelId: Hex;
  client: Address;
  /** What it was charged, and the channel's total with it; before it is answered, the most that it may be. */
  amount: bigint;
  cumulative: bigint;
  /** What the voucher allows. */
  signed: bigint;
  signature: Hex;
  requestNonce: Hex;
  requestHash: Hex;
  state: 'open' | 'answered';
}

/** A charge that is asked for, and who would answer it. */
export interface Wanted extends Omit<Charge, 'state' | 'cumulative'> {
  attempt: string;
  holder: Address;
}

/** Is that try still at work? A dead one charged nothing and makes room. */
export type IsAtWork = (row: Pick<ChargeRow, 'attempt' | 'holder' | 'open_until'>) => boolean;

export type Reserved =
  | { charge: Charge }
  | { no: 'unknown' }
  | { no: 'busy' }
  | { no: 'nonce-taken'; useRef: Hex }
  | { no: 'mismatch'; channel: Channel }
  /** A refund broke off, and its transaction may be on its way. */
  | { no: 'refund-left'; attempt: string };

/** So long another gateway leaves an open charge alone; who is still at work says so again (`payment/leases.ts`). */
export const OPEN_MS = 120_000;

/** What stands in place of a request while a channel is refunded. */
const REFUND = 'refund';

export async function findChannel({ db }: { db: Kysely<Tables> }, channelId: Hex): Promise<Channel | undefined> {
  const row = await db.selectFrom('channel').selectAll().where('channel_id', '=', channelId).executeTakeFirst();
  return row && channelOf(row);
}

/** Writes a new channel down, before anything is deposited into it. One that is known stays as it is. */
export async function openChannel({ db }: GatewayStore, channelId: Hex, config: ChannelConfig): Promise<void> {
  await db
    .insertInto('channel')
    .values({
      channel_id: channelId,
      config: JSON.stringify(config),
      vault: config.receiver,
      client: config.payerAuthorizer,
      charged: '0',
      booked: '0',
      distributed: '0',
      created_at: Date.now(),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** What was answered for this voucher before. */
export async function findAnswered({ db }: { db: Kysely<Tables> }, useRef: Hex): Promise<Charge | undefined> {
  const row = await db
    .selectFrom('charge')
    .selectAll()
    .where('use_ref', '=', useRef)
    .where('state', '=', 'answered')
    .executeTakeFirst();
  return row && chargeOf(row);
}

/** A nonce names one request of its client, whatever channel that was paid from. */
async function freeNonce(
  db: Transaction<Tables>,
  { client, requestNonce }: Wanted,
  isAtWork: IsAtWork,
): Promise<Extract<Reserved, { no: 'nonce-taken' | 'busy' }> | undefined> {
  const row = await db
    .selectFrom('charge')
    .selectAll()
    .where('client', '=', client)
    .where('request_nonce', '=', requestNonce)
    .executeTakeFirst();
  if (!row) return undefined;
  if (row.state === 'answered') return { no: 'nonce-taken', useRef: row.use_ref };
  if (isAtWork(row)) return { no: 'busy' };
  await letGo({ db }, row.attempt);
  return undefined;
}

/**
 * Writes a voucher down as the channel's next, before anything is answered for it. The row of the channel is locked, so
 * that of two requests at once, at one gateway or at two, one gets the channel and the other is told.
 */
export function reserve(store: GatewayStore, wanted: Wanted, isAtWork: IsAtWork): Promise<Reserved> {
  return store.transaction(async (db) => {
    const row = await lockChannel(store, db, wanted.channelId);
    if (!row) return { no: 'unknown' };
    const answered = await findAnswered({ db }, wanted.useRef);
    if (answered) return { charge: answered };
    const left = await makeRoom(db, wanted.channelId, isAtWork);
    if (left) return left;
    if (wanted.signed !== BigInt(row.charged) + wanted.amount) return { no: 'mismatch', channel: channelOf(row) };
    const taken = await freeNonce(db, wanted, isAtWork);
    if (taken) return taken;
    await insertOpen(db, wanted);
    const { attempt: _, holder: __, ...charge } = wanted;
    return { charge: { ...charge, cumulative: wanted.signed, state: 'open' } };
  });
}

/**
 * The same in one statement, where nothing is in the way: the voucher goes on from the channel's total, no charge is
 * open, its nonce is new. False says nothing but that {@link reserve} must look. Loss of it with the machine's power
 * does no harm: nothing was charged yet, and nothing answered.
 */
export async function reserveAtOnce({ dialect, lax }: GatewayStore, wanted: Wanted): Promise<boolean> {
  const before = String(wanted.signed - wanted.amount);
  const { numAffectedRows } = await lax.executeQuery(insertNext[dialect](lax, { ...openRow(wanted), before }));
  return numAffectedRows === 1n;
}

const OPEN_COLUMNS = [
  'use_ref',
  'channel_id',
  'client',
  'amount',
  'cumulative',
  'signed',
  'signature',
  'request_nonce',
  'request_hash',
  'state',
  'attempt',
  'holder',
  'open_until',
] as const satisfies (keyof ChargeRow)[];

const insertNextWith = (lock: (query: SelectNext) => SelectNext) =>
  statement<Tables, ChargeRow & { before: string }>((db, given) => {
    // PostgreSQL can't tell of which type a value is among the columns of a query.
    const columns = OPEN_COLUMNS.map((name) =>
      sql<string>`cast(${given[name]} as ${sql.raw(name === 'open_until' ? 'bigint' : 'text')})`.as(name),
    );
    const guarded = db
      .selectFrom('channel')
      .select(columns)
      .where('channel_id', '=', given.channel_id)
      .where('charged', '=', given.before);
    return db
      .insertInto('charge')
      .columns(OPEN_COLUMNS)
      .expression(lock(guarded))
      .onConflict((conflict) => conflict.doNothing());
  });
type SelectNext = SelectQueryBuilder<Tables, 'channel', Record<string, string>>;
const insertNext = { sqlite: insertNextWith((query) => query), postgres: insertNextWith((query) => query.forUpdate()) };

/** Keeps a channel to itself while it is refunded. */
export function reserveRefund(
  store: GatewayStore,
  { channelId, signed, attempt, holder }: { channelId: Hex; signed: bigint; attempt: Hex; holder: Address },
  isAtWork: IsAtWork,
): Promise<{ channel: Channel } | Extract<Reserved, { no: string }>> {
  return store.transaction(async (db) => {
    const row = await lockChannel(store, db, channelId);
    if (!row) return { no: 'unknown' };
    const left = await makeRoom(db, channelId, isAtWork);
    if (left) return left;
    const channel = channelOf(row);
    if (signed !== channel.charged) return { no: 'mismatch', channel };
    await insertOpen(db, {
      useRef: attempt,
      channelId,
      client: row.client,
      amount: 0n,
      signed: channel.charged,
      signature: '0x',
      requestNonce: attempt,
      requestHash: REFUND as Hex,
      attempt,
      holder,
    });
    return { channel };
  });
}

/** Charges a voucher, together with what keeps its answer. It conflicts where it had to make room. */
export function chargingOf(
  { lax }: Pick<GatewayStore, 'lax'>,
  { useRef, channelId, signed, signature }: Charge,
  attempt: string,
  bill: Bill,
): Charging {
  const [amount, cumulative] = [String(bill.amount), String(bill.cumulative)];
  const before = String(bill.cumulative - bill.amount);
  return {
    queries: [
      markAnswered(lax, { useRef, attempt, amount, cumulative }),
      addCharge(lax, { channelId, before, cumulative, signature, signed: String(signed), now: Date.now() }),
    ],
    conflict: () =>
      new OmlError('CONFLICT', 'Another call of this channel took the place of this one: it is not charged.', {
        retryable: true,
        details: { channelId },
      }),
  };
}

const markAnswered = statement<Tables, { useRef: Hex; attempt: string; amount: string; cumulative: string }>(
  (db, { useRef, attempt, amount, cumulative }) =>
    db
      .updateTable('charge')
      .set({ state: 'answered', amount, cumulative })
      .where('use_ref', '=', useRef)
      .where('attempt', '=', attempt)
      .where('state', '=', 'open'),
);

interface Added {
  channelId: Hex;
  /** The channel's total without it, and with it. */
  before: string;
  cumulative: string;
  signature: Hex;
  signed: string;
  now: number;
}
const addCharge = statement<Tables, Added>((db, { channelId, before, cumulative, signature, signed, now }) =>
  db
    .updateTable('channel')
    .set((row) => ({
      charged: cumulative,
      signature,
      signed,
      uncollected_since: row.fn.coalesce('uncollected_since', row.val(now)),
    }))
    .where('channel_id', '=', channelId)
    .where('charged', '=', before),
);

/** Lets an attempt's place in the channel go, unless it was charged. */
export async function letGo({ db }: { db: Kysely<Tables> }, attempt: string): Promise<void> {
  await db.deleteFrom('charge').where('attempt', '=', attempt).where('state', '=', 'open').execute();
}

/** An open charge is left alone while it is at work; otherwise its place is free, since it charged nothing. */
async function makeRoom(
  db: Transaction<Tables>,
  channelId: Hex,
  isAtWork: IsAtWork,
): Promise<Extract<Reserved, { no: 'busy' | 'refund-left' }> | undefined> {
  const open = await db
    .selectFrom('charge')
    .selectAll()
    .where('channel_id', '=', channelId)
    .where('state', '=', 'open')
    .executeTakeFirst();
  if (!open) return undefined;
  if (isAtWork(open)) return { no: 'busy' };
  if ((open.request_hash as string) === REFUND) return { no: 'refund-left', attempt: open.attempt };
  await letGo({ db }, open.attempt);
  return undefined;
}

function lockChannel(
  { dialect }: GatewayStore,
  db: Transaction<Tables>,
  channelId: Hex,
): Promise<ChannelRow | undefined> {
  const query = db.selectFrom('channel').selectAll().where('channel_id', '=', channelId);
  return (dialect === 'postgres' ? query.forUpdate() : query).executeTakeFirst();
}

async function insertOpen(db: Transaction<Tables>, wanted: Wanted): Promise<void> {
  await db.insertInto('charge').values(openRow(wanted)).execute();
}

const openRow = (wanted: Wanted): ChargeRow => ({
  use_ref: wanted.useRef,
  channel_id: wanted.channelId,
  client: wanted.client,
  amount: String(wanted.amount),
  cumulative: String(wanted.signed),
  signed: String(wanted.signed),
  signature: wanted.signature,
  request_nonce: wanted.requestNonce,
  request_hash: wanted.requestHash,
  state: 'open',
  attempt: wanted.attempt,
  holder: wanted.holder,
  open_until: Date.now() + OPEN_MS,
});

export const channelOf = ({ channel_id, config, charged, signature, signed }: ChannelRow): Channel => ({
  channelId: channel_id,
  config: JSON.parse(config) as ChannelConfig,
  charged: BigInt(charged),
  signature: signature ?? undefined,
  signed: BigInt(signed ?? charged),
});

const chargeOf = (row: ChargeRow): Charge => ({
  useRef: row.use_ref,
  channelId: row.channel_id,
  client: row.client,
  amount: BigInt(row.amount),
  cumulative: BigInt(row.cumulative),
  signed: BigInt(row.signed ?? row.cumulative),
  signature: row.signature,
  requestNonce: row.request_nonce,
  requestHash: row.request_hash,
  state: row.state,
});
