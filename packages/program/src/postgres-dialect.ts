import { PostgresDialect } from 'kysely';
import pg from 'pg';

const INT8 = 20;
const CONNECT_TIMEOUT_MS = 10_000;
const LAX_CONNECTIONS = 4;

/**
 * Kysely on a PostgreSQL pool whose connections see one schema. An int8 is read as a number (times in Unix ms, counts);
 * amounts of money are text. Lax connections do not wait for the disk.
 */
export function postgresDialect(url: string, schema: string, { isLax = false } = {}): PostgresDialect {
  const pool = new pg.Pool({
    connectionString: url,
    options: `-c search_path=${schema}${isLax ? ' -c synchronous_commit=off' : ''}`,
    ...(isLax ? { max: LAX_CONNECTIONS } : {}),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text'),
    },
  });
  // A server that ends a connection is no reason to end the process: what is under way in it fails, the next query
  // opens another. The pool listens to those that are idle alone.
  pool.on('error', () => {});
  pool.on('connect', (client) => void client.on('error', () => {}));
  return new PostgresDialect({ pool });
}
