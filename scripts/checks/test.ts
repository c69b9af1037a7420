// npm test: builds, checks types, and runs every suite, down to the stories in a real browser against the real stack.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { add, hardhatTally, sayTally, type Tally } from './tally.ts';
import { withStack } from './stack-for-tests.ts';

// Before anything reads them: tests keep their own state and ports, so that a running `npm start` is left alone.
process.env['OML_STATE'] ??= join(process.cwd(), '.oml', 'test');
process.env['OML_PORT_OFFSET'] ??= '10000';

const HELP = `npm test [-- options]

  --only NAME   one suite: style, types, unit, contracts, solidity-style, invariants, stories
  --help        this text`;

const { values: flags } = parseArgs({
  options: { only: { type: 'string' }, help: { type: 'boolean', default: false } },
});
if (flags.help) {
  console.log(HELP);
  process.exit(0);
}

const { CommandFailure, runCommand } = await import('../stack/command.ts');
const { build } = await import('../stack/prepare.ts');
const { lastWordsOf } = await import('../stack/last-words.ts');
const { root } = await import('../stack/layout.ts');
const { say, step, tell } = await import('../stack/progress.ts');
const { vitestSuite } = await import('./vitest-suite.ts');
const { ensureBrowser } = await import('../../e2e/browser.ts');

const bin = (name: string) => join(root, 'node_modules/.bin', name);

const SECONDS_PER_INVARIANT = '4';

/** A check that passes or fails as one. */
async function check(name: string, work: () => Promise<unknown>): Promise<Tally> {
  try {
    await step(name, work);
    return { passed: 1, failed: 0 };
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error));
    return { passed: 0, failed: 1 };
  }
}

async function contracts(): Promise<Tally> {
  // Its output is counted, so it must not depend on a person's language.
  const args = ['test', '-s', '-w', 'contracts'];
  const run = () => runCommand({ name: 'contracts', command: 'npm', args, env: { LC_ALL: 'C' } });
  try {
    return atLeastOneFailure(hardhatTally(await step('contracts', run)), 'passed');
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    tell(lastWordsOf(error.output, 120));
    return atLeastOneFailure(hardhatTally(error.output), 'failed');
  }
}

/** The contracts' invariants for a few seconds each, with a seed that no run had before. */
async function invariants(): Promise<Tally> {
  if (`${process.platform}-${process.arch}` !== 'linux-x64') {
    tell('invariants: npm carries forge for Linux on x64 alone; `npm run invariants -w contracts` says what to do');
    return { passed: 0, failed: 0, skipped: 1 };
  }
  const args = ['run', '-s', 'invariants', '-w', 'contracts', '--', '--seconds', SECONDS_PER_INVARIANT];
  const run = () => runCommand({ name: 'invariants', command: 'npm', args });
  try {
    const output = await step('invariants, for a few seconds each', run);
    const [said = '', held] = /^(\d+) invariants held.*$/m.exec(output) ?? [];
    tell(said);
    return atLeastOneFailure({ passed: Number(held ?? 0), failed: 0 }, 'passed');
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    tell(lastWordsOf(error.output, 120));
    return { passed: 0, failed: 1 };
  }
}

/** A run that failed, or that counted nothing, has failed whatever it counted. */
const atLeastOneFailure = (tally: Tally, end: 'passed' | 'failed'): Tally =>
  end === 'failed' || tally.passed === 0 ? { ...tally, failed: Math.max(1, tally.failed) } : tally;

const suites: Record<string, () => Promise<Tally>> = {
  types: () =>
    check('types', () =>
      runCommand({
        name: 'types',
        command: bin('turbo'),
        args: ['run', 'typecheck', '--no-update-notifier', '--output-logs=errors-only'],
      }).then(() =>
        runCommand({ name: 'types of scripts', command: bin('tsc'), args: ['-p', 'scripts/tsconfig.json'] }),
      ),
    ),
  style: () =>
    check('style', () =>
      runCommand({
        name: 'style',
        command: bin('prettier'),
        args: ['--check', '--log-level=warn', '.'],
      }).then(() => runCommand({ name: 'lint', command: bin('oxlint'), args: ['--deny-warnings'] })),
    ),
  'solidity-style': () =>
    check('solidity style', () =>
      runCommand({ name: 'solidity-style', command: 'npm', args: ['run', '-s', 'lint', '-w', 'contracts'] }),
    ),
  contracts,
  invariants,
  unit: () => vitestSuite('unit', []),
  stories: async () => {
    await step('finding a browser', ensureBrowser);
    return withStack(() => vitestSuite('stories', ['--config', 'e2e/vitest.config.ts']));
  },
};

/**
 * Suites that run together: the unit tests mostly wait for blocks of their chains, so the contracts' tests cost no time
 * beside them.
 */
const together: readonly (readonly string[])[] = [
  ['style', 'types'],
  ['unit', 'contracts', 'solidity-style'],
  ['invariants'],
  ['stories'],
];

const startedAt = Date.now();
if (flags.only && !(flags.only in suites)) throw new Error(`There is no suite "${flags.only}".\n${HELP}`);
let total = await check('build', build);
for (const group of flags.only ? [[flags.only]] : together) {
  // Stories against code that is known to be broken would only hide which part it is.
  const names = total.failed > 0 ? group.filter((name) => name !== 'stories') : group;
  for (const [name, tally] of await Promise.all(names.map(async (name) => [name, await suites[name]!()] as const))) {
    say(`  ${name}: ${sayTally(tally)}`);
    total = add(total, tally);
  }
}
say(`all suites in ${Math.round((Date.now() - startedAt) / 1000)} s`);
console.log(`\n${sayTally(total)}`);
process.exit(total.failed > 0 ? 1 : 0);
