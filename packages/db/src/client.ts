import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/prisma/client.ts';
import type { Prisma } from './generated/prisma/client.ts';

export type Database = PrismaClient;
/** The same tables inside one transaction. */
export type Transaction = Prisma.TransactionClient;

/** Opens the database at a `postgresql://` URL; the first query connects. Close it with `$disconnect()`. */
export function openDatabase(url: string, options: { maxConnections?: number } = {}): Database {
  return new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: options.maxConnections ?? 10 }) });
}
