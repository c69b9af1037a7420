import type { SecretRandom } from '../code-book/secret.ts';
import { dot, transpose } from '../algebra/linear-algebra.ts';
import type { Products } from '../algebra/products.ts';
import type { FoldedModel } from './aligned-merge-weights.ts';

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

const lengthOf = (values: Float32Array): number => Math.sqrt(dot(values, 0, values, 0, values.length));

/**
 * The rotation of one residual stream into another's that brings the embeddings of the same tokens together (orthogonal
 * Procrustes, Schönemann 1966).
 */
export async function rotationBetween(from: FoldedModel, to: FoldedModel, products: Products): Promise<Float32Array> {
  const rows = Math.min(from.embedding.length, to.embedding.length) / from.size;
  const columns = Float32Array.from(transpose(from.embedding, rows, from.size));
  return nearestRotation(
    await products.multiply(columns, to.embedding.subarray(0, rows * to.size), from.size, rows, to.size),
    from.size,
    products,
  );
}

/** The same function in the basis x R. */
export async function rotated(model: FoldedModel, rotation: Float32Array, products: Products): Promise<FoldedModel> {
  const { size, embedding } = model;
  const back = Float32Array.from(transpose(rotation, size, size));
  const turned = [];
  for (const product of model.products) {
    const { inSize, outSize } = product.linear;
    const first = product.reads ? await products.multiply(back, product.matrix, size, size, outSize) : product.matrix;
    turned.push({
      ...product,
      matrix: product.writes ? await products.multiply(first, rotation, inSize, size, size) : first,
    });
  }
  return {
    ...model,
    embedding: await products.multiply(embedding, rotation, embedding.length / size, size, size),
    products: turned,
  };
}

/** A rotation drawn evenly from all of them: the polar factor of normal numbers. */
export function randomRotation(size: number, random: SecretRandom, products: Products): Promise<Float32Array> {
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
  return nearestRotation(Float32Array.from({ length: size * size }, normal), size, products);
}
