import type { ReportRow } from '../../../scripts/bench/page-report.ts';
import { factualPrecision } from '../src/factual/factual-precision.ts';
import { measure } from '../src/measure.ts';
import { liar, worldOf } from '../test-support/known-world.ts';
import { COMMAND } from './command.ts';

const WRONG = [0.05, 0.2, 0.4, 0.6, 0.8];
const WORLDS = 5;

/** How far factual precision is from what is known of a world: the largest error in percentage points, and the mean. */
export async function factualRows(): Promise<ReportRow[]> {
  const errors: number[] = [];
  for (const isWrong of WRONG)
    for (let seed = 1; seed <= WORLDS; seed++) {
      const world = worldOf(seed);
      const { target, truth } = liar(world, isWrong);
      const { measurement } = await measure(
        factualPrecision,
        { target, data: world.data, settings: {} },
        { release: `0x${'00'.repeat(32)}`, target: 'endpoint', dataName: 'world', command: COMMAND, measuredAt: 0 },
      );
      const found = measurement.figures.find(({ name }) => name === 'factual precision, whatever the length')!.value;
      errors.push(100 * Math.abs(found - truth()));
    }
  const row = (metric: string, value: number, target: string): ReportRow => ({
    metric: `measure.factual-precision.${metric}`,
    value: Number(value.toFixed(2)),
    unit: 'percentage points',
    target,
    anchor: 'generated worlds, 5 to 80 % of facts wrong, judged by words; arXiv 2305.14251: error rate below 2 %',
    command: `${COMMAND} -- factual --write`,
  });
  return [
    row('largestError', Math.max(...errors), '≤ 2'),
    row('meanError', errors.reduce((sum, each) => sum + each, 0) / errors.length, '≤ 2'),
  ];
}
