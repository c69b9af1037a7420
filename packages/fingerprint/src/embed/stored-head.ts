import { readStored } from '@oml/onnx/file/patch';
import type { StoredModel } from '@oml/onnx/file/stored-model';
import type { Inspection, Norm } from '@oml/onnx/inspection';
import { softmax } from '@oml/onnx/sampling';
import type { Products } from '../algebra/products.ts';
import { normScale, type Readout } from '../subject/readout.ts';
import { transpose } from '../algebra/linear-algebra.ts';

/** The final norm and the head of a stored model, read once and held once. */
export interface StoredHead {
  outcomes: number;
  size: number;
  kind: Norm['kind'];
  /** [size, outcomes] */
  weights: Float32Array;
  bias?: Float32Array;
  /** Of the norm, [size]. */
  gain?: Float32Array;
  shift?: Float32Array;
  products: Products;
}

/** Outcomes whose directions are held at a time. */
const CHUNK = 4096;

export async function openHead(
  model: StoredModel,
  { head, norm, outcomes, site }: Inspection,
  products: Products,
): Promise<StoredHead> {
  const { hiddenSize: size } = site;
  const vector = async (key: 'gain' | 'shift' | 'bias', name: string | undefined) =>
    name === undefined ? {} : { [key]: await readStored(model, name) };
  const stored = await readStored(model, head!.initializer);
  const weights = head!.transposed ? Float32Array.from(transpose(stored, outcomes, size)) : stored;
  const vectors = Object.assign(
    {},
    await vector('gain', norm.gain),
    await vector('shift', norm.bias),
    await vector('bias', head!.bias),
  );
  return { outcomes, size, kind: norm.kind, weights, products, ...vectors };
}

/** Scores of hidden states before the final norm, [rows, outcomes]. */
export async function scoresOf(head: StoredHead, hidden: Float32Array, rows: number): Promise<Float32Array> {
  const { products, weights, size, outcomes, bias } = head;
  const scores = await products.multiply(normed(head, hidden, rows), weights, rows, size, outcomes);
  if (bias) for (let i = 0; i < scores.length; i++) scores[i]! += bias[i % outcomes]!;
  return scores;
}

function normed({ size, kind, gain, shift }: StoredHead, hidden: Float32Array, rows: number): Float32Array {
  const result = new Float32Array(rows * size);
  for (let at = 0; at < result.length; at += size) {
    const mean = kind === 'layer' ? hidden.subarray(at, at + size).reduce((sum, value) => sum + value, 0) / size : 0;
    const inverse = 1 / normScale(kind, hidden, at, size);
    for (let a = 0; a < size; a++)
      result[at + a] = (hidden[at + a]! - mean) * inverse * (gain?.[a] ?? 1) + (shift?.[a] ?? 0);
  }
  return result;
}

/** The readout of some outcomes alone, numbered as they are given. */
export function readoutOfSome(
  { size, kind, weights, outcomes, gain, shift, bias }: StoredHead,
  some: readonly number[],
): Readout {
  const directions = new Float64Array(some.length * size);
  const offsets = new Float64Array(some.length);
  some.forEach((outcome, i) => {
    let sum = 0;
    for (let a = 0; a < size; a++) {
      const weight = weights[a * outcomes + outcome]!;
      sum += directions[i * size + a] = weight * (gain?.[a] ?? 1);
      offsets[i]! += weight * (shift?.[a] ?? 0);
    }
    offsets[i]! += bias?.[outcome] ?? 0;
    // A layer norm subtracts the mean of the hidden state: the same as directions without their own.
    if (kind === 'layer') for (let a = 0; a < size; a++) directions[i * size + a]! -= sum / size;
  });
  return {
    outcomes: some.length,
    hiddenSize: size,
    directions,
    offsets,
    scale: (hidden, at) => normScale(kind, hidden, at, size),
  };
}

/**
 * Mean softmax Fisher information of hidden states, [size, size]: Σ_j w_j d_j d_jᵀ − E[m mᵀ], with w_j the mean chance
 * and m the mean direction,
 * both over the scale of their position; a few thousand directions at a time.
 */
export async function fisherOf(head: StoredHead, hidden: Float32Array, rows: number): Promise<Float64Array> {
  const { outcomes, size, products } = head;
  const { chances, weight } = await scaledChances(head, hidden, rows);
  const [sum, means] = [new Float64Array(size * size), new Float32Array(rows * size)];
  for (let from = 0; from < outcomes; from += CHUNK) {
    const some = Array.from({ length: Math.min(CHUNK, outcomes - from) }, (_, i) => from + i);
    const { directions } = readoutOfSome(head, some);
    const part = Float32Array.from(
      { length: rows * some.length },
      (_, i) => chances[Math.floor(i / some.length) * outcomes + from + (i % some.length)]!,
    );
    (await products.multiply(part, Float32Array.from(directions), rows, some.length, size)).forEach(
      (value, i) => (means[i]! += value),
    );
    const scaled = Float32Array.from(directions, (value, i) => value * Math.sqrt(weight[from + Math.floor(i / size)]!));
    (await products.gram(scaled, some.length, size)).forEach((value, i) => (sum[i]! += value));
  }
  (await products.gram(means, rows, size)).forEach((value, i) => (sum[i]! -= value / rows));
  return sum;
}

async function scaledChances(
  head: StoredHead,
  hidden: Float32Array,
  rows: number,
): Promise<{ chances: Float32Array; weight: Float64Array }> {
  const { outcomes, size, kind } = head;
  const chances = await scoresOf(head, hidden, rows);
  const weight = new Float64Array(outcomes);
  for (let row = 0; row < rows; row++) {
    const inverse = 1 / normScale(kind, hidden, row * size, size);
    softmax(chances, row * outcomes, outcomes).forEach((chance, j) => {
      weight[j]! += (chance * inverse ** 2) / rows;
      chances[row * outcomes + j] = chance * inverse;
    });
  }
  return { chances, weight };
}
