import { cholesky, dot, invertLower, invertSymmetric, transpose, withRidge } from './linear-algebra.ts';
import type { Preset } from './presets.ts';
import type { Products } from '../subject/products.ts';
import type { Readout } from '../subject/readout.ts';
import type { Statistics } from './statistics.ts';

export type GeometryOptions = Partial<Pick<Preset, 'ridge' | 'decoyWeight'>>;

/** Lengths and angles in which an edit's harm is measured: C in key space, A in hidden space. */
export interface Geometry {
  keySize: number;
  /** L⁻¹ of C = L Lᵀ, [keySize, keySize]. */
  whitener: Float64Array;
  /** D A⁻¹, [outcomes, hiddenSize]: the cheapest way to move along each direction. */
  cheapDirections: Float64Array;
}

const FISHER_RIDGE = 0.1;

/** Builds the geometry from statistics. Throws EDIT_INFEASIBLE where they are singular. */
export async function buildGeometry(statistics: Statistics, readout: Readout, products: Products, { ridge, decoyWeight }: Preset): Promise<Geometry> {
  const keySize = Math.sqrt(statistics.covariance.length);
  const covariance = statistics.covariance.map((value, i) => value + decoyWeight * (statistics.decoys?.[i] ?? 0));
  const whitener = invertLower(cholesky(withRidge(covariance, keySize, ridge), keySize), keySize);
  const size = readout.hiddenSize;
  const metric = invertSymmetric(withRidge(statistics.fisher, size, FISHER_RIDGE), size);
  const cheap = await products.multiply(Float32Array.from(readout.directions), Float32Array.from(metric), readout.outcomes, size, size);
  return { keySize, whitener, cheapDirections: Float64Array.from(cheap) };
}

/** {@link whiten} for many rows, in float32 by the engine: exact enough to rank them. */
export function whitenMany({ whitener, keySize }: Geometry, keys: Float32Array, count: number, products: Products): Promise<Float32Array> {
  return products.multiply(keys, Float32Array.from(transpose(whitener, keySize, keySize)), count, keySize, keySize);
}

/** L⁻¹ k for each row k of [count, keySize]. */
export function whiten({ whitener, keySize }: Geometry, keys: Float32Array, count: number): Float64Array {
  const white = new Float64Array(count * keySize);
  for (let row = 0; row < count; row++)
    for (let a = 0; a < keySize; a++) white[row * keySize + a] = dot(whitener, a * keySize, keys, row * keySize, a + 1);
  return white;
}

/** C⁻¹ k = L⁻ᵀ (L⁻¹ k) for each whitened row. */
export function unwhiten({ whitener, keySize }: Geometry, white: Float64Array, count: number): Float64Array {
  const solved = new Float64Array(count * keySize);
  for (let row = 0; row < count; row++)
    for (let a = 0; a < keySize; a++) {
      const factor = white[row * keySize + a]!;
      for (let b = 0; b <= a; b++) solved[row * keySize + b]! += factor * whitener[a * keySize + b]!;
    }
  return solved;
}
