import type { Products } from '../algebra/products.ts';

/** A matrix whose rows mean the same thing in two models, row-major. */
export interface AnchoredMatrix {
  rows: number;
  columns: number;
  data: Float32Array;
}

/**
 * Similarity of two representations of the same rows: 1 for equal ones up to rotation, scale and order of columns,
 * about 0 for unrelated ones.
 * Centred kernel alignment with linear kernels and the unbiased HSIC estimator (Song et al. 2012, eq. 5; Nguyen et al.
 * 2021); more than 3 rows.
 */
export async function unbiasedCka(a: AnchoredMatrix, b: AnchoredMatrix, products: Products): Promise<number> {
  const [k, l] = [await kernel(a, products), await kernel(b, products)];
  const own = hsic(k, k, a.rows) * hsic(l, l, a.rows);
  return own > 0 ? hsic(k, l, a.rows) / Math.sqrt(own) : 0;
}

/** X Xᵀ without its diagonal. */
async function kernel({ rows, columns, data }: AnchoredMatrix, products: Products): Promise<Float64Array> {
  const turned = new Float32Array(data.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) turned[column * rows + row] = data[row * columns + column]!;
  const gram = Float64Array.from(await products.gram(turned, columns, rows));
  for (let i = 0; i < rows; i++) gram[i * rows + i] = 0;
  return gram;
}

function hsic(k: Float64Array, l: Float64Array, n: number): number {
  const [kSums, lSums] = [rowSums(k, n), rowSums(l, n)];
  let [trace, mixed, kTotal, lTotal] = [0, 0, 0, 0];
  for (let i = 0; i < k.length; i++) trace += k[i]! * l[i]!;
  for (let i = 0; i < n; i++) {
    mixed += kSums[i]! * lSums[i]!;
    kTotal += kSums[i]!;
    lTotal += lSums[i]!;
  }
  return (trace + (kTotal * lTotal) / ((n - 1) * (n - 2)) - (2 * mixed) / (n - 2)) / (n * (n - 3));
}

function rowSums(matrix: Float64Array, n: number): Float64Array {
  const sums = new Float64Array(n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) sums[i]! += matrix[i * n + j]!;
  return sums;
}
