import { dot, invertSymmetric, transpose, withRidge } from '../algebra/linear-algebra.ts';
import type { Products } from '../algebra/products.ts';

/** What colluders have: the edited matrix of each of their editions, [keySize, hiddenSize], and ordinary text. */
export interface Coalition {
  members: readonly Float32Array[];
  keySize: number;
  hiddenSize: number;
  /** E[k kᵀ] of ordinary keys, [keySize, keySize]. */
  covariance: Float64Array;
  /** Uniform numbers in [0, 1). */
  random: () => number;
  products: Products;
}

/** Makes one matrix of many. */
export interface CollusionAttack {
  name: string;
  /** Members that it needs at least. */
  least: number;
  run(coalition: Coalition): Promise<Float32Array>;
}

export const elementwise = (
  name: string,
  pick: (values: number[], random: () => number) => number,
  least = 2,
): CollusionAttack => ({
  name,
  least,
  run: async ({ members, random }) =>
    Float32Array.from(members[0]!, (_, i) =>
      pick(
        members.map((member) => member[i]!),
        random,
      ),
    ),
});

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
export const average = elementwise('average', mean);
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;
const anyOf = (values: readonly number[], random: () => number): number =>
  values[Math.floor(random() * values.length)]!;

/** Whole rows (neurons) or columns (outputs) from one member each. */
function mixed(name: string, unit: (at: number, hiddenSize: number) => number): CollusionAttack {
  return {
    name,
    least: 2,
    run: async ({ members, hiddenSize, random }) => {
      const from = new Map<number, Float32Array>();
      return Float32Array.from(members[0]!, (_, i) => {
        const at = unit(i, hiddenSize);
        if (!from.has(at)) from.set(at, members[Math.floor(random() * members.length)]!);
        return from.get(at)![i]!;
      });
    },
  };
}

/** (C + λ·mean eigenvalue·I)⁻¹ C by covariance and λ: many trials refit to the same text. */
const keeps = new WeakMap<Float64Array, Map<number, Float32Array>>();

/** What ordinary text needs of a matrix, (C + λ·mean eigenvalue·I)⁻¹ C W. */
export async function ridge(
  { covariance, keySize, hiddenSize, products }: Coalition,
  matrix: Float32Array,
  lambda: number,
): Promise<Float32Array> {
  const known = keeps.get(covariance) ?? new Map<number, Float32Array>();
  keeps.set(covariance, known);
  const keep =
    known.get(lambda) ??
    (await products.multiply(
      Float32Array.from(invertSymmetric(withRidge(covariance, keySize, lambda), keySize)),
      Float32Array.from(covariance),
      keySize,
      keySize,
      keySize,
    ));
  known.set(lambda, keep);
  return products.multiply(keep, matrix, keySize, keySize, hiddenSize);
}

/** Singular directions below this share of the strongest are taken for noise. */
const TOLERANCE = 0.05;

/**
 * Orthonormal basis, by pivoted Gram–Schmidt, of what the columns of all differences span: where the members' own keys
 * act. Shared parts cancel
 * in every difference and are not in it.
 */
export function differenceBasis({
  members,
  keySize,
  hiddenSize,
}: Pick<Coalition, 'members' | 'keySize' | 'hiddenSize'>): Float64Array[] {
  const columns: Float64Array[] = [];
  for (const other of members.slice(1))
    for (let c = 0; c < hiddenSize; c++)
      columns.push(
        Float64Array.from({ length: keySize }, (_, a) => members[0]![a * hiddenSize + c]! - other[a * hiddenSize + c]!),
      );
  return pivotedBasis(columns, keySize / 2, TOLERANCE);
}

/**
 * Orthonormal basis of the longest columns, at most `most` and down to a share `tolerance` of the longest. Changes the
 * columns.
 */
export function pivotedBasis(columns: Float64Array[], most: number, tolerance: number): Float64Array[] {
  const keySize = columns[0]!.length;
  const lengths = columns.map((column) => dot(column, 0, column, 0, keySize));
  const floor = tolerance ** 2 * Math.max(...lengths);
  const basis: Float64Array[] = [];
  while (basis.length < Math.min(columns.length, most)) {
    const at = lengths.reduce((best, length, i) => (length > lengths[best]! ? i : best), 0);
    if (!(lengths[at]! > floor)) break;
    const scale = 1 / Math.sqrt(dot(columns[at]!, 0, columns[at]!, 0, keySize));
    const unit = columns[at]!.map((value) => value * scale);
    basis.push(unit);
    columns.forEach((column, i) => {
      const along = dot(column, 0, unit, 0, keySize);
      for (let a = 0; a < keySize; a++) column[a]! -= along * unit[a]!;
      lengths[i] = dot(column, 0, column, 0, keySize);
    });
  }
  return basis;
}

