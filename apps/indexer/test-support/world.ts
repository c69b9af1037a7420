import type { Database } from '@oml/db/client';
import { startMigratedPostgres } from '@oml/db/test-support/database';
import type { Indexer } from '../src/indexer.ts';
import { openIndex } from './index-of.ts';
import { startInstantChain, type InstantChain } from './instant-chain.ts';
import { Story } from './story.ts';

/** A chain with a story to be told on it, and an index of it. */
export interface World {
  chain: InstantChain;
  story: Story;
  db: Database;
  indexer: Indexer;
  /** URL of another, empty database with every migration applied. */
  freshDatabase(): Promise<string>;
  /** Another index, over a database of its own. */
  freshIndex(): Promise<{ db: Database; indexer: Indexer }>;
  stop(): Promise<void>;
}

/** Starts a real PostgreSQL and a real chain; `stop` ends both. */
export async function startWorld(): Promise<World> {
  const [postgres, chain] = await Promise.all([startMigratedPostgres(), startInstantChain()]);
  const opened: Database[] = [];
  const freshIndex = async () => {
    const index = openIndex(chain, await postgres.create());
    opened.push(index.db);
    return index;
  };
  const stop = async () => {
    await Promise.all(opened.map((db) => db.$disconnect()));
    await Promise.all([chain.stop(), postgres.stop()]);
  };
  return {
    chain,
    story: new Story(chain),
    ...(await freshIndex()),
    freshDatabase: () => postgres.create(),
    freshIndex,
    stop,
  };
}
