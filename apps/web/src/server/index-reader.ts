import 'server-only';
import { openDatabase, type Database } from '@oml/db/client';
import { indexStatus } from '@oml/db/cursor';
import { readSetup } from './public-config.ts';

/** How long a page waits for the index before it says that it does not answer. */
const PATIENCE_MS = 4_000;
/** How long an answer to whether the index can be reached is good for. */
const FRESH_MS = 1_000;

const holder = globalThis as {
  omlDatabase?: { url: string; db: Database };
  omlReach?: { askedAt: number; answer: Promise<boolean> };
};

/** One pool per process, also across hot reloads. Throws where the site is not set up. */
export function database(): Database {
  const setup = readSetup();
  if ('problem' in setup) throw new Error(setup.problem);
  const url = setup.options.DATABASE_URL;
  if (holder.omlDatabase?.url !== url)
    holder.omlDatabase = { url, db: openDatabase(url, { maxConnections: 10, patienceMs: PATIENCE_MS }) };
  return holder.omlDatabase.db;
}

/** Reads from the index; undefined where it does not answer, so that a page can say so instead of breaking. */
export async function readIndex<T>(read: (db: Database) => Promise<T>): Promise<{ data: T } | undefined> {
  try {
    return { data: await read(database()) };
  } catch (error) {
    console.error(
      JSON.stringify({
        level: 'error',
        msg: 'index read failed',
        reason: String((error as Error)?.message ?? error)
          .split('\n')
          .at(-1),
      }),
    );
    return undefined;
  }
}

/** Does the index answer? Asked at most once a second, however many pages want to know; true where none is set up. */
export function isIndexReachable(): Promise<boolean> {
  if ('problem' in readSetup()) return Promise.resolve(true);
  const { omlReach: last } = holder;
  if (last && Date.now() - last.askedAt < FRESH_MS) return last.answer;
  const answer = readIndex(indexStatus).then((status) => status !== undefined);
  holder.omlReach = { askedAt: Date.now(), answer };
  return answer;
}

/** How far the index has read, or undefined where it does not answer or has not begun. */
export async function readIndexStatus() {
  return (await readIndex(indexStatus))?.data;
}
