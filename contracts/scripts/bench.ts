// Gas and assurance in figures. Coverage, invariants, mutants and rules take long: their figures come from the last run
// of `coverage`, `invariants`, `mutate` and `rules`.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findEntryPoints, fuzzedPercent } from './bench/entry-points.ts';
import { METRICS, type Figures } from './bench/metrics.ts';
import { writePage } from './bench/page.ts';
import { readFlags } from './flags.ts';
import { contractsRoot, forgeFolder } from './forge/forge.ts';

/** Salts and signatures are random, and calldata costs by the byte: a little more or less says nothing. */
const TOLERANCE = 0.01;
const tableFile = join(contractsRoot, 'gas/table.json');
const docs = join(contractsRoot, '../docs/benchmarks');
const HELP = `npm run bench -w contracts [-- --write]

Measures what every step costs, and compares it with gas/table.json: ends with 1 where a row became dearer.

  --write  record the new figures there and in docs/benchmarks/
  --help   this text`;
const options = readFlags(HELP, { write: { type: 'boolean', default: false } });
execFileSync('npm', ['run', '-s', 'build'], { cwd: contractsRoot, stdio: 'inherit' });
const { measureBeaconGas } = await import('./bench/beacon-gas.ts');
const { measureCallGas } = await import('./bench/call-gas.ts');
const { measureTransactionGas } = await import('./bench/transaction-gas.ts');

const transactions = await measureTransactionGas();
const { disguised } = transactions;
const beacon = await measureBeaconGas();
const perItem = Object.fromEntries(
  disguised.flatMap(({ bits, hits, prove, whole }) => [
    [`item.${bits}bits`, Math.round(prove / hits)],
    [`whole.${bits}bits`, whole + beacon],
  ]),
);
const gas: Readonly<Record<string, number>> = {
  ...prefixed('call.', await measureCallGas()),
  ...transactions.gas,
  beacon,
  ...perItem,
};
const before = existsSync(tableFile) ? (JSON.parse(readFileSync(tableFile, 'utf8')) as Record<string, number>) : {};
const moved = compare();
if (options.write) writeFileSync(tableFile, `${JSON.stringify(gas, null, 2)}\n`);
const entryPoints = findEntryPoints();
const figures: Figures = {
  gas,
  disguised,
  fuzzedPercent: fuzzedPercent(entryPoints),
  entryPoints: entryPoints.length,
  sourceLines: sourceLines(),
  ...reports(),
};
const rows = METRICS.map(({ metric, unit, target, anchor, command, read }) => ({
  metric,
  value: read(figures),
  unit,
  target,
  anchor,
  command,
}));
console.table(Object.fromEntries(rows.map(({ metric, value, target }) => [metric, { value, target }])));
for (const { name } of entryPoints.filter(({ fuzzedBy }) => fuzzedBy.length === 0)) console.log(`not fuzzed: ${name}`);

if (options.write) {
  writeFileSync(join(docs, 'contracts.json'), `${JSON.stringify(rows, null, 2)}\n`);
  writePage(join(docs, 'contracts.md'), figures, rows);
} else if (moved > 0) {
  console.error(
    `${moved} rows cost over ${100 * TOLERANCE} % more than gas/table.json says: --write records them, if that is meant.`,
  );
  process.exitCode = 1;
}

/** Prints every row beside the recorded one; returns how many became dearer. */
function compare(): number {
  const table = Object.entries(gas).map(([row, now]) => ({
    row,
    now,
    recorded: before[row],
    change: before[row] === undefined ? undefined : now - before[row],
  }));
  console.table(Object.fromEntries(table.map(({ row, ...rest }) => [row, rest])));
  return table.filter(({ now, recorded }) => recorded !== undefined && now > recorded * (1 + TOLERANCE)).length;
}

function sourceLines(): number {
  const files = readdirSync(join(contractsRoot, 'src'), { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.sol') && !file.startsWith('beacon'))
    .reduce((sum, file) => sum + readFileSync(join(contractsRoot, 'src', file), 'utf8').split('\n').length - 1, 0);
}

function prefixed(prefix: string, values: object): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value as number]));
}

function reports(): Pick<Figures, 'coverage' | 'invariants' | 'mutants' | 'rules' | 'explored'> {
  const read = <T>(name: string): T => {
    const file = join(forgeFolder, `${name}.json`);
    if (!existsSync(file))
      throw new Error(
        `There is no report of \`npm run ${name === 'mutants' ? 'mutate' : name} -w contracts\`: run that first.`,
      );
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  };
  return {
    coverage: read('coverage'),
    invariants: read('invariants'),
    mutants: read('mutants'),
    rules: read('rules'),
    explored: read('explore'),
  };
}
