import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cholesky, invertLower, invertSymmetric, multiply, transpose, withRidge } from './linear-algebra.ts';

const entry = fc.double({ min: -2, max: 2, noNaN: true });
/** A symmetric positive definite matrix of size 1 to 9. */
const definite = fc.integer({ min: 1, max: 9 }).chain((size) =>
  fc.array(entry, { minLength: size * size, maxLength: size * size }).map((values) => {
    const gram = multiply(values, transpose(values, size, size), size, size, size);
    for (let i = 0; i < size; i++) gram[i * size + i]! += 0.5;
    return { size, matrix: gram };
  }),
);
const nearIdentity = (matrix: Float64Array, size: number): void =>
  matrix.forEach((value, i) => expect(value).toBeCloseTo(Number(i % (size + 1) === 0), 6));

test('Cholesky factors, their inverses and symmetric inverses undo each other', () => {
  fc.assert(
    fc.property(definite, ({ size, matrix }) => {
      const factor = cholesky(matrix, size);
      nearIdentity(multiply(invertLower(factor, size), factor, size, size, size), size);
      nearIdentity(multiply(invertSymmetric(matrix, size), matrix, size, size, size), size);
    }),
    { numRuns: 50 },
  );
});

test('a singular or non-finite matrix is refused, and a ridge mends the singular one', () => {
  const flat = Float64Array.of(1, 1, 1, 1);
  expect(() => cholesky(flat, 2)).toThrow(/singular/);
  expect(() => cholesky(Float64Array.of(NaN), 1)).toThrow(/singular/);
  expect(cholesky(withRidge(flat, 2, 0.1), 2).every(Number.isFinite)).toBe(true);
});
