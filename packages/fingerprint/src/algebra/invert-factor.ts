import type { Products } from './products.ts';
import { block, cholesky, invertLower, transpose } from './linear-algebra.ts';

/** Up to here plain code in float64 is as fast as the engine. */
const PLAIN = 192;

/**
 * L⁻¹ of a symmetric positive definite matrix L Lᵀ [size, size] by halves: L₂₁ = A₂₁ L₁₁⁻ᵀ, A₂₂ − L₂₁ L₂₁ᵀ = L₂₂ L₂₂ᵀ,
 * and −L₂₂⁻¹ L₂₁ L₁₁⁻¹ below the diagonal. All large
 * products go to the engine, in float32: for matrices with a ridge. Throws EDIT_INFEASIBLE where it is not positive
 * definite.
 */
export async function invertFactor(matrix: Float32Array, size: number, products: Products): Promise<Float32Array> {
  if (size <= PLAIN) return Float32Array.from(invertLower(cholesky(Float64Array.from(matrix), size), size));
  const top = size >> 1;
  const low = size - top;
  const turned = (values: Float32Array, rows: number, columns: number) =>
    Float32Array.from(transpose(values, rows, columns));
  const first = await invertFactor(block(matrix, size, 0, 0, top, top), top, products);
  const side = await products.multiply(block(matrix, size, top, 0, low, top), turned(first, top, top), low, top, top);
  const taken = await products.multiply(side, turned(side, low, top), low, top, low);
  const second = await invertFactor(
    block(matrix, size, top, top, low, low).map((value, i) => value - taken[i]!),
    low,
    products,
  );
  const below = await products.multiply(await products.multiply(second, side, low, low, top), first, low, top, top);
  const inverse = new Float32Array(size * size);
  for (let row = 0; row < top; row++) inverse.set(first.subarray(row * top, (row + 1) * top), row * size);
  for (let row = 0; row < low; row++) {
    inverse.set(
      below.subarray(row * top, (row + 1) * top).map((value) => -value),
      (top + row) * size,
    );
    inverse.set(second.subarray(row * low, (row + 1) * low), (top + row) * size + top);
  }
  return inverse;
}
