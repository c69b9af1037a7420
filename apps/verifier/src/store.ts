import { programTables, type ProgramTables } from '@oml/program/run-tables';
import { openStore, type Migration, type Store } from '@oml/program/store';
import { join } from 'node:path';
import type { VerifierOptions } from './options.ts';

/** The verifier's own tables: runs of its two programs, and the paid calls of each. */
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

/** Opens the verifier's store: a PostgreSQL where STORE names one, a file in the data folder otherwise. */
export function openVerifierStore({
  STORE,
  DATA_DIR,
}: Pick<VerifierOptions, 'STORE' | 'DATA_DIR'>): Promise<Store<VerifierTables>> {
  const url = STORE ?? join(DATA_DIR, 'verifier.sqlite');
  return openStore<VerifierTables>(url, [programTables, callTable, refusedReceipts], { schema: 'verifier' });
}
