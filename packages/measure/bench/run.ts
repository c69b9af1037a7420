/** Measures the methods of measuring against what is known, into docs/benchmarks/measure.json. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { COMMAND, type Row } from './row.ts';

/** Loaded when they are meant: they look for models. */
const PARTS: Record<string, () => Promise<Row[]>> = {
  mixture: async () => (await import('./mixture.ts')).mixtureRows(),
  calibration: async () => (await import('./calibration.ts')).calibrationRows(),
};
const HELP = `${COMMAND} [-- PART…]

Measures the methods of measuring against what is known, into docs/benchmarks/measure.json: all parts, or some of
${Object.keys(PARTS).join(', ')}. What is not measured anew stays.

  --help  this text`;
const { values, positionals } = parseArgs({ allowPositionals: true, options: { help: { type: 'boolean' } } });
const unknown = positionals.filter((name) => !Object.hasOwn(PARTS, name));
if (values.help || unknown.length > 0) {
  console.log(HELP);
  process.exit(unknown.length > 0 ? 2 : 0);
}
const FILE = join(import.meta.dirname, '../../../docs/benchmarks/measure.json');
for (const name of positionals.length > 0 ? positionals : Object.keys(PARTS)) {
  const rows = await PARTS[name]!();
  const kept = existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as Row[]) : [];
  const metrics = new Set(rows.map(({ metric }) => metric));
  const all = [...kept.filter(({ metric }) => !metrics.has(metric)), ...rows];
  writeFileSync(
    FILE,
    `${JSON.stringify(
      all.toSorted((a, b) => (a.metric < b.metric ? -1 : 1)),
      null,
      2,
    )}\n`,
  );
  for (const { metric, value, target } of rows) console.log(`${metric}: ${value}${target ? ` (${target})` : ''}`);
}
