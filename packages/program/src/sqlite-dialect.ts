import { CompiledQuery, SqliteDialect, SqliteDriver, type DatabaseConnection, type SqliteStatement } from 'kysely';
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

const OWNER_ONLY = 0o600;
const PRAGMAS = `
  PRAGMA busy_timeout = 5000;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA foreign_keys = ON;
  PRAGMA busy_timeout = 0;
`;
const SQLITE_BUSY = 5;
const BUSY_MS = 30_000;
const BUSY_EVERY_MS = 5;

/** Kysely on Node's own SQLite: a write-ahead log, synced to disk, readable by its owner alone. */
export function sqliteDialect(path: string): SqliteDialect {
  if (path !== ':memory:') createFile(path);
  const database = new DatabaseSync(path);
  database.exec(PRAGMAS);
  const config = { database: { prepare: (sql: string) => statement(database, sql), close: () => database.close() } };
  return new (class extends SqliteDialect {
    override createDriver() {
      return new ImmediateDriver(config);
    }
  })(config);
}

/** Takes the write lock where a transaction begins, so that what it has read still holds where it writes. */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    return patient(await super.acquireConnection());
  }
}

/**
 * Waits for the lock that another connection holds without holding up this process, in which its owner may run.
 * (SQLite's own waiting would.)
 */
function patient(connection: DatabaseConnection): DatabaseConnection {
  return {
    streamQuery: (query, chunkSize, options) => connection.streamQuery(query, chunkSize, options),
    async executeQuery(query, options) {
      for (const since = Date.now(); ; await sleep(BUSY_EVERY_MS)) {
        try {
          return await connection.executeQuery(query, options);
        } catch (error) {
          if ((error as { errcode?: number }).errcode !== SQLITE_BUSY || Date.now() - since > BUSY_MS) throw error;
        }
      }
    },
  };
}

/** SQLite gives its journals the mode of the file. */
function createFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  closeSync(openSync(path, 'a', OWNER_ONLY));
  chmodSync(path, OWNER_ONLY);
}

/** What Kysely expects of better-sqlite3, by `node:sqlite`. */
function statement(database: DatabaseSync, sql: string): SqliteStatement {
  const prepared = database.prepare(sql);
  const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
  return {
    reader: prepared.columns().length > 0,
    all: (parameters) => prepared.all(...values(parameters)),
    run: (parameters) => prepared.run(...values(parameters)),
    iterate: (parameters) => prepared.iterate(...values(parameters)),
  };
}
