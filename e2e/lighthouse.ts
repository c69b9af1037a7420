// Lighthouse on the production server over a market of its own, as a phone sees it. The pages must be built.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ReportRow } from '../scripts/bench/page-report.ts';
import { reportWeb } from '../scripts/bench/web-report.ts';
import { ensureBrowser } from './browser.ts';
import { startSeededSite } from './seeded-site.ts';

/** Pinned; fetched by npx, since nothing else needs its hundred packages. */
const LIGHTHOUSE = 'lighthouse@12.8.2';
const HELP = `npm run lighthouse -w @oml/e2e -- [options]

${LIGHTHOUSE}, fetched by npx, on a phone with its slow network and CPU: the median of several runs for each page. Needs
a machine that does nothing else, and the pages built: npm run build -w @oml/web.

  --runs N     of each page (5)
  --only NAME  one page: front, models, model, claims, use
  --write      record the medians in docs/benchmarks/web.{json,md}
  --help       this text`;
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    only: { type: 'string' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

const PAGES = { front: '/', models: '/models', model: '/models/50', claims: '/claims', use: '/use' } as const;
const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'] as const;
type Category = (typeof CATEGORIES)[number];
interface Result {
  categories: Record<Category, { score: number | null }>;
  audits: Record<string, Audit>;
}
interface Audit {
  score: number | null;
  title: string;
  displayValue?: string;
  numericValue?: number;
  scoreDisplayMode: string;
}

/** The browser's recorder fails now and then (NO_NAVSTART): such a run measured nothing, and is made again. */
function run(url: string, out: string, browser: string, tries = 3): Result {
  const flags = ['--output=json', `--output-path=${out}`, '--quiet', '--chrome-flags=--headless=new --no-sandbox'];
  const args = ['-y', LIGHTHOUSE, url, ...flags, `--only-categories=${CATEGORIES.join(',')}`];
  const { status, stderr } = spawnSync('npx', args, {
    encoding: 'utf8',
    env: { ...process.env, CHROME_PATH: browser },
  });
  if (status !== 0 && tries > 1) return run(url, out, browser, tries - 1);
  if (status !== 0) throw new Error(`Lighthouse failed on ${url}: ${stderr.slice(-500)}`);
  return JSON.parse(readFileSync(out, 'utf8')) as Result;
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;

/** What a page lost points for, so that it can be mended. */
function explain(name: string, { audits }: Result): void {
  const lost = Object.values(audits).filter(
    ({ score, scoreDisplayMode }) => score !== null && score < 0.9 && ['binary', 'numeric'].includes(scoreDisplayMode),
  );
  for (const { title, displayValue = '', score } of lost) console.log(`${name}: ${score} ${title} ${displayValue}`);
}

function medians(name: string, url: string, out: string, browser: string): ReportRow[] {
  const runs = Array.from({ length: Number(values.runs) }, () => run(url, out, browser));
  explain(name, runs.at(-1)!);
  const row = (metric: string, numbers: number[], digits: number, unit: string, target: string): ReportRow => ({
    metric: `lighthouse.${name}.${metric}`,
    value: Number(median(numbers).toFixed(digits)),
    unit,
    target,
    anchor: `${LIGHTHOUSE}, mobile, median of ${runs.length}: the production server over a seeded market of 2,000 models`,
    command: 'npm run lighthouse -w @oml/e2e -- --write',
  });
  const figures = (audit: string) => runs.map(({ audits }) => audits[audit]?.numericValue ?? Number.NaN);
  return [
    ...CATEGORIES.map((category) =>
      row(
        category,
        runs.map(({ categories }) => 100 * (categories[category].score ?? 0)),
        0,
        'of 100',
        '>= 95',
      ),
    ),
    // The longest task after the first paint, on a CPU four times slower.
    row('longestTaskMs', figures('max-potential-fid'), 0, 'ms', '<= 200'),
    row('layoutShift', figures('cumulative-layout-shift'), 3, '', '= 0'),
  ];
}

const scratch = mkdtempSync(join(tmpdir(), 'oml-lighthouse-'));
const browser = await ensureBrowser();
const site = await startSeededSite({ models: 2_000, hosts: 1_000, bookings: 10_000 });
try {
  const names = (Object.keys(PAGES) as (keyof typeof PAGES)[]).filter((name) => !values.only || name === values.only);
  // Page by page: what was measured is not lost where a later page fails.
  for (const name of names)
    reportWeb(medians(name, `${site.url}${PAGES[name]}`, join(scratch, 'out.json'), browser), values.write);
} finally {
  await site.stop();
  rmSync(scratch, { recursive: true, force: true });
}
