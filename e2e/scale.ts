// How long the server takes for pages of a large market: the production server over a database of its own.
import { parseArgs } from 'node:util';
import { BUSY_HOST, claimIdOf } from '@oml/db/test-support/large-market';
import type { ReportRow } from '../scripts/bench/page-report.ts';
import { reportWeb } from '../scripts/bench/web-report.ts';
import { startSeededSite } from './seeded-site.ts';

const HELP = `npm run scale -w @oml/e2e -- [options]

How long the production server takes for each list and page of a large market, one visitor and ten at once. Build the
pages first: npm run build -w @oml/web.

  --models N    models of the market (100000)
  --hosts N     hosts of one of them (1000)
  --bookings N  receipts booked (1000000)
  --rounds N    how often each page is asked for (40)
  --write       record the figures in docs/benchmarks/web.{json,md}
  --help        this text`;
const { values } = parseArgs({
  options: {
    models: { type: 'string', default: '100000' },
    hosts: { type: 'string', default: '1000' },
    bookings: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '40' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const size = { models: Number(values.models), hosts: Number(values.hosts), bookings: Number(values.bookings) };
const rounds = Number(values.rounds);

const PAGES = {
  front: '/',
  models: '/models',
  modelsDeep: '/models?after=5000',
  modelsTable: '/models?view=table&sort=price',
  modelsSearch: '/models?q=zebrafish',
  modelsNoMatch: '/models?q=quagga',
  model: '/models/1',
  modelHosts: '/models/1/hosts',
  modelEvidence: '/models/1/evidence',
  modelClaims: '/models/1/claims',
  claims: '/claims',
  claim: `/claims/${claimIdOf(7)}`,
  account: `/@${BUSY_HOST}`,
  verify: '/verify',
  reports: '/reports',
  search: '/search?q=fable',
  economics: '/economics',
  docs: '/docs/guides/host',
  use: '/use',
} as const;
/** Words that no card has, so that nothing is answered from the search before. */
const VAIN = ['quagga', 'thylacine', 'dodo', 'qu', 'moa7'];
const TEN = 10;

/** Milliseconds until the whole page is there; throws where it is not the page. */
async function timeOf(url: string): Promise<number> {
  const begunAt = performance.now();
  const response = await fetch(url);
  await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
  return performance.now() - begunAt;
}

const shareOf = (times: readonly number[], share: number): number => {
  const sorted = times.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]! * 10) / 10;
};

/** Round by round through all, so that a busy moment of the machine falls on all alike; the first warms. */
async function timesOf(urls: Record<string, string>): Promise<Map<string, number[]>> {
  const times = new Map(Object.keys(urls).map((name) => [name, [] as number[]]));
  for (let round = -2; round < rounds; round++)
    for (const [name, url] of Object.entries(urls)) {
      const ms = await timeOf(url);
      if (round >= 0) times.get(name)!.push(ms);
    }
  return times;
}

const row = (metric: string, value: number, target: string, what: string): ReportRow => ({
  metric,
  value,
  unit: 'ms',
  target,
  anchor: `${size.models} models, ${size.bookings} receipts, ${size.hosts} hosts of one model; production server, warm, ${rounds} times each; ${what}`,
  command: 'npm run scale -w @oml/e2e -- --write',
});

const site = await startSeededSite(size);
try {
  const at = (paths: Record<string, string>) =>
    Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, `${site.url}${path}`]));
  const pages = await timesOf(at(PAGES));
  const vain = await timesOf(at(Object.fromEntries(VAIN.map((word) => [word, `/api/search?q=${word}`]))));
  const together: number[] = [];
  for (let round = -1; round < rounds / 4; round++) {
    const times = await Promise.all(Array.from({ length: TEN }, () => timeOf(`${site.url}/models?q=zebrafish`)));
    if (round >= 0) together.push(...times);
  }
  reportWeb(
    [
      ...[...pages].map(([name, times]) =>
        row(`render.p95Ms.${name}`, shareOf(times, 0.95), '<= 150', 'until the whole page is there, one visitor'),
      ),
      row(
        'search.noMatchMs',
        Math.max(...[...vain.values()].map((times) => shareOf(times, 0.5))),
        '<= 50',
        'everything searched for a word that nothing has, the median of the slowest word',
      ),
      row('search.tenAtOnceMs', shareOf(together, 0.95), '<= 200', 'ten visitors at once search models, p95'),
    ],
    values.write,
  );
} finally {
  await site.stop();
}
