import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMigratedPostgres, type MigratedPostgres } from '../test-support/database.ts';
import { seedMarket } from '../test-support/large-market.ts';
import { LIST_READS, PAGE_READS, VAIN_READS } from '../test-support/page-reads.ts';
import { openDatabase, type Database, type Transaction } from './client.ts';
import { refreshFigures, refreshTrends } from './market.ts';

/** Middle-sized: large enough that the planner walks no whole table which it need not. */
const SIZE = { models: 15_000, hosts: 1_000, bookings: 60_000 };
const NOW = new Date('2026-11-01T00:00:00Z');

/** Tables that grow with use. */
const LARGE =
  'model release ancestor code_book license account signer booking payer_day distribution payout event batch contested_use claim_hit listing model_card endpoint_figures measurement'.split(
    ' ',
  );

let postgres: MigratedPostgres;
let db: Database;

beforeAll(async () => {
  postgres = await startMigratedPostgres();
  db = openDatabase(await postgres.create());
  await seedMarket(db, SIZE);
  await refreshTrends(db, NOW);
  await refreshFigures(db, NOW);
  await db.$executeRawUnsafe('vacuum analyze');
}, 600_000);
afterAll(async () => {
  await db?.$disconnect();
  await postgres.stop();
});

interface Work {
  scanned: string[];
  /** Rows of tables. */
  read: number;
}

/** What PostgreSQL did in this transaction, in its own words: unlike time, the same on every machine. */
async function workOf(tx: Transaction): Promise<{ scans: Map<string, number>; read: number }> {
  const rows = await tx.$queryRaw<{ name: string; scans: bigint; read: bigint }[]>`
    select relname as name, seq_scan::int8 as scans, (seq_tup_read + coalesce(idx_tup_fetch, 0))::int8 as read
    from pg_stat_xact_user_tables`;
  return {
    scans: new Map(rows.map(({ name, scans }) => [name, Number(scans)])),
    read: rows.reduce((sum, { read }) => sum + Number(read), 0),
  };
}

const measure = (read: (db: Database) => Promise<unknown>): Promise<Work> =>
  db.$transaction(
    async (tx) => {
      const before = await workOf(tx);
      await read(tx as Database);
      const after = await workOf(tx);
      const scanned = LARGE.filter((table) => (after.scans.get(table) ?? 0) > (before.scans.get(table) ?? 0));
      return { scanned, read: after.read - before.read };
    },
    { timeout: 120_000 },
  );

describe('what pages read of a market of thousands', { timeout: 600_000 }, () => {
  it('is seeded so that a read of a whole table would be seen', async () => {
    const { scanned, read } = await measure((tx) => tx.$queryRaw`select count(*) from chain.booking where tx = 'tx1'`);
    expect(scanned).toEqual(['booking']);
    expect(read).toBeGreaterThanOrEqual(SIZE.bookings);
  });

  it.each(Object.entries({ ...LIST_READS, ...PAGE_READS, ...VAIN_READS }))(
    'walks no whole table and reads a bounded number of rows: %s',
    async (_, read) => {
      const work = await measure(read);
      expect(work.scanned).toEqual([]);
      expect(work.read).toBeLessThan(6_000);
    },
  );

  it.each(Object.entries(VAIN_READS))('finds nothing, having looked at few: %s', async (_, read) => {
    expect(await read(db)).toEqual([]);
    expect((await measure(read)).read).toBeLessThan(1_500);
  });
});
