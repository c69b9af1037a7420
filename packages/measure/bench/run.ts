/** Measures the methods of measuring against what is known. */
import { parseArgs } from 'node:util';
import { reportMeasure } from '../../../scripts/bench/measure-report.ts';
import type { ReportRow } from '../../../scripts/bench/page-report.ts';
import { COMMAND } from './command.ts';

/** Loaded when they are meant: they look for models. */
const PARTS: Record<string, () => Promise<ReportRow[]>> = {
  mixture: async () => (await import('./mixture.ts')).mixtureRows(),
  factual: async () => (await import('./factual.ts')).factualRows(),
  gap: async () => (await import('./gap.ts')).gapRows(),
  calibration: async () => (await import('./calibration.ts')).calibrationRows(),
};
const HELP = `${COMMAND} [-- PART… --write]

Measures the methods of measuring against what is known: all parts, or some of ${Object.keys(PARTS).join(', ')}.

  --write  record the figures in docs/benchmarks/measure.{json,md}; what is not measured anew stays
  --help   this text`;
const flag = { type: 'boolean', default: false } as const;
const { values, positionals } = parseArgs({ allowPositionals: true, options: { write: flag, help: flag } });
const unknown = positionals.filter((name) => !Object.hasOwn(PARTS, name));
if (values.help || unknown.length > 0) {
  console.log(HELP);
  process.exit(unknown.length > 0 ? 2 : 0);
}
for (const name of positionals.length > 0 ? positionals : Object.keys(PARTS))
  reportMeasure(await PARTS[name]!(), values.write);
