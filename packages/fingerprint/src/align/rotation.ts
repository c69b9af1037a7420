import { dot, transpose } from '../algebra/linear-algebra.ts';
import type { Products } from '../algebra/products.ts';

const ITERATIONS = 80;
const CONVERGED = 1e-5;

/**
 * The orthogonal matrix next to a square one: its polar factor, by Newton and Schulz's iteration X ← (3X − X XᵀX)/2.
 */
export async function nearestRotation(matrix: Float32Array, size: number, products: Products): Promise<Float32Array> {
  const length = lengthOf(matrix);
  let x = matrix.map((value) => value / length);
  for (let i = 0; i < ITERATIONS; i++) {
    const square = await products.gram(x, size, size);
    const off = lengthOf(square.map((value, at) => value - Number(at % (size + 1) === 0)));
    if (off < CONVERGED * size) break;
    const cubed = await products.multiply(x, square, size, size, size);
    x = x.map((value, at) => 1.5 * value - 0.5 * cubed[at]!);
  }
  return x;
}

/**
 * The rotation R that brings rows next to other rows, `from` R ≈ `to`, both [rows, size] (orthogonal Procrustes,
 * Schönemann 1966).
 */
export async function rotationOnto(
  from: Float32Array,
  to: Float32Array,
  size: number,
  products: Products,
): Promise<Float32Array> {
  const rows = Math.min(from.length, to.length) / size;
  const columns = Float32Array.from(transpose(from.subarray(0, rows * size), rows, size));
  const crossed = await products.multiply(columns, to.subarray(0, rows * size), size, rows, size);
  return nearestRotation(crossed, size, products);
}

const lengthOf = (values: Float32Array): number => Math.sqrt(dot(values, 0, values, 0, values.length));
