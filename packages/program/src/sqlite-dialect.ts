import {
  CompiledQuery,
  type Dialect,
  SqliteDialect,
  SqliteDriver,
  type DatabaseConnection,
  type SqliteStatement,
} from 'kysely';
import { chmodSync, closeSync, fdatasync, mkdirSync, openSync } from 'node:fs';
import { promisify } from 'node:util';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

const OWNER_ONLY = 0o600;
const PRAGMAS = `
  PRAGMA busy_timeout = 5000;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA foreign_keys = ON;
  PRAGMA secure_delete = ON;
  PRAGMA busy_timeout = 0;
`;
const SQLITE_BUSY = 5;
const BUSY_MS = 30_000;
const BUSY_EVERY_MS = 5;

/** A dialect and the disk below it. */
export interface SyncedDialect {
  dialect: Dialect;
  /** Resolves when all that was committed before it was called is on disk. */
  synced(): Promise<void>;
  /**
   * Runs queries in one transaction without letting anything in between, and says which of them did not touch one row,
   * after which nothing is written. Only to be called by who has the connection.
   */
  runTogether(queries: readonly CompiledQuery<unknown>[]): Promise<number | undefined>;
}

/**
 * Kysely on Node's own SQLite: a write-ahead log, readable by its owner alone. A commit appends to the log and does not
 * wait for the disk; who must wait calls `synced`, which does not hold up this process, and one sync serves all that
 * wait for one.
 */
export function sqliteDialect(path: string): SyncedDialect {
  if (path !== ':memory:') createFile(path);
  const database = new DatabaseSync(path);
  database.exec(PRAGMAS);
  const log = path === ':memory:' ? undefined : openLog(database, path);
  const prepare = preparing(database);
  const close = () => {
    if (log !== undefined) closeSync(log);
    database.close();
  };
  const config = { database: { prepare, close } };
  const dialect = new (class extends SqliteDialect {
    override createDriver() {
      return new ImmediateDriver(config);
    }
  })(config);
  return {
    dialect,
    synced: log === undefined ? async () => {} : syncing(log, () => rewrite(database)),
    runTogether: (queries) => patiently(() => runTogether(database, prepare, queries)),
  };
}

/** A lock is taken at the beginning or not at all, so that what waits for it begins anew. */
function runTogether(
  database: DatabaseSync,
  prepare: (sql: string) => SqliteStatement,
  queries: readonly CompiledQuery<unknown>[],
): number | undefined {
  prepare('begin immediate').run([]);
  try {
    for (const [n, { sql, parameters }] of queries.entries())
      if (Number(prepare(sql).run(parameters).changes) !== 1) return n;
    return void prepare('commit').run([]);
  } finally {
    if (database.isTransaction) prepare('rollback').run([]);
  }
}

/** The log is made by the first write and stays the same file for as long as this database is open. */
function openLog(database: DatabaseSync, path: string): number {
  database.exec('BEGIN IMMEDIATE; COMMIT; PRAGMA user_version;');
  return openSync(`${path}-wal`, 'a', OWNER_ONLY);
}

/**
 * Whoever comes while the disk is at work waits for the next sync: what it wrote may be too late for this one. A sync
 * that failed is told once, and the next one may pass over what was lost: from then on nothing counts as on disk before
 * all of it was written anew. Until that succeeds, everybody who waits hears of it.
 */
function syncing(file: number, writeAnew: () => void): () => Promise<void> {
  const sync = promisify(fdatasync);
  let isInDoubt = false;
  let running: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    if (!isInDoubt) {
      const isOnDisk = await sync(file).then(
        () => true,
        () => false,
      );
      if (isOnDisk) return;
    }
    isInDoubt = true;
    writeAnew();
    isInDoubt = false;
  };
  return () =>
    (next ??= running
      .catch(() => {}) // those who waited for it heard
      .then(() => {
        next = undefined;
        return (running = run());
      }));
}

/** All that is in the log, into the database and onto the disk. Throws where that is not done. */
function rewrite(database: DatabaseSync): void {
  const { busy } = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number };
  if (busy !== 0) throw new Error('a sync of the log failed, and another process keeps it from being written anew');
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

const patient = (connection: DatabaseConnection): DatabaseConnection => ({
  streamQuery: (query, chunkSize, options) => connection.streamQuery(query, chunkSize, options),
  executeQuery: (query, options) => patiently(() => connection.executeQuery(query, options)),
});

/**
 * Waits for the lock that another connection holds without holding up this process, in which its owner may run.
 * (SQLite's own waiting would.)
 */
async function patiently<Result>(work: () => Result | Promise<Result>): Promise<Result> {
  for (const since = Date.now(); ; await sleep(BUSY_EVERY_MS)) {
    try {
      return await work();
    } catch (error) {
      if ((error as { errcode?: number }).errcode !== SQLITE_BUSY || Date.now() - since > BUSY_MS) throw error;
    }
  }
}

/** SQLite gives its journals the mode of the file. */
function createFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', OWNER_ONLY));
  chmodSync(path, OWNER_ONLY);
}

/** Of queries that are built anew for every call there are few texts. */
const MOST_PREPARED = 256;

/** What Kysely expects of better-sqlite3, by `node:sqlite`; the last statements stay prepared. */
function preparing(database: DatabaseSync): (sql: string) => SqliteStatement {
  const known = new Map<string, SqliteStatement>();
  return (sql) => {
    const found = known.get(sql);
    if (found) return found;
    const statement = prepareStatement(database, sql);
    if (known.size >= MOST_PREPARED) known.delete(known.keys().next().value!);
    known.set(sql, statement);
    return statement;
  };
}

function prepareStatement(database: DatabaseSync, sql: string): SqliteStatement {
  const prepared = database.prepare(sql);
  const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
  return {
    reader: prepared.columns().length > 0,
    all: (parameters) => prepared.all(...values(parameters)),
    run: (parameters) => prepared.run(...values(parameters)),
    // One that is read row by row is its reader's own.
    iterate: (parameters) => database.prepare(sql).iterate(...values(parameters)),
  };
}