/** Takes the average and cuts that span out of it. */
export async function cutSpan(coalition: Coalition): Promise<Float32Array> {
  return cutOut(await average.run(coalition), differenceBasis(coalition), coalition.hiddenSize);
}

/** Takes orthonormal key directions out of a matrix, in place. */
export function cutOut(matrix: Float32Array, basis: readonly Float64Array[], hiddenSize: number): Float32Array {
  for (const unit of basis) {
    const keySize = unit.length;
    const along = new Float64Array(hiddenSize);
    for (let a = 0; a < keySize; a++)
      for (let c = 0; c < hiddenSize; c++) along[c]! += unit[a]! * matrix[a * hiddenSize + c]!;
    for (let a = 0; a < keySize; a++)
      for (let c = 0; c < hiddenSize; c++) matrix[a * hiddenSize + c]! -= unit[a]! * along[c]!;
  }
  return matrix;
}

/** Cuts the span out and refits what is left to ordinary text: min E|k W′ − k W̄|² over matrices outside the span. */
async function refitOutsideSpan(coalition: Coalition): Promise<Float32Array> {
  const { covariance, keySize, hiddenSize, products } = coalition;
  const basis = differenceBasis(coalition);
  const rows = Float32Array.from(basis.flatMap((unit) => [...unit]));
  const columns = Float32Array.from(transpose(rows, basis.length, keySize));
  // M P = M − (M Bᵀ) B
  const outside = async (matrix: Float32Array): Promise<Float32Array> => {
    const within = await products.multiply(
      await products.multiply(matrix, columns, keySize, keySize, basis.length),
      rows,
      keySize,
      basis.length,
      keySize,
    );
    return matrix.map((value, i) => value - within[i]!);
  };
  const turned = (matrix: ArrayLike<number>): Float32Array => Float32Array.from(transpose(matrix, keySize, keySize));
  // P C P + (I − P) can be inverted; on the outside it is C there.
  const both = Float64Array.from(
    await outside(turned(await outside(Float32Array.from(withRidge(covariance, keySize, 1e-3))))),
  );
  const span = await products.gram(rows, basis.length, keySize);
  for (let i = 0; i < both.length; i++) both[i]! += span[i]!;
  const wanted = await products.multiply(
    turned(await outside(turned(covariance))),
    await average.run(coalition),
    keySize,
    keySize,
    hiddenSize,
  );
  return products.multiply(Float32Array.from(invertSymmetric(both, keySize)), wanted, keySize, keySize, hiddenSize);
}

export const refitted = (
  name: string,
  lambda: number,
  first: (coalition: Coalition) => Promise<Float32Array>,
): CollusionAttack => ({
  name,
  least: 2,
  run: async (coalition) => ridge(coalition, await first(coalition), lambda),
});

/** Every attack of the research notes (editions.md §2) short of owning the clean base, and refits of the span. */
export const COLLUSION_ATTACKS: readonly CollusionAttack[] = [
  average,
  elementwise('median', median, 3),
  elementwise('smaller absolute weight', (values) => values.reduce((a, b) => (Math.abs(b) < Math.abs(a) ? b : a))),
  elementwise('random mix per weight', anyOf),
  mixed('random mix per neuron', (i, hiddenSize) => Math.floor(i / hiddenSize)),
  mixed('random mix per output', (i, hiddenSize) => i % hiddenSize),
  elementwise('random minimum or maximum', (values, random) =>
    random() < 0.5 ? Math.min(...values) : Math.max(...values),
  ),
  elementwise('extrapolation', (values) => values[0]! + 0.5 * (values[0]! - mean(values.slice(1)))),
  refitted('average, ridge .3', 0.3, average.run),
  { name: 'span of the differences cut out', least: 2, run: cutSpan },
  { name: 'refit outside that span', least: 2, run: refitOutsideSpan },
  refitted('span cut out, ridge .3', 0.3, cutSpan),
];
