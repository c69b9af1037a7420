import { nodeEngine } from '@oml/onnx/runner-node';
import { seededRandom } from '@oml/onnx/seeded-random';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openProducts, type Products } from './products.ts';
import { invertSymmetric, multiply, transpose, withRidge } from './linear-algebra.ts';
import { sampledCovariance } from './sampled-covariance.ts';

let products: Products;
beforeAll(async () => void (products = await openProducts(nodeEngine({ threads: 1 }))));
afterAll(() => products.dispose());

it('gives what inverting the whole covariance gives, with more samples than dimensions and with fewer', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 24 }),
      fc.integer({ min: 0, max: 1e6 }),
      async (count, size, seed) => {
        const random = seededRandom(seed);
        const draw = (rows: number) => Float32Array.from({ length: rows * size }, () => random() * 2 - 1);
        const [samples, keys] = [draw(count), draw(3)];
        const covariance = multiply(transpose(samples, count, size), samples, size, count, size).map(
          (value) => value / count,
        );
        const expected = multiply(keys, invertSymmetric(withRidge(covariance, size, 0.3), size), 3, size, size);
        const found = await (await sampledCovariance(samples, count, size, 0.3, products)).solve(keys, 3);
        const length = Math.hypot(...expected);
        expect(Math.hypot(...found.map((value, i) => value - expected[i]!)) / length).toBeLessThan(1e-3);
      },
    ),
    { numRuns: 40 },
  );
});
