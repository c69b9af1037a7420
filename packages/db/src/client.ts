import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from './generated/prisma/client.ts';
import type { Prisma } from './generated/prisma/client.ts';

export type Database = PrismaClient;
/** The same tables inside one transaction. */
export type Transaction = Prisma.TransactionClient;

export interface DatabaseOptions {
  /** 10 unless told. */
  maxConnections?: number;
  /** How long a caller waits for a connection, and then for each answer, before it hears that there is none. */
  patienceMs?: number;
}

/** A transaction whose client does nothing for so long is rolled back: it would hold up all who write. */
const IDLE_TRANSACTION_MS = 60_000;

/** Opens the database at a `postgresql://` URL; the first query connects. Close it with `$disconnect()`. */
export function openDatabase(url: string, { maxConnections = 10, patienceMs }: DatabaseOptions = {}): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: maxConnections,
    idle_in_transaction_session_timeout: IDLE_TRANSACTION_MS,
    // The server gives up by itself, and the client where it hears nothing: a server that is stopped says nothing.
    ...(patienceMs === undefined
      ? {}
      : { connectionTimeoutMillis: patienceMs, statement_timeout: patienceMs, query_timeout: patienceMs }),
  });
  // A dying server's last words may come when nobody listens to a connection any more: they would end the process.
  pool.on('connect', (client) => void client.on('error', () => undefined));
  return new PrismaClient({ adapter: new PrismaPg(pool, { disposeExternalPool: true }) });
}
