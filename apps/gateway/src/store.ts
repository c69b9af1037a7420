import { openStore, type Migration, type Store } from '@oml/program/store';
import { sql } from 'kysely';
import { randomUUID } from 'node:crypto';
import type { Address, Hex } from 'viem';
import {
  createAnswers,
  createAnswersOfUses,
  createChannels,
  createCharges,
  createContests,
  createDisguises,
  createPayments,
  needed,
} from './first-tables.ts';

/** Everything that a gateway keeps. Times are Unix ms unless they say otherwise, amounts decimal text. */
export interface Tables {
  payment: PaymentRow;
  answer: AnswerRow;
  contest: ContestRow;
  disguise: DisguiseRow;
  hit: HitRow;
  channel: ChannelRow;
  charge: ChargeRow;
  cursor: { name: string; next_block: number };
  /** Blocks as they were when this gateway looked: another hash of the same number is a rollback. */
  checkpoint: { number: number; hash: Hex };
  /** Totals of channels that a watchtower, named by its URL, has on its disk, and the name of what it has there. */
  handed: { tower: string; channel_id: Hex; total: string; mark: string };
  /** A name that this store gave itself: another one means that what was in it is gone. */
  store_mark: { mark: string };
  /** What the purse gave or was about to give, for 24 hours. */
  shortfall: { payment_ref: Hex; client: Address; total: string; amount: string; spent_at: number };
}
export type GatewayStore = Store<Tables>;

export interface PaymentRow {
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
  state: 'settling' | 'settled';
  tx: Hex | null;
  created_at: number;
  booked_at: number | null;
  contested_at: number | null;
  distributed_at: number | null;
  /** The gas account of the gateway that wrote it down; null before there could be several. */
  holder: Address | null;
  /** Where the vault's ledger showed it; it counts as booked once that is final, then up to where it stood. */
  booked_block: number | null;
  /** From when on it may pay for another request, unless answered before; null once it was, or is refunded. */
  owed_from: number | null;
  /** Who pays it back out of its own pocket. */
  refunded_by: Address | null;
}

export interface AnswerRow {
  /** What paid for it: an `exact` payment, or one charge of a channel. */
  use_ref: Hex;
  receipt: string;
  /** Encrypted; null once it is forgotten. */
  outcome: Uint8Array | null;
  /** Of the receipt; null before bodies were kept. */
  digest: Hex | null;
  /** What was asked, encrypted; null once it is forgotten. */
  asked: Uint8Array | null;
  /** Unix seconds. */
  created_at: number;
}

/** A channel into a vault of ours. It is never forgotten: what a lost row charged could be charged again. */
export interface ChannelRow {
  channel_id: Hex;
  /** JSON of its x402 config. */
  config: string;
  vault: Address;
  /** Its payerAuthorizer, whom the receipts name. */
  client: Address;
  /** Total of all that was answered. */
  charged: string;
  /** Of the voucher that covers that total, and what it allows; null before the first answer. */
  signature: Hex | null;
  signed: string | null;
  /** When the oldest charge was answered that is not known to be booked for good; null where there is none. */
  uncollected_since: number | null;
  /** Total whose booking is deep enough to count as final. */
  booked: string;
  /** Total that the vault's ledger showed, in which block, and when it was what had been charged. */
  seen: string | null;
  seen_block: number | null;
  seen_at: number | null;
  contested_at: number | null;
  /** Total of it that is split. */
  distributed: string;
  created_at: number;
  /** A watchtower's: whose account handed it over. */
  host: Address | null;
  /** It held less than it was charged: until then nobody looks whether it still does. */
  retry_at: number | null;
  /** In which block `booked` stood at the latest, and since when its oldest charge had waited. */
  booked_block: number | null;
  collected_since: number | null;
}

/** One voucher, written down before anything is answered for it. At most one of a channel is open. */
export interface ChargeRow {
  use_ref: Hex;
  channel_id: Hex;
  client: Address;
  /** What it was charged, and the channel's total with it; while it is open, the most that it may be. */
  amount: string;
  cumulative: string;
  /** What the voucher allows; null of before that could be more. */
  signed: string | null;
  signature: Hex;
  request_nonce: Hex;
  request_hash: Hex;
  state: 'open' | 'answered';
  /** Which try of which gateway is answering it, and until when others leave it alone. */
  attempt: string;
  holder: Address;
  open_until: number;
}

export interface ContestRow {
  claim_id: Hex;
  receipts: string;
  noted_at: number;
  ended_at: number | null;
}

/** A claim of disguised use against this host that is proven. */
export interface DisguiseRow {
  claim_id: Hex;
  claimant: Address;
  batch: string;
  /** Unix seconds: until then it can be blamed on the editions. */
  answer_by: number;
  /** What came of running its hits on the editions; null: not looked yet. */
  looked: string | null;
  noted_at: number;
  ended_at: number | null;
}

/** The receipt that a claim counted as its hit number `position`. */
export interface HitRow {
  claim_id: Hex;
  position: number;
  digest: Hex;
}

