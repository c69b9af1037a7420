/** Runs every part one after another, each in a process of its own, then joins them. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { subjects } from '../test-support/bench-subjects.ts';
import { PROFILES, type Profile } from '../src/harden/profile.ts';

const HELP = `npm run bench -w @oml/fingerprint [-- --again] [-- --only adaptive]

Measures what fingerprints cost and withstand, part after part, into docs/benchmarks/fingerprint.{json,md}.

  --again       measures anew what is kept from before
  --only NAME   runs nothing but the parts whose names begin so, anew
  --help        this text`;
const flag = { type: 'boolean', default: false } as const;
const { again, help, only } = parseArgs({ options: { again: flag, help: flag, only: { type: 'string' } } }).values;
if (help) {
  console.log(HELP);
  process.exit(0);
}
const here = import.meta.dirname;
/** Profiles whose every promise is measured; of the others, what a host that adapts leaves. */
const PROMISED: readonly Profile[] = ['fast', 'hardened'];
const profiles = Object.keys(subjects).flatMap((model) =>
  PROMISED.map((profile) => ({ part: `profile-${model}-${profile}`, args: ['profile.ts', model, profile] })),
);
const costs = ['wiki2m6', 'stories260k'].flatMap((model) =>
  PROMISED.map((profile) => ({ part: `cost-${model}-${profile}`, args: ['cost.ts', model, profile] })),
);
const trainings = Object.keys(subjects).flatMap((model) =>
  PROMISED.map((profile) => ({ part: `training-${model}-${profile}`, args: ['training.ts', model, profile] })),
);
/** Five secrets each: 64 keys of one tell a survival to about ten points. */
const adaptive = PROFILES.map((profile) => ({
  part: `adaptive-wiki2m6-${profile}`,
  args: ['adaptive.ts', 'wiki2m6', profile, 'first', 'second', 'third', 'fourth', 'fifth'],
}));
const all = [
  ...costs,
  ...profiles,
  ...trainings,
  ...adaptive,
  { part: 'third-party', args: ['third-party.ts', '--write'] },
  ...[
    'chat',
    'false-positives',
    'tracing',
    'tracing-trained',
    'suppressed',
    'trained',
    'forged-claims',
    'growth',
    'large',
  ].map((name) => ({ part: name, args: [`${name}.ts`] })),
];
const parts = all.filter(({ part }) => only === undefined || part.startsWith(only));
if (parts.length === 0) {
  console.error(`No part begins with "${only}": ${all.map(({ part }) => part).join(', ')}`);
  process.exit(2);
}

for (const {
  part,
  args: [script, ...rest],
} of parts) {
  if (!again && only === undefined && existsSync(join(here, '../.bench', `${part}.json`))) {
    console.log(`${part}: kept from before (--again measures anew)`);
    continue;
  }
  console.log(part);
  const { status } = spawnSync(process.execPath, [join(here, script!), ...rest], { stdio: 'inherit' });
  if (status !== 0) console.log(`${part}: failed; the other parts go on`);
}
await import('./join.ts');
