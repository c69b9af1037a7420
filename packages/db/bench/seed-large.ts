// Fills an empty, migrated database with a market of 100,000 models, to look at pages and plans of that size.
import { parseArgs } from 'node:util';
import { openDatabase } from '../src/client.ts';
import { refreshFigures, refreshTrends } from '../src/market.ts';
import { seedMarket } from '../test-support/large-market.ts';

const HELP = `npm run seed:large -w @oml/db [-- options]

Fills a database with a market of that size. It must be migrated (npm run migrate -w @oml/db) and empty.

  --models N    models of the market (100000)
  --hosts N     hosts of one of them (1000)
  --bookings N  bookings (1000000)
  --help        this text

Environment: DATABASE_URL, where it is.`;
const { values } = parseArgs({
  options: {
    models: { type: 'string', default: '100000' },
    hosts: { type: 'string', default: '1000' },
    bookings: { type: 'string', default: '1000000' },
    help: { type: 'boolean', default: false },
  },
});
const url = process.env['DATABASE_URL'];
if (values.help || !url) {
  console.log(HELP);
  process.exit(values.help ? 0 : 1);
}
const db = openDatabase(url);
try {
  if ((await db.model.count()) > 0) throw new Error('This database holds models: seed an empty one.');
  await seedMarket(db, {
    models: Number(values.models),
    hosts: Number(values.hosts),
    bookings: Number(values.bookings),
  });
  const now = (await db.cursor.findUniqueOrThrow({ where: { id: 1 } })).at;
  await refreshTrends(db, now);
  await refreshFigures(db, now);
} finally {
  await db.$disconnect();
}
