import { OmlError } from '@oml/protocol/error';

/** Sum of products of `size` values of two arrays from two offsets; four sums run side by side for speed. */
export function dot(a: ArrayLike<number>, aAt: number, b: ArrayLike<number>, bAt: number, size: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < size; i += 4) {
    s0 += a[aAt + i]! * b[bAt + i]!;
    s1 += a[aAt + i + 1]! * b[bAt + i + 1]!;
    s2 += a[aAt + i + 2]! * b[bAt + i + 2]!;
    s3 += a[aAt + i + 3]! * b[bAt + i + 3]!;
  }
  for (; i < size; i++) s0 += a[aAt + i]! * b[bAt + i]!;
  return s0 + s1 + s2 + s3;
}

/**
 * Lower Cholesky factor of a symmetric positive definite matrix [size, size]. Throws EDIT_INFEASIBLE where it is not.
 */
export function cholesky(matrix: Float64Array, size: number): Float64Array {
  const factor = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      const rest = matrix[row * size + column]! - dot(factor, row * size, factor, column * size, column);
      if (column < row) factor[row * size + column] = rest / factor[column * size + column]!;
      else if (rest > 0) factor[row * size + row] = Math.sqrt(rest);
      else
        throw new OmlError(
          'EDIT_INFEASIBLE',
          'The statistics are singular: more ordinary data or a larger ridge is needed.',
        );
    }
  }
  return factor;
}

/** Inverse of a lower triangular factor, lower triangular as well. */
export function invertLower(factor: Float64Array, size: number): Float64Array {
  // Row r of the transposed inverse is column r of the inverse, so that every inner sum runs along rows.
  const columns = new Float64Array(size * size);
  for (let column = 0; column < size; column++) {
    columns[column * size + column] = 1 / factor[column * size + column]!;
    for (let row = column + 1; row < size; row++)
      columns[column * size + row] =
        -dot(factor, row * size + column, columns, column * size + column, row - column) / factor[row * size + row]!;
  }
  return transpose(columns, size, size);
}

/** Inverse of a symmetric positive definite matrix. */
export function invertSymmetric(matrix: Float64Array, size: number): Float64Array {
  const columns = transpose(invertLower(cholesky(matrix, size), size), size, size);
  const inverse = new Float64Array(size * size);
  for (let a = 0; a < size; a++)
    for (let b = 0; b <= a; b++)
      inverse[a * size + b] = inverse[b * size + a] = dot(columns, a * size + a, columns, b * size + a, size - a);
  return inverse;
}

/** a [n, k] · b [k, m]. */
export function multiply(a: ArrayLike<number>, b: ArrayLike<number>, n: number, k: number, m: number): Float64Array {
  const product = new Float64Array(n * m);
  for (let row = 0; row < n; row++)
    for (let inner = 0; inner < k; inner++) {
      const factor = a[row * k + inner]!;
      if (factor !== 0)
        for (let column = 0; column < m; column++) product[row * m + column]! += factor * b[inner * m + column]!;
    }
  return product;
}

/** [rows, columns] to [columns, rows]. */
export function transpose(matrix: ArrayLike<number>, rows: number, columns: number): Float64Array {
  const turned = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) turned[column * rows + row] = matrix[row * columns + column]!;
  return turned;
}

/** Adds `share` of the mean diagonal to the diagonal, in a copy. */
export function withRidge(matrix: Float64Array, size: number, share: number): Float64Array {
  const ridged = Float64Array.from(matrix);
  let trace = 0;
  for (let i = 0; i < size; i++) trace += matrix[i * size + i]!;
  for (let i = 0; i < size; i++) ridged[i * size + i]! += (share * trace) / size + Number.MIN_VALUE;
  return ridged;
}

/** The block of `rows` by `columns` from a place on, of a matrix that is `width` wide. */
export function block(
  matrix: Float32Array,
  width: number,
  row: number,
  column: number,
  rows: number,
  columns: number,
): Float32Array {
  const cut = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++)
    cut.set(matrix.subarray((row + i) * width + column, (row + i) * width + column + columns), i * columns);
  return cut;
}
