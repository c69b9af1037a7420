import { nodeEngine } from '@oml/onnx/runner-node';
import { seededRandom } from '@oml/onnx/seeded-random';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openProducts, type Products } from './products.ts';
import { invertFactor } from './invert-factor.ts';
import { cholesky, invertLower, multiply, transpose, withRidge } from './linear-algebra.ts';

let products: Products;
beforeAll(async () => {
  products = await openProducts(nodeEngine());
});
afterAll(() => products.dispose());

/** A Gram matrix whose directions differ in strength a thousandfold, with the ridge of the presets. */
function covariance(size: number): Float64Array {
  const random = seededRandom(size);
  const rows = Float64Array.from(
    { length: 2 * size * size },
    (_, i) => (random() - 0.5) * 1000 ** -((i % size) / size),
  );
  return withRidge(multiply(transpose(rows, 2 * size, size), rows, size, 2 * size, size), size, 0.02);
}

it.each([1, 7, 192, 193, 401, 512])('is the inverse of the Cholesky factor, of size %i', async (size) => {
  const matrix = covariance(size);
  const [plain, halved] = [
    invertLower(cholesky(matrix, size), size),
    await invertFactor(Float32Array.from(matrix), size, products),
  ];
  const largest = plain.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expect(halved.reduce((most, value, i) => Math.max(most, Math.abs(value - plain[i]!)), 0) / largest).toBeLessThan(
    1e-3,
  );
});

it('refuses a matrix that is not positive definite in either half', async () => {
  for (const bad of [3, 300]) {
    const matrix = Float32Array.from(covariance(400));
    matrix[bad * 401] = -1;
    await expect(invertFactor(matrix, 400, products)).rejects.toMatchObject({ code: 'EDIT_INFEASIBLE' });
  }
});
