import { dot, invertSymmetric, withRidge } from '../algebra/linear-algebra.ts';
import type { Products } from '../algebra/products.ts';
import type { Rows } from '../subject/rows.ts';
import type { Prepared } from './edition.ts';
import { residualOf } from './residual.ts';
import { siteMatrix } from './site-matrix.ts';

export interface PresenceInputs {
  prepared: Prepared;
  /** The tracing keys as the clean model computes them. [count, keySize] */
  rows: Pick<Rows, 'keys' | 'count'>;
  products: Products;
  /** E[k kᵀ] of ordinary text: tells what a refit does, so that it can be told from the atoms. */
  covariance?: Float64Array;
}

/**
 * Refits that may have been done to a copy, in shares of the covariance's mean eigenvalue; what lies between is well
 * fitted by a sum of these.
 */
const REFITS = [0.1, 0.3, 1];

/**
 * How much of each atom is in a copy of the weights: 1 in an edition that holds it, 0 in one that does not, 1/K in an
 * average of K of which one holds it. What the copy's matrix adds
 * at a key, k (W′ − W), is held against the shift that its atom makes there, once the share that ridge refits of the
 * clean matrix explain, k (C + λI)⁻¹ W, is taken out by
 * least squares. The function returned takes the copy's matrix, [keySize, hiddenSize], its neurons in their places
 * (`siteMatrix`, `alignSuspect`), and throws EDITION_INVALID where it is not finite.
 */
export async function openPresence({
  prepared,
  rows,
  products,
  covariance,
}: PresenceInputs): Promise<(copy: Float32Array) => Promise<number[]>> {
  const { site, atoms, base } = prepared;
  const { keySize, hiddenSize } = site;
  const added = (matrix: Float32Array): Promise<Float32Array> =>
    products.multiply(rows.keys, matrix, rows.count, keySize, hiddenSize);
  const explained: Float32Array[] = [];
  for (const share of covariance ? REFITS : []) {
    const inverse = Float32Array.from(invertSymmetric(withRidge(covariance!, keySize, share), keySize));
    explained.push(await added(await products.multiply(inverse, siteMatrix(site, base), keySize, keySize, hiddenSize)));
  }
  const basis = orthonormal(explained);
  return async (copy) => {
    const moved = takeOut(Float64Array.from(await added(residualOf(prepared, copy))), basis);
    return Array.from({ length: atoms.count }, (_, i) => {
      const at = i * hiddenSize;
      return (
        dot(moved, at, atoms.shifts, at, hiddenSize) /
        Math.max(Number.MIN_VALUE, dot(atoms.shifts, at, atoms.shifts, at, hiddenSize))
      );
    });
  };
}

/** Gram–Schmidt; vectors that say nothing of their own are left out. */
function orthonormal(vectors: readonly Float32Array[]): Float64Array[] {
  const basis: Float64Array[] = [];
  for (const vector of vectors) {
    const rest = takeOut(Float64Array.from(vector), basis);
    const length = Math.sqrt(dot(rest, 0, rest, 0, rest.length));
    if (length > 1e-6 * Math.sqrt(dot(vector, 0, vector, 0, vector.length)))
      basis.push(rest.map((value) => value / length));
  }
  return basis;
}

/** In place. */
function takeOut(values: Float64Array, basis: readonly Float64Array[]): Float64Array {
  for (const unit of basis) {
    const along = dot(values, 0, unit, 0, unit.length);
    for (let i = 0; i < values.length; i++) values[i]! -= along * unit[i]!;
  }
  return values;
}
