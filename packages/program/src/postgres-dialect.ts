import { PostgresDialect } from 'kysely';
import pg from 'pg';

const INT8 = 20;
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Kysely on a PostgreSQL pool whose connections see one schema. An int8 is read as a number (times in Unix ms, counts);
 * amounts of money are text.
 */
export function postgresDialect(url: string, schema: string): PostgresDialect {
  const pool = new pg.Pool({
    connectionString: url,
    options: `-c search_path=${schema}`,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text'),
    },
  });
  // A server that ends an idle connection is no reason to end the process: the next query opens another.
  pool.on('error', () => {});
  return new PostgresDialect({ pool });
}
