// How many of the things that the contracts can do a page does: counted by the tests that press its buttons.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { reportWeb } from '../../../scripts/bench/web-report.ts';

const ROOT = join(import.meta.dirname, '../../..');
const HELP = `npm run bench -w @oml/web -- [options]

Presses every button that pays out, asks back, changes or ends something, over a chain of its own with a wallet that
signs, and counts which of the 46 capabilities (apps/web/bench/capabilities.json) they reach.

  --write   record the count in docs/benchmarks/web.{json,md}
  --help    this text`;
const options = { write: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } } as const;
const { values } = parseArgs({ options });
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

interface Capability {
  row: number;
  what: string;
  /** Pressed in a browser by a story, at this test id. */
  story?: [file: string, testId: string];
}

const all = JSON.parse(readFileSync(join(import.meta.dirname, 'capabilities.json'), 'utf8')) as Capability[];
const record = join(mkdtempSync(join(tmpdir(), 'oml-pressed-')), 'rows');
const env = { ...process.env, OML_PRESSED: record };
const { status } = spawnSync(join(ROOT, 'node_modules/.bin/vitest'), ['run', 'apps/web/test', '--maxWorkers=1'], {
  cwd: ROOT,
  env,
  stdio: 'inherit',
});
if (status !== 0) process.exit(1);

const pressed = new Set(readFileSync(record, 'utf8').split(/\s+/).filter(Boolean).map(Number));
const isTold = ({ story }: Capability): boolean =>
  story !== undefined && readFileSync(join(ROOT, story[0]), 'utf8').includes(story[1]);
const reached = all.filter((capability) => pressed.has(capability.row) || isTold(capability));
const missing = all.filter((capability) => !reached.includes(capability));
console.log(`capabilities.web ${reached.length} of ${all.length}`);
for (const { row, what } of missing) console.log(`  not on a page: ${row} ${what}`);
reportWeb(
  [
    {
      metric: 'capabilities.web',
      value: reached.length,
      unit: `of ${all.length}`,
      target: `= ${all.length}`,
      anchor:
        'what the contracts can do, by apps/web/bench/capabilities.json: pressed on the pages over a chain by apps/web/test, or in a browser by the story that the list names; 8 were on a page when outsiders counted',
      command: 'npm run bench -w @oml/web -- --write',
    },
  ],
  values.write,
);
