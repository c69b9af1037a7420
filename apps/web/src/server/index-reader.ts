import 'server-only';
import { openDatabase, type Database } from '@oml/db/client';
import { indexStatus } from '@oml/db/cursor';
import { readSetup } from './public-config.ts';

const holder = globalThis as { omlDatabase?: { url: string; db: Database } };

/** One pool per process, also across hot reloads. */
function database(): Database {
  const setup = readSetup();
  if ('problem' in setup) throw new Error(setup.problem);
  const url = setup.options.DATABASE_URL;
  if (holder.omlDatabase?.url !== url) holder.omlDatabase = { url, db: openDatabase(url, { maxConnections: 10 }) };
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

/** How far the index has read, or undefined where it does not answer or has not begun. */
export async function readIndexStatus() {
  return (await readIndex(indexStatus))?.data;
}
