import { cholesky, invertLower, transpose, withRidge } from '../algebra/linear-algebra.ts';

/** Share of the mean eigenvalue added: directions that hardly move any token are not worth a push. */
const RIDGE = 0.1;

/**
 * Hidden space measured by what a shift does to ordinary answers (softmax Fisher information A = L Lᵀ): in these
 * coordinates the tokens of
 * a clean model scatter like a unit ball around their expectation, and a shift of length δ costs about δ²/2 nats per
 * token.
 */
export interface TokenSpace {
  size: number;
  /** L⁻¹, [size, size] */
  whitener: Float64Array;
}

/** `fisher` of {@link Statistics}, [size, size]. Throws EDIT_INFEASIBLE where it is singular. */
export function tokenSpace(fisher: Float64Array): TokenSpace {
  const size = Math.sqrt(fisher.length);
  return { size, whitener: invertLower(cholesky(withRidge(fisher, size, RIDGE), size), size) };
}

/** L⁻¹ x */
export function whitened({ size, whitener }: TokenSpace, vector: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: size }, (_, row) => {
    let sum = 0;
    for (let a = 0; a <= row; a++) sum += whitener[row * size + a]! * vector[a]!;
    return sum;
  });
}

/** L⁻ᵀ v: the hidden shift that moves whitened tokens along v. */
export function pushAlong({ size, whitener }: TokenSpace, direction: ArrayLike<number>): Float64Array {
  const turned = transpose(whitener, size, size);
  return Float64Array.from({ length: size }, (_, row) => {
    let sum = 0;
    for (let a = row; a < size; a++) sum += turned[row * size + a]! * direction[a]!;
    return sum;
  });
}
