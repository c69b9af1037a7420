// Visits every state that two hosts, two licenses and three unpaid uses can get into (test/explorer/).
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readFlags } from './flags.ts';
import { forgeFolder, runForge } from './forge/forge.ts';

const HELP = `npm run explore -w contracts [-- options]

Visits every state that two hosts, two licenses and three unpaid uses can get into. In each one the contracts must be
solvent, and no host slashed twice. npm test does the same to a small depth.

  --depth N   steps (6)
  --states N  the most states (200000)
  --help      this text`;
const options = readFlags(HELP, {
  depth: { type: 'string', default: '6' },
  states: { type: 'string', default: '200000' },
});
const env = {
  OML_EXPLORE_DEPTH: options.depth,
  OML_EXPLORE_STATES: options.states,
  FOUNDRY_GAS_LIMIT: '18446744073709551615',
  FOUNDRY_MEMORY_LIMIT: String(2 ** 30),
};
const startedAt = performance.now();
const { status, stdout, stderr } = await runForge(['test', '--match-path', 'test/explorer/**', '-vv'], { env });
if (status !== 0) {
  console.error(stdout, stderr);
  process.exit(1);
}
const figure = (name: string) =>
  [...stdout.matchAll(new RegExp(`^\\s*${name} (\\d+)`, 'gm'))].map(([, value]) => Number(value));
const perDepth = figure('states');
const found = {
  depth: Number(options.depth),
  states: perDepth.at(-1),
  transitions: figure('transitions').at(-1),
  refused: figure('refused').at(-1),
  seconds: Math.round((performance.now() - startedAt) / 1_000),
};
mkdirSync(forgeFolder, { recursive: true });
writeFileSync(join(forgeFolder, 'explore.json'), `${JSON.stringify(found, null, 2)}\n`);
perDepth.forEach((states, i) => console.log(`${i + 1} steps: ${states} states`));
console.log(
  `depth ${found.depth}: ${found.states} states, each solvent, none slashed twice; ` +
    `${found.transitions} steps tried, ${found.refused} refused; ${found.seconds} s`,
);
