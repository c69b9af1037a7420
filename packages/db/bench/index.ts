// How long pages wait for lists of a large market: PostgreSQL of its own, seeded, warm, one reader.
import { parseArgs } from 'node:util';
import { reportAgents } from '../../../scripts/bench/agents-report.ts';
import { openDatabase, type Database } from '../src/client.ts';
import { refreshFigures, refreshTrends } from '../src/market.ts';
import { startMigratedPostgres } from '../test-support/database.ts';
import { seedMarket } from '../test-support/large-market.ts';
import { LIST_READS, PAGE_READS, VAIN_READS } from '../test-support/page-reads.ts';

const HELP = `npm run bench:index -w @oml/db [-- options]

How long pages wait for lists of a large market: a PostgreSQL of its own, seeded, warm, one reader.

  --models N    models of the market (100000)
  --hosts N     hosts of one of them (1000)
  --bookings N  bookings (1000000)
  --rounds N    how often each read is timed (20)
  --write       record the figures in docs/benchmarks/agents.{json,md}
  --help        this text`;
const { values } = parseArgs({
  options: {
    models: { type: 'string', default: '100000' },
    hosts: { type: 'string', default: '1000' },
    bookings: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '20' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const size = { models: Number(values.models), hosts: Number(values.hosts), bookings: Number(values.bookings) };

async function timesOf(db: Database, reads: Record<string, (db: Database) => Promise<unknown>>) {
  const rows: { read: string; ms: number }[] = [];
  for (let round = -1; round < Number(values.rounds); round++) {
    for (const [read, run] of Object.entries(reads)) {
      const begunAt = performance.now();
      await run(db);
      if (round >= 0) rows.push({ read, ms: performance.now() - begunAt }); // the first warms
    }
  }
  return rows;
}

const shareOf = (times: readonly { ms: number }[], share: number): number => {
  const sorted = times.map(({ ms }) => ms).toSorted((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]! * 10) / 10;
};

/** The median of the slowest read: what a reader who asks just that waits, whatever else the machine does. */
const slowestMedian = (times: readonly { read: string; ms: number }[]): number => {
  const reads = [...new Set(times.map(({ read }) => read))];
  return Math.max(
    ...reads.map((read) =>
      shareOf(
        times.filter((time) => time.read === read),
        0.5,
      ),
    ),
  );
};

const postgres = await startMigratedPostgres();
const db = openDatabase(await postgres.create());
try {
  await seedMarket(db, size);
  const now = (await db.cursor.findUniqueOrThrow({ where: { id: 1 } })).at;
  for (const refresh of [refreshTrends, refreshFigures]) {
    const begunAt = performance.now();
    await refresh(db, now);
    console.log(`${refresh.name}: ${Math.round(performance.now() - begunAt)} ms`);
  }
  await db.$executeRawUnsafe('vacuum analyze');
  const [vain, lists, pages] = [
    await timesOf(db, VAIN_READS),
    await timesOf(db, LIST_READS),
    await timesOf(db, PAGE_READS),
  ];
  const all = [...vain, ...lists, ...pages];
  console.table(
    [...new Set(all.map(({ read }) => read))]
      .map((read) => ({
        read,
        p95: shareOf(
          all.filter((time) => time.read === read),
          0.95,
        ),
      }))
      .toSorted((a, b) => b.p95 - a.p95)
      .slice(0, 15),
  );
  const run = {
    anchor: `${size.models} models, ${size.bookings} bookings, ${size.hosts} hosts of one model, one reader, warm; of searches in vain the median of the slowest`,
    command: 'npm run bench:index -w @oml/db -- --write',
  };
  reportAgents(
    [
      { metric: 'index.listP95Ms', value: shareOf(lists, 0.95), unit: 'ms', target: 'shown', ...run },
      { metric: 'index.noMatchMs', value: slowestMedian(vain), unit: 'ms', target: '<= 50', ...run },
      { metric: 'index.pageReadP95Ms', value: shareOf(pages, 0.95), unit: 'ms', target: 'shown', ...run },
    ],
    values.write,
  );
} finally {
  await db.$disconnect();
  await postgres.stop();
}