/** Opens a gateway's store: a SQLite file, or PostgreSQL by its URL. */
export const openGatewayStore = (url: string): Promise<GatewayStore> =>
  openStore<Tables>(url, MIGRATIONS, { schema: 'gateway' });

/** A file of before migrations were counted has the first tables already: it keeps its payments. */
export const MIGRATIONS: readonly Migration[] = [
  async (db) => {
    await createPayments(db);
    await createAnswers(db);
    await createContests(db);
  },
  async (db) => {
    await db.schema.alterTable('payment').addColumn('holder', 'text').execute();
    await db.schema
      .alterTable('contest')
      .addColumn('noted_at', 'bigint', (column) => column.notNull().defaultTo(0))
      .execute();
    // What the cursor forgets is read again, and noting a contest twice does nothing.
    await db.schema.dropTable('cursor').ifExists().execute();
    await db.schema
      .createTable('cursor')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('next_block', 'bigint', needed)
      .execute();
  },
  async (db) => {
    await db.schema.alterTable('payment').addColumn('booked_block', 'bigint').execute();
  },
  // A claim holds several receipts; the court is shown them alone.
  async (db) => {
    await db.schema.dropTable('contest').execute();
    await db.schema
      .createTable('contest')
      .addColumn('claim_id', 'text', (column) => column.primaryKey())
      .addColumn('receipts', 'text', needed)
      .addColumn('noted_at', 'bigint', needed)
      .addColumn('ended_at', 'bigint')
      .execute();
    await db.deleteFrom('cursor' as never).execute();
  },
  // A host that blames its editions shows what was asked.
  async (db) => {
    await db.schema.alterTable('answer').addColumn('digest', 'text').execute();
    await db.schema.alterTable('answer').addColumn('asked', 'bytea').execute();
    await db.schema.createIndex('answer_digest').on('answer').column('digest').execute();
    await createDisguises(db);
  },
  // Channels. An answer may be paid by one of their charges, so that it no longer refers to a payment.
  async (db) => {
    await createChannels(db);
    await createCharges(db);
    await createAnswersOfUses(db);
  },
  async (db) => {
    await db.schema
      .createTable('shortfall')
      .addColumn('payment_ref', 'text', needed)
      .addColumn('client', 'text', needed)
      .addColumn('total', 'text', needed)
      .addColumn('amount', 'text', needed)
      .addColumn('spent_at', 'bigint', needed)
      .addPrimaryKeyConstraint('shortfall_key', ['payment_ref', 'client', 'total'])
      .execute();
  },
  // A payment whose answer failed is good for another request, or is refunded.
  async (db) => {
    await db.schema.alterTable('payment').addColumn('owed_from', 'bigint').execute();
    await db.schema.alterTable('payment').addColumn('refunded_by', 'text').execute();
    await sql`update payment set owed_from = created_at where payment_ref not in (select use_ref from answer)`.execute(
      db,
    );
  },
  // A receipt is signed whenever it is asked for.
  async (db) => {
    await db.schema.alterTable('answer').dropColumn('signature').execute();
  },
  // A call may cost less than its voucher allows.
  async (db) => {
    await db.schema.alterTable('channel').addColumn('signed', 'text').execute();
    await db.schema.alterTable('charge').addColumn('signed', 'text').execute();
  },
  // A watchtower keeps vouchers, too.
  async (db) => {
    await db.schema
      .createTable('handed')
      .addColumn('tower', 'text', needed)
      .addColumn('channel_id', 'text', (column) => column.notNull().references('channel.channel_id'))
      .addColumn('total', 'text', needed)
      .addPrimaryKeyConstraint('handed_key', ['tower', 'channel_id'])
      .execute();
  },
  // A watchtower counts what is whose, and says which store it has; what can't be collected waits.
  async (db) => {
    await db.schema.alterTable('channel').addColumn('host', 'text').execute();
    await db.schema.alterTable('channel').addColumn('retry_at', 'bigint').execute();
    await db.schema
      .alterTable('handed')
      .addColumn('mark', 'text', (column) => column.notNull().defaultTo(''))
      .execute();
    await db.schema.createTable('store_mark').addColumn('mark', 'text', needed).execute();
    await sql`insert into store_mark (mark) values (${randomUUID()})`.execute(db);
  },
  // A rollback deeper than what counts as final is noticed.
  async (db) => {
    await db.schema.alterTable('channel').addColumn('booked_block', 'bigint').execute();
    await db.schema.alterTable('channel').addColumn('collected_since', 'bigint').execute();
    await db.schema
      .createTable('checkpoint')
      .addColumn('number', 'bigint', (column) => column.primaryKey())
      .addColumn('hash', 'text', needed)
      .execute();
    await sql`create index payment_booked_block on payment (booked_block) where booked_at is not null`.execute(db);
    await sql`create index channel_booked_block on channel (booked_block) where booked_block is not null`.execute(db);
  },
];

/** The name that a store gave itself when it was made. */
export async function markOf({ db }: Pick<GatewayStore, 'db'>): Promise<string> {
  return (await db.selectFrom('store_mark').select('mark').executeTakeFirstOrThrow()).mark;
}
