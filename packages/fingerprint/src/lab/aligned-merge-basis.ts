import type { SecretRandom } from '../code-book/secret.ts';
import { nearestRotation, rotationOnto } from '../align/rotation.ts';
import { transpose } from '../algebra/linear-algebra.ts';
import type { Products } from '../algebra/products.ts';
import type { FoldedModel } from './aligned-merge-weights.ts';

/**
 * The rotation of one residual stream into another's that brings the embeddings of the same tokens together (orthogonal
 * Procrustes, Schönemann 1966).
 */
export function rotationBetween(from: FoldedModel, to: FoldedModel, products: Products): Promise<Float32Array> {
  return rotationOnto(from.embedding, to.embedding, from.size, products);
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
