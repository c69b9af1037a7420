import type { OnnxModel } from '@oml/onnx/model-file';
import { OmlError } from '@oml/protocol/error';
import type { Products } from '../algebra/products.ts';
import { anchoredWeights, type AnchoredWeights } from './anchored-weights.ts';
import { unbiasedCka } from './unbiased-cka.ts';

export interface WeightMatch {
  /** Similarity of each pair of matrices, in graph order; 1 = the same up to rotation and order. */
  layers: readonly number[];
  /** Median over the layers. */
  similarity: number;
  /** Highest median that a model of the control panel reached; −1 without a panel. */
  control: number;
  /** `match`: far above every control. There is no "innocent": a model can be trained anew from another's answers. */
  verdict: 'match' | 'inconclusive';
}

/**
 * Offspring of a model keep nearly all of it; models trained apart on the same small text can still reach .8, so
 * controls decide.
 */
const MATCH = 0.9;
/** A match is so many times nearer to 1 than the nearest control. */
const NEARER = 5;
const NO_CONTROL = -1;

/**
 * Compares a released file with the owner's clean model, weight by weight, training nothing. For files only: an
 * endpoint shows no weights.
 * Without controls of the same kind there is no match. Throws MODEL_UNSUPPORTED where the two have no comparable
 * matrices.
 */
export async function matchWeights(
  own: OnnxModel,
  suspect: OnnxModel,
  controls: readonly OnnxModel[],
  products: Products,
): Promise<WeightMatch> {
  const reference = await anchoredWeights(own, products);
  const layers = await similarities(reference, suspect, products);
  if (layers.length === 0)
    throw new OmlError(
      'MODEL_UNSUPPORTED',
      'The two files have no matrices in common that could be compared: their vocabularies or inputs differ.',
    );
  let control = NO_CONTROL;
  for (const model of controls) {
    const others = await similarities(reference, model, products);
    if (others.length > 0) control = Math.max(control, median(others));
  }
  const similarity = median(layers);
  const isMatch = control > NO_CONTROL && similarity >= MATCH && NEARER * (1 - similarity) <= 1 - control;
  return { layers, similarity, control, verdict: isMatch ? 'match' : 'inconclusive' };
}

async function similarities(reference: AnchoredWeights, other: OnnxModel, products: Products): Promise<number[]> {
  const { anchors, matrices } = await anchoredWeights(other, products);
  if (anchors !== reference.anchors) return [];
  const found: number[] = [];
  for (const [i, matrix] of reference.matrices.entries())
    if (matrices[i]?.rows === matrix.rows && matrix.rows > 3)
      found.push(await unbiasedCka(matrix, matrices[i], products));
  return found;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
