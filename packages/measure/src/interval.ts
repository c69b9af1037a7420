import { seededRandom } from '@oml/onnx/seeded-random';
import type { MeasuredFigure } from '@oml/protocol/wire/measurement';

/** Of nineteen of twenty. */
const TAIL = 0.025;
/** Student's t of nineteen of twenty by degrees of freedom, from 1 on; beyond that the normal's. */
const T = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131];

export interface Resampling {
  draws: number;
  seed: number;
}

/**
 * Percentile bootstrap: `figureOf` of `count` indices drawn with replacement, `draws` times; the interval holds
 * nineteen of twenty and the value itself.
 */
export function bootstrap(
  name: string,
  count: number,
  figureOf: (rows: Int32Array) => number,
  { draws, seed }: Resampling,
): MeasuredFigure {
  const value = figureOf(Int32Array.from({ length: count }, (_, i) => i));
  const random = seededRandom(seed);
  const found = Array.from({ length: draws }, () =>
    figureOf(Int32Array.from({ length: count }, () => Math.floor(random() * count))),
  ).toSorted((a, b) => a - b);
  const at = (share: number) => found[Math.min(draws - 1, Math.floor(share * draws))] ?? value;
  return { name, value, low: Math.min(value, at(TAIL)), high: Math.max(value, at(1 - TAIL)) };
}

/** A value with the spread of what it came to in repetitions (Student's t), within bounds. */
export function spreadFigure(
  name: string,
  value: number,
  repeated: readonly number[],
  [least, most]: [number, number] = [-Infinity, Infinity],
): MeasuredFigure {
  const mean = repeated.reduce((sum, each) => sum + each, 0) / Math.max(1, repeated.length);
  const squares = repeated.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  const reach = repeated.length < 2 ? 0 : (T[repeated.length - 2] ?? 1.96) * Math.sqrt(squares / (repeated.length - 1));
  return { name, value, low: Math.max(least, value - reach), high: Math.min(most, value + reach) };
}

/** A share of `count` with its Wilson score interval. */
export function shareFigure(name: string, hits: number, count: number): MeasuredFigure {
  if (count === 0) return { name, value: 0, low: 0, high: 1 };
  const [p, z2] = [hits / count, 1.96 ** 2];
  const middle = (p + z2 / (2 * count)) / (1 + z2 / count);
  const reach = (1.96 * Math.sqrt((p * (1 - p)) / count + z2 / (4 * count ** 2))) / (1 + z2 / count);
  return {
    name,
    value: p,
    low: Math.min(p, Math.max(0, middle - reach)),
    high: Math.max(p, Math.min(1, middle + reach)),
  };
}

/** A figure that follows from its data alone. */
export const exactFigure = (name: string, value: number, unit?: string): MeasuredFigure => ({
  name,
  value,
  low: value,
  high: value,
  ...(unit ? { unit } : {}),
});
