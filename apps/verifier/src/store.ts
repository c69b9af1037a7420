import { programTables, type ProgramTables } from '@oml/program/run-tables';
import { openStore, type Migration, type Store } from '@oml/program/store';
import { join } from 'node:path';
import type { VerifierOptions } from './options.ts';

/** The verifier's own tables: runs of its programs, the paid calls of each, and who pays. */
export interface VerifierTables extends ProgramTables {
  call: {
    audit_id: string;
    round: number;
    i: number;
    url: string;
    price: string;
    body: string | null;
    probe: string | null;
    state: 'planned' | 'paying' | 'answered' | 'failed';
    attempts: number;
    payment: string | null;
    paid_at: number | null;
    receipt: string | null;
    refused: string | null;
    payment_ref: string | null;
    error: string | null;
  };
  /** What was seen of endpoints: looks and paid answers. */
  look: {
    license_id: string;
    at: number;
    kind: 'look' | 'answer';
    is_up: number;
    took_ms: number | null;
    tokens_per_second: number | null;
    asked: string | null;
    holds: number | null;
  };
  /** Which accounts a round of an audit uses. */
  accounts: { first: number; count: number; audit_id: string; round: number };
  /** What a payer must not forget of a channel, under the name that the SDK gives it. */
  channel: { name: string; record: string };
}

const callTable: Migration = async ({ schema }) => {
  await schema
    .createTable('call')
    .addColumn('audit_id', 'text', (column) => column.notNull().references('run.id'))
    .addColumn('round', 'integer', (column) => column.notNull())
    .addColumn('i', 'integer', (column) => column.notNull())
    .addColumn('url', 'text', (column) => column.notNull())
    .addColumn('price', 'text', (column) => column.notNull())
    .addColumn('body', 'text')
    .addColumn('probe', 'text')
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('payment', 'text')
    .addColumn('paid_at', 'bigint')
    .addColumn('receipt', 'text')
    .addColumn('error', 'text')
    .addPrimaryKeyConstraint('call_key', ['audit_id', 'round', 'i'])
    .execute();
};

/** Receipts that say something else than this call, and the payment that either receipt charges. */
const refusedReceipts: Migration = async ({ schema }) => {
  await schema.alterTable('call').addColumn('refused', 'text').execute();
  await schema.alterTable('call').addColumn('payment_ref', 'text').execute();
  await schema.createIndex('call_payment').on('call').column('payment_ref').execute();
};

const payerTables: Migration = async ({ schema }) => {
  await schema
    .createTable('accounts')
    .addColumn('first', 'integer', (column) => column.primaryKey())
    .addColumn('count', 'integer', (column) => column.notNull())
    .addColumn('audit_id', 'text', (column) => column.notNull().references('run.id'))
    .addColumn('round', 'integer', (column) => column.notNull())
    .addUniqueConstraint('accounts_of_a_round', ['audit_id', 'round'])
    .execute();
  await schema
    .createTable('channel')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('record', 'text', (column) => column.notNull())
    .execute();
};

const lookTable: Migration = async ({ schema }) => {
  await schema
    .createTable('look')
    .addColumn('license_id', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('is_up', 'integer', (column) => column.notNull())
    .addColumn('took_ms', 'integer')
    .addColumn('tokens_per_second', 'double precision')
    .addColumn('asked', 'text')
    .addColumn('holds', 'integer')
    .addPrimaryKeyConstraint('look_key', ['license_id', 'at', 'kind'])
    .execute();
};

/** Opens the verifier's store: a PostgreSQL where STORE names one, a file in the data folder otherwise. */
export function openVerifierStore({
  STORE,
  DATA_DIR,
}: Pick<VerifierOptions, 'STORE' | 'DATA_DIR'>): Promise<Store<VerifierTables>> {
  const url = STORE ?? join(DATA_DIR, 'verifier.sqlite');
  return openStore<VerifierTables>(url, [programTables, callTable, refusedReceipts, payerTables, lookTable], {
    schema: 'verifier',
  });
}
