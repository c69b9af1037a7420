/**
 * How the cost of embedding grows with N, d_ff and V; also draws docs/benchmarks/fingerprint-growth.svg: `node
 * packages/fingerprint/bench/growth.ts [N] [d_ff] [V] [N.fast]`.
 * Curves that are named are measured, all where none is; the others are taken as they were measured before.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CURVES, type Curve } from './growth-curves.ts';
import { NOTES } from './growth-notes.ts';
import { growthPlot } from './growth-plot.ts';
import { exponentOf, settled, type Point } from './growth-point.ts';
import { growthTable } from './growth-table.ts';
import { writePart } from './part.ts';

const KEPT = join(import.meta.dirname, '../.bench/growth');
const PLOT = join(import.meta.dirname, '../../../docs/benchmarks/fingerprint-growth.svg');
const named = process.argv.slice(2);
const fileOf = ({ id }: Curve): string => join(KEPT, `${id}.json`);

for (const curve of CURVES.filter(({ id }) => named.length === 0 || named.includes(id))) measure(curve);
if (CURVES.every((curve) => existsSync(fileOf(curve))))
  tell(CURVES.map((curve) => ({ curve, points: JSON.parse(readFileSync(fileOf(curve), 'utf8')) as Point[] })));

function measure(curve: Curve): void {
  const points = curve.sizes.map((size) => {
    const point = curve.measure(size);
    console.log(
      `${curve.id} ${size}: ${point.seconds.toFixed(2)} s, ${point.rssMb.toFixed(0)} MB, success ${point.success} ${point.trouble ?? ''}`,
    );
    return point;
  });
  mkdirSync(KEPT, { recursive: true });
  writeFileSync(fileOf(curve), JSON.stringify(points));
}

function tell(measured: readonly { curve: Curve; points: Point[] }[]): void {
  const command = 'node packages/fingerprint/bench/growth.ts';
  const anchor = 'slope of log seconds over log size, from the first point to the last';
  writePart({
    name: 'growth',
    figures: measured.map(({ curve, points }) => ({
      metric: `growth.${curve.id}`,
      value: exponentOf(points),
      unit: 'exponent',
      target: '',
      anchor,
      command,
    })),
    tables: measured.map(({ curve, points }) => growthTable(curve, points, NOTES[curve.id]!)),
  });
  writeFileSync(
    PLOT,
    growthPlot(
      measured.map(({ curve: { over, fixed }, points }) => ({
        over,
        fixed,
        exponent: exponentOf(points),
        points: points.map((point) => ({ ...point, settled: settled(point) })),
      })),
    ),
  );
}
