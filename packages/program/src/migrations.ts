import { OmlError } from '@oml/protocol/error';
import { sql, type Kysely, type Transaction } from 'kysely';

/**
 * One step of a store's schema, written so that it runs on SQLite and PostgreSQL alike: `text`, `bigint` for times in
 * Unix ms and counts, `text` for amounts of money (decimal), `bytea` for bytes. Never changed once it was released.
 */
export type Migration = (db: Kysely<unknown>) => Promise<void>;

interface Versioned {
  migration: { version: number; applied_at: number };
}

/**
 * Runs the migrations that a store lacks, in order, in one transaction and under a lock: of two processes that start at
 * once the second finds everything done. Throws STORE_NEWER where the store has more steps than this program knows: an
 * older program would not see what the newer one wrote, and could charge or claim a second time.
 */
export async function migrate(
  transaction: Transaction<unknown>,
  migrations: readonly Migration[],
  schema: string | undefined,
): Promise<void> {
  if (schema !== undefined) {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`oml/${schema}`}, 0))`.execute(transaction);
    await transaction.schema.createSchema(schema).ifNotExists().execute();
  }
  const versions = transaction as unknown as Transaction<Versioned>;
  await versions.schema
    .createTable('migration')
    .ifNotExists()
    .addColumn('version', 'integer', (column) => column.primaryKey())
    .addColumn('applied_at', 'bigint', (column) => column.notNull())
    .execute();
  const applied = (await versions.selectFrom('migration').select('version').execute()).length;
  if (applied > migrations.length)
    throw new OmlError(
      'STORE_NEWER',
      `The store has ${applied} steps of its schema, and this version knows ${migrations.length}. Start the version ` +
        'that wrote it, or a newer one. Nothing was changed.',
      { details: { applied, known: migrations.length } },
    );
  for (const [i, up] of migrations.slice(applied).entries()) {
    await up(transaction);
    await versions
      .insertInto('migration')
      .values({ version: applied + i + 1, applied_at: Date.now() })
      .execute();
  }
}
