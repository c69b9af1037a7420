import type { Migration } from './migrations.ts';
import type { Store } from './store.ts';

/**
 * Tables of all programs in one store; extend the app's own with them, and begin its migrations with `programTables`.
 */
export interface ProgramTables {
  run: {
    id: string;
    program: string;
    /** What it was ordered for, as `facts-json.ts` writes it. */
    subject: string;
    state: 'running' | 'done' | 'failed';
    step: string;
    /** Counts the visits of steps; the step in progress is this one. */
    visit: number;
    step_since: number;
    facts: string;
    outcome: string | null;
    error: string | null;
    wait_until: number;
    lease_owner: string | null;
    lease_until: number;
    created_at: number;
  };
  /** One line per visit of a step. */
  run_step: {
    run_id: string;
    visit: number;
    step: string;
    began_at: number;
    at: number;
    tx: string | null;
    note: string | null;
  };
  /** What runs are looked up by. */
  run_key: { run_id: string; name: string; value: string };
  /** Where the reading of logs goes on: the next block to read. */
  cursor: { name: string; next_block: number };
}

/** A store that has them, whatever else it has. (Kysely's types are invariant, so this is as near as they come.) */
// oxlint-disable-next-line typescript/no-explicit-any
export type ProgramStore = Store<any>;

export const programTables: Migration = async ({ schema }) => {
  await schema
    .createTable('run')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('program', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('step', 'text', (column) => column.notNull())
    .addColumn('visit', 'integer', (column) => column.notNull())
    .addColumn('step_since', 'bigint', (column) => column.notNull())
    .addColumn('facts', 'text', (column) => column.notNull())
    .addColumn('outcome', 'text')
    .addColumn('error', 'text')
    .addColumn('wait_until', 'bigint', (column) => column.notNull())
    .addColumn('lease_owner', 'text')
    .addColumn('lease_until', 'bigint', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute();
  await schema.createIndex('run_due').on('run').columns(['state', 'wait_until']).execute();
  await schema
    .createTable('run_step')
    .addColumn('run_id', 'text', (column) => column.notNull().references('run.id'))
    .addColumn('visit', 'integer', (column) => column.notNull())
    .addColumn('step', 'text', (column) => column.notNull())
    .addColumn('began_at', 'bigint', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('tx', 'text')
    .addColumn('note', 'text')
    .addPrimaryKeyConstraint('run_step_key', ['run_id', 'visit'])
    .execute();
  await schema
    .createTable('run_key')
    .addColumn('run_id', 'text', (column) => column.notNull().references('run.id'))
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('run_key_key', ['run_id', 'name'])
    .execute();
  await schema.createIndex('run_key_value').on('run_key').columns(['name', 'value']).execute();
  await schema
    .createTable('cursor')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('next_block', 'bigint', (column) => column.notNull())
    .execute();
};
