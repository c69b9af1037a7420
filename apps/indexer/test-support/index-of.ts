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

const TABLES = [
  'cursor',
  'event',
  'code_book',
  'terms',
  'model',
  'release',
  'ancestor',
  'license',
  'booking',
  'distribution',
  'payout',
  'account',
  'signer',
  'claim',
  'claim_step',
  'blame',
  'contested_use',
  'refused_claim',
  'verifier',
  'batch',
  'title_bond',
  'report',
  'committee',
  'name',
];

/**
 * Every row of the chain schema but the bookkeeping for reorgs (`block`, `roll_back_entry`), in an order of its own.
 */
export async function rowsOf(db: Database): Promise<Record<string, string[]>> {
  const rows: Record<string, string[]> = {};
  for (const table of TABLES) {
    const found = await db.$queryRawUnsafe<{ row: string }[]>(
      `select to_jsonb(t)::text as row from chain.${table} t order by 1`,
    );
    rows[table] = found.map(({ row }) => row);
  }
  return rows;
}
