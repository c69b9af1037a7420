import type { Curve } from './growth-curves.ts';
import { exponentBetween, settled, type Point } from './growth-point.ts';
import type { Part } from './part.ts';

/** Every point of a curve; the last column says whether it counts. */
export function growthTable({ over, fixed }: Curve, points: readonly Point[], note: string): Part['tables'][number] {
  const steps = Object.keys(points[0]!.steps);
  const rows = points.map((point, i) => [
    point.size,
    point.seconds.toFixed(2),
    ...steps.map((step) => (point.steps[step] ?? 0).toFixed(2)),
    localExponent(points, i),
    `${point.rssMb.toFixed(0)} MB`,
    settled(point) ? 'yes' : (point.trouble ?? `no: ${(100 * point.success).toFixed(1)} % do`),
  ]);
  return {
    title: `How seconds grow with ${over} (${fixed})`,
    columns: [over, 'seconds', ...steps, 'exponent from the size before', 'most memory', 'every key answers'],
    rows,
    note,
  };
}

function localExponent(points: readonly Point[], i: number): string {
  const [before, point] = [points[i - 1], points[i]!];
  return before && settled(before) && settled(point) ? exponentBetween(before, point).toFixed(2) : '–';
}
