import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface Store {
  db: DatabaseSync;
  /** Runs `work` in one immediate transaction: all of it is on disk when it returns, or none. Not for async work. */
  transaction<Result>(work: () => Result): Result;
  close(): void;
}

/** Opens an agent's own durable store: SQLite with a write-ahead log, synced to disk, migrated in order. */
export function openStore(path: string, migrations: readonly string[]): Store {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  const db = new DatabaseSync(path);
  db.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000;',
  );
  const store: Store = { db, transaction: (work) => inTransaction(db, work), close: () => db.close() };
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  migrations.slice(version).forEach((sql, i) => {
    store.transaction(() => db.exec(`${sql}; PRAGMA user_version = ${version + i + 1};`));
  });
  return store;
}

function inTransaction<Result>(db: DatabaseSync, work: () => Result): Result {
  if (db.isTransaction) return work();
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
