// Lines and branches of src/ that the Solidity tests reach. Hardhat 3 counts no branches, so forge runs the tests here.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readFlags } from './flags.ts';
import { contractsRoot, forgeFolder, mustForge } from './forge/forge.ts';
import { coverageTable, parseLcov, percentOf, totalOf } from './forge/lcov.ts';

const REQUIRED_PERCENT = 98;
const HELP = `npm run coverage -w contracts

Lines and branches of src/ that the Solidity tests reach. Ends with 1 if either share is below ${REQUIRED_PERCENT} %.

  --help  this text`;
readFlags(HELP, {});
const lcovFile = join(forgeFolder, 'lcov.info');

mkdirSync(forgeFolder, { recursive: true });
// A few runs of each fuzz test: coverage asks whether a branch is reached, not how often.
await mustForge(
  ['coverage', '--report', 'lcov', '--report-file', lcovFile, '--no-match-coverage', '^(test|testing|.*node_modules)'],
  {
    env: { FOUNDRY_FUZZ_RUNS: '32', FOUNDRY_INVARIANT_RUNS: '2' },
  },
);
const files = parseLcov(readFileSync(lcovFile, 'utf8'), contractsRoot).filter(({ file }) => file.startsWith('src/'));
const total = totalOf(files);
const summary = { linesPercent: percentOf(total.lines), branchesPercent: percentOf(total.branches), files };
writeFileSync(join(forgeFolder, 'coverage.json'), `${JSON.stringify(summary, null, 2)}\n`);
console.log(coverageTable(files));

const short = [
  summary.linesPercent < REQUIRED_PERCENT && 'lines',
  summary.branchesPercent < REQUIRED_PERCENT && 'branches',
].filter(Boolean);
if (short.length > 0) {
  console.error(`Below ${REQUIRED_PERCENT} %: ${short.join(' and ')}.`);
  process.exitCode = 1;
}
