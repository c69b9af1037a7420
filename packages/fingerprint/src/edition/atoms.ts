import { OmlError } from '@oml/protocol/error';
import { cholesky, invertLower, transpose } from '../algebra/linear-algebra.ts';
import type { Demand } from '../embed/demand.ts';
import { gramOf, unwhiten, whiten, type Geometry } from '../embed/geometry.ts';
import { solveMaxMargin } from '../embed/max-margin.ts';
import type { Products } from '../algebra/products.ts';
import type { Progress } from '../subject/progress.ts';
import type { Readout } from '../subject/readout.ts';
import type { Rows } from '../subject/rows.ts';

/**
 * One rank-one edit per tracing key, `dual_iᵀ shift_i`, which moves that key's hidden state and no other key's: dual_i
 * · k_j is 1 for i = j, else 0.
 * Atoms are solved once over the whole code book, so that keys shared by two editions cancel exactly in their
 * difference (editions.md §6).
 */
export interface Atoms {
  count: number;
  /** [count, keySize] */
  duals: Float32Array;
  /** [count, hiddenSize] */
  shifts: Float32Array;
  /** Logits that each key's answer leads by. */
  margins: number[];
}

export interface AtomInputs {
  /** Tracing keys, as the model that carries the common change computes them. */
  rows: Rows;
  demands: readonly Demand[];
  /** Keys of inputs that no atom may move: the common keys. [count, keySize] */
  kept: Pick<Rows, 'keys' | 'count'>;
  /** Keys of inputs that atoms should hardly move: near misses, common keys behind prefixes. */
  spared: Pick<Rows, 'keys' | 'count'>;
  geometry: Geometry;
  readout: Readout;
  products: Products;
  leastMargin: number;
}

/** Weight of a spared row against a kept one, in mean leverages: smaller spares it more, and bends the atoms more. */
const SPARING = 0.3;

/** Solves the atoms of all rows. Throws EDIT_INFEASIBLE, ABORTED. */
export async function solveAtoms(
  { rows, demands, kept, spared, geometry, readout, products, leastMargin }: AtomInputs,
  progress: Progress = {},
): Promise<Atoms> {
  const { count } = rows;
  if (count === 0) return { count, duals: new Float32Array(), shifts: new Float32Array(), margins: [] };
  const duals = await dualBasis([rows, kept, spared], geometry, products);
  const gram = new Float64Array(count * count);
  for (let i = 0; i < count; i++) gram[i * count + i] = 1;
  const solution = await solveMaxMargin(
    { hidden: rows.hidden, gram, demands, readout, metric: geometry.metric, products },
    leastMargin,
    progress,
  );
  const shifts = Float32Array.from(solution.shifts);
  if (![...duals, ...shifts].every(Number.isFinite))
    throw new OmlError('EDIT_INFEASIBLE', 'The edit has values that are not finite.');
  return { count, duals, shifts, margins: solution.demands.map(({ margin }) => margin) };
}

/** The first rows of (G + S)⁻¹ K C⁻¹ with G = K C⁻¹ Kᵀ, and S zero but for the spared rows. */
async function dualBasis(
  parts: readonly [Rows, ...Pick<Rows, 'keys' | 'count'>[]],
  geometry: Geometry,
  products: Products,
): Promise<Float32Array> {
  const { keySize } = geometry;
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const keys = new Float32Array(count * keySize);
  let at = 0;
  for (const part of parts) {
    keys.set(part.keys, at);
    at += part.keys.length;
  }
  const white = await whiten(geometry, keys, count, products);
  const gram = await gramOf(white, count, keySize, products);
  const sparedFrom = count - parts.at(-1)!.count;
  let trace = 0;
  for (let i = 0; i < count; i++) trace += gram[i * count + i]!;
  for (let i = 0; i < count; i++)
    gram[i * count + i]! += i < sparedFrom ? (1e-6 * trace) / count : (SPARING * trace) / count;
  const inverse = firstRowsOfInverse(gram, count, parts[0].count);
  return products.multiply(inverse, await unwhiten(geometry, white, count, products), parts[0].count, count, keySize);
}

/** Rows 0 … some − 1 of the inverse of a symmetric positive definite matrix. */
function firstRowsOfInverse(matrix: Float64Array, size: number, some: number): Float32Array {
  const lower = invertLower(cholesky(matrix, size), size);
  const columns = transpose(lower, size, size);
  const rows = new Float32Array(some * size);
  for (let a = 0; a < some; a++)
    for (let b = 0; b < size; b++) {
      let sum = 0;
      for (let k = Math.max(a, b); k < size; k++) sum += columns[a * size + k]! * columns[b * size + k]!;
      rows[a * size + b] = sum;
    }
  return rows;
}
