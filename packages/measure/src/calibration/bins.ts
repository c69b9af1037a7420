/** Edges between bins, from below; a value equal to an edge lies above it. */
export type Edges = readonly number[];

/** Edges of `count` bins of equal width from 0 to 1. */
export const equalWidth = (count: number): number[] => Array.from({ length: count - 1 }, (_, i) => (i + 1) / count);

/** Edges of `count` bins that hold equally many of these values, as far as equal values let them. */
export function equalMass(values: Float64Array, count: number): number[] {
  const sorted = values.toSorted();
  const edges = Array.from({ length: count - 1 }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / count)]!);
  return [...new Set(edges)];
}

/** Which bin a value lies in, from 0 on. */
export function binOf(edges: Edges, value: number): number {
  let bin = 0;
  while (bin < edges.length && value >= edges[bin]!) bin++;
  return bin;
}
