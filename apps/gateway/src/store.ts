import { openStore, type Migration, type Store } from '@oml/program/store';
import { sql, type ColumnDefinitionBuilder, type Kysely } from 'kysely';
import type { Address, Hex } from 'viem';

/** Everything that a gateway keeps. Times are Unix ms unless they say otherwise, amounts decimal text. */
export interface Tables {
  payment: PaymentRow;
  answer: AnswerRow;
  contest: ContestRow;
  cursor: { name: string; next_block: number };
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
  /** Where the vault's ledger showed it first; counted as booked once it is final. */
  booked_block: number | null;
}

export interface AnswerRow {
  payment_ref: Hex;
  receipt: string;
  signature: Hex | null;
  /** Encrypted; null once it is forgotten. */
  outcome: Uint8Array | null;
  /** Unix seconds. */
  created_at: number;
}

export interface ContestRow {
  claim_id: Hex;
  receipt: string;
  claimant: Address;
  nonce_salt: Hex;
  noted_at: number;
  ended_at: number | null;
}

/** Opens a gateway's store: a SQLite file, or PostgreSQL by its URL. */
export const openGatewayStore = (url: string): Promise<GatewayStore> =>
  openStore<Tables>(url, MIGRATIONS, { schema: 'gateway' });

/** A file of before migrations were counted has the first tables already: it keeps its payments. */
const MIGRATIONS: readonly Migration[] = [
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
];

const needed = (column: ColumnDefinitionBuilder) => column.notNull();

async function createPayments(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('payment')
    .ifNotExists()
    .addColumn('payment_ref', 'text', (column) => column.primaryKey())
    .addColumn('network', 'text', needed)
    .addColumn('asset', 'text', needed)
    .addColumn('client', 'text', needed)
    .addColumn('nonce', 'text', needed)
    .addColumn('vault', 'text', needed)
    .addColumn('value', 'text', needed)
    .addColumn('valid_after', 'text', needed)
    .addColumn('valid_before', 'text', needed)
    .addColumn('signature', 'text', needed)
    .addColumn('request_nonce', 'text', needed)
    .addColumn('request_hash', 'text', needed)
    .addColumn('state', 'text', (column) => column.notNull().check(sql`state in ('settling', 'settled')`))
    .addColumn('tx', 'text')
    .addColumn('created_at', 'bigint', needed)
    .addColumn('booked_at', 'bigint')
    .addColumn('contested_at', 'bigint')
    .addColumn('distributed_at', 'bigint')
    .addUniqueConstraint('payment_authorization', ['network', 'asset', 'client', 'nonce'])
    .addUniqueConstraint('payment_request', ['client', 'request_nonce'])
    .execute();
  await sql`create index if not exists payment_unbooked on payment (created_at) where booked_at is null`.execute(db);
}

async function createAnswers(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('answer')
    .ifNotExists()
    .addColumn('payment_ref', 'text', (column) => column.primaryKey().references('payment.payment_ref'))
    .addColumn('receipt', 'text', needed)
    .addColumn('signature', 'text')
    .addColumn('outcome', 'bytea')
    .addColumn('created_at', 'bigint', needed)
    .execute();
}

async function createContests(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('contest')
    .ifNotExists()
    .addColumn('claim_id', 'text', (column) => column.primaryKey())
    .addColumn('receipt', 'text', needed)
    .addColumn('claimant', 'text', needed)
    .addColumn('nonce_salt', 'text', needed)
    .addColumn('ended_at', 'bigint')
    .execute();
}
