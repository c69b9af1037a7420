// npm run bench:load: builds the web app and counts what a page's first load brings along in scripts.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ReportRow } from '../../../scripts/bench/page-report.ts';
import { firstLoadBytes } from './first-load.ts';
import { reportWeb } from '../../../scripts/bench/web-report.ts';

const HELP = `npm run bench:load -w @oml/web -- [options]

Builds the web app and counts the scripts, in gzip, that a page's first load brings along.

  --built   count the build that is there
  --write   record the counts in docs/benchmarks/web.{json,md}
  --help    this text`;
const { values: flags } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    built: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (flags.help) {
  console.log(HELP);
  process.exit(0);
}

const APP = join(import.meta.dirname, '..');
const TARGET_KB = 150;
const PAGES = {
  front: '/page',
  models: '/models/page',
  model: '/models/[id]/(tabs)/page',
  claims: '/claims/page',
  use: '/use/page',
  account: '/accounts/[account]/page',
  economics: '/economics/page',
  docs: '/docs/[...path]/page',
  search: '/search/page',
  status: '/status/page',
} as const;

if (!flags.built) execFileSync('npm', ['run', '-s', 'build'], { cwd: APP, stdio: ['ignore', 'ignore', 'inherit'] });
const rows = Object.entries(PAGES).map(([name, page]): ReportRow => ({
  metric: `web.firstLoadKb.${name}`,
  value: Math.round(firstLoadBytes(join(APP, '.next'), page) / 100) / 10,
  unit: 'kB of scripts, gzip',
  target: `<= ${TARGET_KB}`,
  anchor:
    'scripts that the build names for the page, its layouts and the framework, each compressed by itself; what is loaded only after "Connect", or for browsers without modules, is not among them',
  command: 'npm run bench:load -w @oml/web -- --write',
}));
reportWeb(rows, flags.write);
