// How often each role presses something from its first visit to money out: counted by the story that goes the way.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ReportRow } from '../scripts/bench/page-report.ts';
import { reportWeb } from '../scripts/bench/web-report.ts';

const ROOT = join(import.meta.dirname, '..');
const HELP = `npm run clicks -w @oml/e2e -- [options]

Goes the way of an owner, a host and a verifier from the first visit to money out, by the keyboard alone, in a real
browser over a chain of its own, and counts what each presses. Build the pages first: npm run build -w @oml/web.

  --write  record the counts in docs/benchmarks/web.{json,md}
  --help   this text`;
const { values } = parseArgs({
  options: { write: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

const WAYS: Record<string, string> = {
  host: 'connects, gets dollars, makes keys, binds a signer, accepts with the bond, takes the edition up, is paid out, closes, has its bond back',
  owner: 'connects, gets dollars, is paid what its model earned',
  verifier: 'connects, gets dollars, makes a key, stakes, asks the stake back, takes it',
};

const record = join(mkdtempSync(join(tmpdir(), 'oml-clicks-')), 'clicks');
const args = ['run', '--config', 'e2e/vitest.config.ts', 'roles.story'];
const { status } = spawnSync(join(ROOT, 'node_modules/.bin/vitest'), args, {
  cwd: ROOT,
  env: { ...process.env, OML_CLICKS: record },
  stdio: 'inherit',
});
if (status !== 0) process.exit(1);
const counted = readFileSync(record, 'utf8').trim().split('\n');
const rows = counted.map((line): ReportRow => {
  const [role, count] = line.split(' ') as [string, string];
  return {
    metric: `clicks.${role}`,
    value: Number(count),
    unit: 'presses',
    target: 'shown',
    anchor: `from the first visit to money out, by the keyboard alone: ${WAYS[role]}; what is typed and what the wallet asks is not counted`,
    command: 'npm run clicks -w @oml/e2e -- --write',
  };
});
reportWeb(rows, values.write);
