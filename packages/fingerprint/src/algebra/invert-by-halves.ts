import { block, invertSymmetric, transpose } from './linear-algebra.ts';
import type { Products } from './products.ts';

/** Up to here plain code in float64 is as fast as the engine. */
const PLAIN = 192;

/**
 * Inverse of a symmetric positive definite matrix [size, size] by halves (Schur complement): all large products go to
 * the engine. float32, for
 * matrices with a ridge. Throws EDIT_INFEASIBLE where it is not positive definite.
 */
export async function invertByHalves(matrix: Float32Array, size: number, products: Products): Promise<Float32Array> {
  if (size <= PLAIN) return Float32Array.from(invertSymmetric(Float64Array.from(matrix), size));
  const top = size >> 1;
  const low = size - top;
  const [a, b, d] = [
    block(matrix, size, 0, 0, top, top),
    block(matrix, size, 0, top, top, low),
    block(matrix, size, top, top, low, low),
  ];
  const inverseA = await invertByHalves(a, top, products);
  const ab = await products.multiply(inverseA, b, top, top, low);
  const bab = await products.multiply(Float32Array.from(transpose(b, top, low)), ab, low, top, low);
  const corner = await invertByHalves(
    d.map((value, i) => value - bab[i]!),
    low,
    products,
  );
  const side = await products.multiply(ab, corner, top, low, low);
  const rest = await products.multiply(side, Float32Array.from(transpose(ab, top, low)), top, low, top);
  const inverse = new Float32Array(size * size);
  for (let i = 0; i < top; i++)
    for (let j = 0; j < top; j++) inverse[i * size + j] = inverseA[i * top + j]! + rest[i * top + j]!;
  for (let i = 0; i < top; i++)
    for (let j = 0; j < low; j++) inverse[i * size + top + j] = inverse[(top + j) * size + i] = -side[i * low + j]!;
  for (let i = 0; i < low; i++)
    for (let j = 0; j < low; j++) inverse[(top + i) * size + top + j] = corner[i * low + j]!;
  return inverse;
}
