// Long campaigns of every invariant, and how often each action of their handlers succeeded: npm run invariants -w
// contracts [-- options]
//   --runs N --depth N   sequences per invariant, and calls per sequence; `npm test` runs the same invariants with a
// small budget
//   --seed N             of the first campaign; each invariant gets the next one
// Ends with 1 if an invariant breaks, or if an action succeeded so seldom that its invariants say little.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { actionTable, listTests, readCampaign, sumActions, type ActionCount } from './forge/campaign.ts';
import { forgeFolder, mustForge, runForge } from './forge/forge.ts';

const LEAST_SUCCESSES = 20;
const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '25' },
    depth: { type: 'string', default: '250' },
    seed: { type: 'string', default: '1' },
  },
});
const path = ['--match-path', 'test/invariants/**'];

const tests = listTests(await mustForge(['test', '--list', '--json', ...path])).filter(({ name }) =>
  name.startsWith('invariant_'),
);
const counts: ActionCount[] = [];
const broken: string[] = [];
let calls = 0;
for (const [i, { contract, name }] of tests.entries()) {
  const env = {
    FOUNDRY_FUZZ_SEED: String(Number(options.seed) + i),
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
