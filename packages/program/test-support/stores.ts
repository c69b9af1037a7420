import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startPostgres } from './postgres.ts';

/** What a store runs on: `describe.each(DIALECTS)` runs the same tests on both. */
export const DIALECTS = ['sqlite', 'postgres'] as const;
export type Dialect = (typeof DIALECTS)[number];

/** Where tests keep stores. */
export interface StorePlace {
  /** URL of a store that nothing stands in yet; opened twice it is the same store. */
  create(): Promise<string>;
  stop(): Promise<void>;
}

/** A folder of SQLite files, or a real PostgreSQL of its own with a database for each store. */
export async function openStorePlace(dialect: Dialect): Promise<StorePlace> {
  if (dialect === 'postgres') return openPostgresPlace();
  const folder = mkdtempSync(join(tmpdir(), 'oml-store-'));
  return {
    create: async () => join(folder, `${randomUUID()}.sqlite`),
    stop: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function openPostgresPlace(): Promise<StorePlace> {
  const postgres = await startPostgres();
  return {
    async create() {
      const name = `store_${randomUUID().replaceAll('-', '')}`;
      const admin = new pg.Client({ connectionString: postgres.url('postgres') });
      await admin.connect();
      await admin.query(`create database ${name}`);
      await admin.end();
      return postgres.url(name);
    },
    stop: () => postgres.stop(),
  };
}
