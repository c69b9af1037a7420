import { OmlError } from '@oml/protocol/error';
import { Kysely, sql, type CompiledQuery, type KyselyPlugin, type Transaction } from 'kysely';
import { AsyncLocalStorage } from 'node:async_hooks';
import { migrate, type Migration } from './migrations.ts';
import { postgresDialect } from './postgres-dialect.ts';
import { sqliteDialect } from './sqlite-dialect.ts';

export type { Migration };

/** An agent's own durable tables. */
export interface Store<Tables> {
  dialect: 'sqlite' | 'postgres';
  /**
   * Queries, each by itself; what one wrote is on disk when it resolves. Inside a transaction it throws: use what
   * `transaction` hands out.
   */
  db: Kysely<Tables>;
  /**
   * The same without waiting for the disk: for what outlives this process, and may be lost with the machine's power
   * together with all that was written after it.
   */
  lax: Kysely<Tables>;
  /** Resolves when all that can be read now is on disk. */
  synced(): Promise<void>;
  /**
   * Leaves nothing of what was deleted in SQLite's files: it is overwritten there, and the log is emptied. PostgreSQL
   * does it when it vacuums.
   */
  wipe(): Promise<void>;
  /** Runs `work` in one transaction: all that it wrote is on disk when this resolves, or nothing. */
  transaction<Result>(work: (db: Transaction<Tables>) => Promise<Result>): Promise<Result>;
  /**
   * Runs queries one after the other in one transaction, for which they need not hear of each other: each must touch
   * one row, or nothing is written. Resolves when all see it, which is before it is on disk.
   */
  together(queries: readonly CompiledQuery<unknown>[]): Promise<Together>;
  close(): Promise<void>;
}

/** What came of queries that were run together: when they are on disk, or which one did not touch one row. */
export type Together = { onDisk: Promise<void> } | { missed: number };

export interface StoreOptions {
  /** Schema in PostgreSQL that holds the tables; each agent has its own. */
  schema: string;
}

/**
 * Opens a store and brings its tables up to date. A `postgres://` URL names PostgreSQL, which several replicas may
 * share; anything else is the path of a SQLite file, or `:memory:`. Throws UNAVAILABLE where PostgreSQL does not
 * answer.
 */
export async function openStore<Tables>(
  url: string,
  migrations: readonly Migration[],
  { schema }: StoreOptions,
): Promise<Store<Tables>> {
  const dialect = isPostgres(url) ? 'postgres' : 'sqlite';
  const inside = new AsyncLocalStorage<{ open: boolean }>();
  const { db, lax, synced, runTogether } =
    dialect === 'postgres' ? onPostgres<Tables>(url, schema) : onSqlite<Tables>(url);
  const store: Store<Tables> = {
    dialect,
    db: db.withPlugin(notBeside(inside)),
    lax: lax.withPlugin(notBeside(inside)),
    synced,
    async wipe() {
      if (dialect === 'sqlite') await sql`pragma wal_checkpoint(truncate)`.execute(lax);
    },
    async transaction(work) {
      const result = await db.transaction().execute((transaction) => within(inside, transaction, work));
      await synced();
      return result;
    },
    async together(queries) {
      const missed = await runTogether(queries);
      return missed === undefined ? { onDisk: synced() } : { missed };
    },
    close: async () =>
      void (await Promise.all(dialect === 'postgres' ? [db.destroy(), lax.destroy()] : [db.destroy()])),
  };
  try {
    await store.transaction((transaction) =>
      migrate(transaction as unknown as Transaction<unknown>, migrations, dialect === 'postgres' ? schema : undefined),
    );
  } catch (cause) {
    await store.close();
    throw isRefusedConnection(cause)
      ? new OmlError('UNAVAILABLE', 'The PostgreSQL of the store does not answer.', { retryable: true, cause })
      : cause;
  }
  return store;
}

interface Connected<Tables> extends Pick<Store<Tables>, 'db' | 'lax' | 'synced'> {
  /** Which query did not touch one row, after which nothing is written. */
  runTogether(queries: readonly CompiledQuery<unknown>[]): Promise<number | undefined>;
}

/** A commit of PostgreSQL waits for its disk before anybody sees it; lax ones have connections of their own. */
function onPostgres<Tables>(url: string, schema: string): Connected<Tables> {
  const db = new Kysely<Tables>({ dialect: postgresDialect(url, schema) });
  return {
    db,
    lax: new Kysely({ dialect: postgresDialect(url, schema, { isLax: true }) }),
    synced: async () => {},
    runTogether: (queries) => oneByOne(db, queries),
  };
}

function onSqlite<Tables>(path: string): Connected<Tables> {
  const { dialect, synced, runTogether } = sqliteDialect(path);
  const lax = new Kysely<Tables>({ dialect });
  return {
    db: lax.withPlugin(waitingFor(synced)),
    lax,
    synced,
    // Nobody else's transaction is open while it has the connection.
    runTogether: (queries) => lax.connection().execute(() => runTogether(queries)),
  };
}

/** Rolls a transaction back. */
class Missed extends Error {
  readonly query: number;

  constructor(query: number) {
    super(`query ${query} did not touch one row`);
    this.query = query;
  }
}

async function oneByOne<Tables>(
  db: Kysely<Tables>,
  queries: readonly CompiledQuery<unknown>[],
): Promise<number | undefined> {
  const run = db.transaction().execute(async (transaction) => {
    for (const [n, query] of queries.entries())
      if ((await transaction.executeQuery(query)).numAffectedRows !== 1n) throw new Missed(n);
  });
  try {
    return void (await run);
  } catch (error) {
    if (error instanceof Missed) return error.query;
    throw error;
  }
}

/** Waits for the disk after everything that is not a mere look. */
function waitingFor(synced: () => Promise<void>): KyselyPlugin {
  const looks = new WeakSet<object>();
  return {
    transformQuery({ node, queryId }) {
      if (node.kind === 'SelectQueryNode') looks.add(queryId);
      return node;
    },
    async transformResult({ result, queryId }) {
      if (!looks.has(queryId)) await synced();
      return result;
    },
  };
}

const isPostgres = (url: string): boolean => /^postgres(ql)?:\/\//.test(url);

async function within<Tables, Result>(
  inside: AsyncLocalStorage<{ open: boolean }>,
  transaction: Transaction<Tables>,
  work: (db: Transaction<Tables>) => Promise<Result>,
): Promise<Result> {
  const scope = { open: true };
  try {
    return await inside.run(scope, () => work(transaction.withoutPlugins()));
  } finally {
    scope.open = false;
  }
}

/**
 * Refuses a query that is made inside a transaction and not through it: SQLite has one connection, so it would wait for
 * itself, and PostgreSQL would write it whatever becomes of the transaction.
 */
function notBeside(inside: AsyncLocalStorage<{ open: boolean }>): KyselyPlugin {
  return {
    transformQuery({ node }) {
      if (inside.getStore()?.open) throw new Error('a query was made beside the transaction that is open here');
      return node;
    },
    transformResult: async ({ result }) => result,
  };
}

function isRefusedConnection(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return /^(ECONN|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|57P03)/.test(code ?? '') || /timeout/.test(message ?? '');
}
