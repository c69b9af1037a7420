import { openDatabase, type Database } from '@oml/db/client';
import { createLogger } from '@oml/service/logger';
import { createIndexer, type Indexer } from '../src/indexer.ts';
import type { InstantChain } from './instant-chain.ts';

export const quiet = Object.assign(createLogger('indexer-test'), { level: 'silent' });

/** An indexer over a database of its own. */
export function openIndex(
  chain: InstantChain,
  url: string,
  db: Database = openDatabase(url),
): { db: Database; indexer: Indexer } {
  return { db, indexer: createIndexer({ db, chain, confirmations: 0, logger: quiet }) };
}

/** Steps until nothing is left to do. */
export async function catchUp({ step }: Indexer): Promise<void> {
  while (await step());
}

/** Bookkeeping for reorgs, which depends on when blocks were read. */
const BOOKKEEPING = ['block', 'roll_back_entry'];

/** Every row of every table of the chain schema but the bookkeeping, in an order of its own. */
export async function rowsOf(db: Database): Promise<Record<string, string[]>> {
  const rows: Record<string, string[]> = {};
  const tables = await db.$queryRaw<{ name: string }[]>`
    select table_name as name from information_schema.tables where table_schema = 'chain' order by 1`;
  for (const { name: table } of tables.filter(({ name }) => !BOOKKEEPING.includes(name))) {
    const found = await db.$queryRawUnsafe<{ row: string }[]>(
      `select to_jsonb(t)::text as row from chain.${table} t order by 1`,
    );
    rows[table] = found.map(({ row }) => row);
  }
  return rows;
}
