// Long campaigns of every invariant, and how often each action of their handlers succeeded.
import { randomInt } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { actionTable, listTests, readCampaign, sumActions, type ActionCount } from './forge/campaign.ts';
import { readFlags } from './flags.ts';
import { forgeFolder, mustForge, runForge } from './forge/forge.ts';

const LEAST_SUCCESSES = 20;
const HELP = `npm run invariants -w contracts [-- options]

Long campaigns of every invariant, and how often each action of their handlers succeeded. Ends with 1 if an invariant
breaks, or if in a long campaign an action succeeded so seldom that its invariants say little.

  --runs N     sequences per invariant (25); npm test runs the same invariants with a small budget
  --depth N    calls per sequence (250)
  --seed N     of the first campaign; each invariant gets the next one
  --seconds N  a short campaign instead: every invariant so long, with a fresh seed, and no report
  --help       this text`;
const options = readFlags(HELP, {
  runs: { type: 'string', default: '25' },
  depth: { type: 'string', default: '250' },
  seed: { type: 'string' },
  seconds: { type: 'string' },
});
const path = ['--match-path', 'test/invariants/**'];
if (options.seconds) process.exit(await shortCampaign(options.seconds, options.seed ?? String(randomInt(2 ** 31))));

const tests = listTests(await mustForge(['test', '--list', '--json', ...path])).filter(({ name }) =>
  name.startsWith('invariant_'),
);
const counts: ActionCount[] = [];
const broken: string[] = [];
let calls = 0;
for (const [i, { contract, name }] of tests.entries()) {
  const env = {
    FOUNDRY_FUZZ_SEED: String(Number(options.seed ?? '1') + i),
    FOUNDRY_INVARIANT_RUNS: options.runs,
    FOUNDRY_INVARIANT_DEPTH: options.depth,
  };
  const { status, stdout, stderr } = await runForge(
    ['test', ...path, '--match-contract', `^${contract}$`, '--match-test', `^${name}\\(`],
    { env },
  );
  const campaign = readCampaign(stdout);
  calls += campaign.calls;
  counts.push(...campaign.actions);
  console.log(
    `${status === 0 ? 'holds ' : 'BROKEN'} ${contract}.${name.slice('invariant_'.length)}, ${campaign.calls} calls`,
  );
  if (status === 0) continue;
  broken.push(name);
  console.log(stdout, stderr);
}

const actions = sumActions(counts);
mkdirSync(forgeFolder, { recursive: true });
writeFileSync(
  join(forgeFolder, 'invariants.json'),
  `${JSON.stringify({ count: tests.length, calls, broken, actions }, null, 2)}\n`,
);
console.log(actionTable(actions));
console.log(`${tests.length} invariants, ${calls} calls`);
const idle = actions.filter(({ successes }) => successes < LEAST_SUCCESSES).map(({ action }) => action);
if (idle.length > 0) console.error(`Succeeded less than ${LEAST_SUCCESSES} times: ${idle.join(', ')}.`);
if (idle.length > 0 || broken.length > 0) process.exitCode = 1;

/** Tries as many sequences as the time allows; the seed repeats them. */
async function shortCampaign(seconds: string, seed: string): Promise<number> {
  const env = {
    FOUNDRY_FUZZ_SEED: seed,
    FOUNDRY_INVARIANT_TIMEOUT: seconds,
    FOUNDRY_INVARIANT_RUNS: '1000000',
    FOUNDRY_INVARIANT_DEPTH: '100',
  };
  const { status, stdout, stderr } = await runForge(['test', ...path, '--match-test', '^invariant_'], { env });
  const ran = [...stdout.matchAll(/^\[PASS\] invariant_\w+\(\) \(runs: \d+, calls: (\d+)/gm)];
  const sum = ran.reduce((all, [, each]) => all + Number(each), 0);
  // What failed and by which calls; the tables of what held would hide it.
  if (status !== 0) console.log(stdout.slice(Math.max(0, stdout.indexOf('Failing tests:'))), stderr);
  console.log(`${ran.length} invariants held for ${seconds} s each over ${sum} calls with the seed ${seed}`);
  return status === 0 && ran.length > 0 ? 0 : 1;
}
