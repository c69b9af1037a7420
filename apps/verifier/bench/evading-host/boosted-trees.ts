import type { Classifier, Example } from './classifier.ts';

/** Gradient-boosted trees on binned features with logistic loss (Friedman 2001; bins as in LightGBM). */
const ROUNDS = 60;
const DEPTH = 3;
const RATE = 0.1;
const BINS = 32;
/** Rows that a leaf must hold, and what keeps its value small (XGBoost's lambda). */
const LEAST_ROWS = 20;
const SHRINK = 1;

interface Split {
  feature: number;
  /** Rows whose bin is not above it go left. */
  bin: number;
  left: Node;
  right: Node;
}
type Node = Split | { value: number };

/** What the rows of a node add up to. */
interface Sums {
  gradient: number;
  hessian: number;
  rows: number;
}

export function fitTrees(examples: readonly Example[]): Classifier {
  const edges = edgesOf(examples);
  const binned = examples.map(({ features }) => binsOf(features, edges));
  const raw = new Float64Array(examples.length);
  const trees = Array.from({ length: ROUNDS }, () => {
    const chances = raw.map(sigmoid);
    const gradients = chances.map((chance, row) => chance - Number(examples[row]!.isProbe));
    const hessians = chances.map((chance) => chance * (1 - chance));
    const tree = grow(binned, gradients, hessians, [...binned.keys()], DEPTH);
    binned.forEach((bins, row) => (raw[row]! += RATE * valueOf(tree, bins)));
    return tree;
  });
  return (features) => {
    const bins = binsOf(features, edges);
    return sigmoid(trees.reduce((sum, tree) => sum + RATE * valueOf(tree, bins), 0));
  };
}

function grow(binned: readonly Uint8Array[], g: Float64Array, h: Float64Array, rows: number[], depth: number): Node {
  const all = sumsOf(rows, g, h);
  const best = depth > 0 ? bestSplit(binned, g, h, rows, all) : undefined;
  if (!best) return { value: -all.gradient / (all.hessian + SHRINK) };
  const { feature, bin } = best;
  const left = rows.filter((row) => binned[row]![feature]! <= bin);
  const right = rows.filter((row) => binned[row]![feature]! > bin);
  return {
    ...best,
    left: grow(binned, g, h, left, depth - 1),
    right: grow(binned, g, h, right, depth - 1),
  };
}

function bestSplit(
  binned: readonly Uint8Array[],
  g: Float64Array,
  h: Float64Array,
  rows: readonly number[],
  all: Sums,
): Pick<Split, 'feature' | 'bin'> | undefined {
  let best: Pick<Split, 'feature' | 'bin'> | undefined;
  let most = scoreOf(all) + 1e-9;
  for (let feature = 0; feature < (binned[0]?.length ?? 0); feature++) {
    const bins = Array.from({ length: BINS }, (): Sums => ({ gradient: 0, hessian: 0, rows: 0 }));
    for (const row of rows) add(bins[binned[row]![feature]!]!, { gradient: g[row]!, hessian: h[row]!, rows: 1 });
    const left: Sums = { gradient: 0, hessian: 0, rows: 0 };
    for (let bin = 0; bin < BINS - 1; bin++) {
      add(left, bins[bin]!);
      const right = minus(all, left);
      if (left.rows < LEAST_ROWS || right.rows < LEAST_ROWS) continue;
      const score = scoreOf(left) + scoreOf(right);
      if (score > most) [most, best] = [score, { feature, bin }];
    }
  }
  return best;
}

const scoreOf = ({ gradient, hessian }: Sums): number => gradient ** 2 / (hessian + SHRINK);

function sumsOf(rows: readonly number[], g: Float64Array, h: Float64Array): Sums {
  const sums: Sums = { gradient: 0, hessian: 0, rows: 0 };
  for (const row of rows) add(sums, { gradient: g[row]!, hessian: h[row]!, rows: 1 });
  return sums;
}

function add(sums: Sums, { gradient, hessian, rows }: Sums): void {
  sums.gradient += gradient;
  sums.hessian += hessian;
  sums.rows += rows;
}

const minus = (a: Sums, b: Sums): Sums => ({
  gradient: a.gradient - b.gradient,
  hessian: a.hessian - b.hessian,
  rows: a.rows - b.rows,
});

/** Between which values a feature's bins lie: its quantiles. */
function edgesOf(examples: readonly Example[]): number[][] {
  const count = examples[0]?.features.length ?? 0;
  return Array.from({ length: count }, (_, feature) => {
    const sorted = examples.map(({ features }) => features[feature]!).sort((a, b) => a - b);
    const at = (bin: number) => sorted[Math.floor((bin * sorted.length) / BINS)]!;
    return [...new Set(Array.from({ length: BINS - 1 }, (_, bin) => at(bin + 1)))];
  });
}

const binsOf = (features: readonly number[], edges: readonly number[][]): Uint8Array =>
  Uint8Array.from(features, (value, feature) => {
    const above = edges[feature]!.findIndex((edge) => value < edge);
    return above === -1 ? edges[feature]!.length : above;
  });

function valueOf(node: Node, bins: Uint8Array): number {
  let at = node;
  while ('feature' in at) at = bins[at.feature]! <= at.bin ? at.left : at.right;
  return at.value;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
