import { invertFactor } from '../algebra/invert-factor.ts';
import { cholesky, invertSymmetric, transpose, withRidge } from '../algebra/linear-algebra.ts';
import type { Products } from '../algebra/products.ts';
import type { Readout } from '../subject/readout.ts';
import { mixMoments, type Statistics } from './statistics.ts';

export interface GeometryOptions {
  /**
   * Share of the mean eigenvalue added to the key covariance: more makes removal by refitting costlier, and the edit a
   * little harsher.
   */
  ridge: number;
  /** How much the model's own text counts against ordinary data. */
  ownWeight: number;
}

/** Lengths and angles in which an edit's harm is measured: C in key space, A in hidden space. */
export interface Geometry {
  keySize: number;
  hiddenSize: number;
  /** L⁻¹ of C = L Lᵀ, [keySize, keySize]. */
  whitener: Float32Array;
  /** Its transpose. */
  unwhitener: Float32Array;
  /** A⁻¹, [hiddenSize, hiddenSize]: the cheapest shift for a unit of push. */
  metric: Float64Array;
  /**
   * D R with A⁻¹ = R Rᵀ, [outcomes, hiddenSize]: distances between these are what moving one outcome past another
   * takes.
   */
  aims: Float32Array;
}

const FISHER_RIDGE = 0.1;

/** Builds the geometry from statistics. Throws EDIT_INFEASIBLE where they are singular. */
export async function buildGeometry(
  statistics: Statistics,
  readout: Readout,
  products: Products,
  { ridge, ownWeight }: GeometryOptions,
): Promise<Geometry> {
  const { covariance, fisher } = mixMoments(statistics, ownWeight);
  const keySize = Math.sqrt(covariance.length);
  const size = readout.hiddenSize;
  const whitener = await invertFactor(Float32Array.from(withRidge(covariance, keySize, ridge)), keySize, products);
  const metric = invertSymmetric(withRidge(fisher, size, FISHER_RIDGE), size);
  const aims = await products.multiply(
    Float32Array.from(readout.directions),
    Float32Array.from(cholesky(metric, size)),
    readout.outcomes,
    size,
    size,
  );
  return {
    keySize,
    hiddenSize: size,
    whitener,
    unwhitener: Float32Array.from(transpose(whitener, keySize, keySize)),
    metric,
    aims,
  };
}

/** L⁻¹ k for each row k of [count, keySize]: inner products of these are k C⁻¹ k′. */
export function whiten(
  { unwhitener, keySize }: Geometry,
  keys: Float32Array,
  count: number,
  products: Products,
): Promise<Float32Array> {
  return products.multiply(keys, unwhitener, count, keySize, keySize);
}

/** C⁻¹ k = L⁻ᵀ (L⁻¹ k) for each whitened row. */
export function unwhiten(
  { whitener, keySize }: Geometry,
  white: Float32Array,
  count: number,
  products: Products,
): Promise<Float32Array> {
  return products.multiply(white, whitener, count, keySize, keySize);
}

/** All inner products of whitened rows, [count, count]. */
export async function gramOf(
  white: Float32Array,
  count: number,
  keySize: number,
  products: Products,
): Promise<Float64Array> {
  return Float64Array.from(
    await products.multiply(white, Float32Array.from(transpose(white, count, keySize)), count, keySize, count),
  );
}
