import { OmlError } from '@oml/protocol/error';
import { Kysely, type KyselyPlugin, type Transaction } from 'kysely';
import { AsyncLocalStorage } from 'node:async_hooks';
import { migrate, type Migration } from './migrations.ts';
import { postgresDialect } from './postgres-dialect.ts';
import { sqliteDialect } from './sqlite-dialect.ts';

export type { Migration };

/** An agent's own durable tables. */
export interface Store<Tables> {
  dialect: 'sqlite' | 'postgres';
  /** Queries, each by itself. Inside a transaction it throws: use what `transaction` hands out. */
  db: Kysely<Tables>;
  /** Runs `work` in one transaction: all that it wrote is on disk when this resolves, or nothing. */
  transaction<Result>(work: (db: Transaction<Tables>) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

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
  const db = new Kysely<Tables>({
    dialect: dialect === 'postgres' ? postgresDialect(url, schema) : sqliteDialect(url),
    plugins: [notBeside(inside)],
  });
  const store: Store<Tables> = {
    dialect,
    db,
    transaction: (work) => db.transaction().execute((transaction) => within(inside, transaction, work)),
    close: () => db.destroy(),
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
