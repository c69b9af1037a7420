// Gas and assurance in figures: npm run bench -w contracts [-- --write]
// Measures what every step costs, compares it with gas/table.json, and with --write records the new figures there and
// in docs/benchmarks/.
// Coverage, invariants and mutants take long: their figures come from the last run of `coverage`, `invariants` and
// `mutate`.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureBeaconGas } from './bench/beacon-gas.ts';
import { measureCallGas } from './bench/call-gas.ts';
import { findEntryPoints, fuzzedPercent } from './bench/entry-points.ts';
import { METRICS, type Figures } from './bench/metrics.ts';
import { writePage } from './bench/page.ts';
import { measureTransactionGas } from './bench/transaction-gas.ts';
import { contractsRoot, forgeFolder } from './forge/forge.ts';

/** Salts and signatures are random, and calldata costs by the byte: a little more or less says nothing. */
const TOLERANCE = 0.01;
const tableFile = join(contractsRoot, 'gas/table.json');
const docs = join(contractsRoot, '../docs/benchmarks');
const { values: options } = parseArgs({ options: { write: { type: 'boolean', default: false } } });

const transactions = await measureTransactionGas();
const { disguised } = transactions;
const perItem = Object.fromEntries(
  disguised.map(({ bits, hits, prove }) => [`item.${bits}bits`, Math.round(prove / hits)]),
);
const gas: Readonly<Record<string, number>> = {
  ...prefixed('call.', await measureCallGas()),
  ...transactions.gas,
  beacon: await measureBeaconGas(),
  ...perItem,
};
const before = existsSync(tableFile) ? (JSON.parse(readFileSync(tableFile, 'utf8')) as Record<string, number>) : {};
const moved = compare();
const entryPoints = findEntryPoints();
const figures: Figures = {
  gas,
  disguised,
  fuzzedPercent: fuzzedPercent(entryPoints),
  entryPoints: entryPoints.length,
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
  writeFileSync(tableFile, `${JSON.stringify(gas, null, 2)}\n`);
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

function prefixed(prefix: string, values: object): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value as number]));
}

function reports(): Pick<Figures, 'coverage' | 'invariants' | 'mutants' | 'explored'> {
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
    explored: read('explore'),
  };
}
