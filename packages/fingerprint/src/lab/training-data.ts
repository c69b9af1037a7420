import type { Tensor } from '@oml/onnx/runner';
import { seededRandom } from '@oml/onnx/seeded-random';
import { OmlError } from '@oml/protocol/error';
import { itemShape } from '../subject/classifier-view.ts';
import type { Heldout } from '../subject/measure.ts';
import type { Subject } from '../subject/subject.ts';

/**
 * Feeds of one training step: the model's own input, int64 `labels` and float32 `weights` over the positions of its
 * scores.
 */
export interface Batch {
  feeds: Record<string, Tensor>;
  /** Sum of the weights. */
  positions: number;
}

/** An endless, reproducible stream of batches. */
export type Batches = (step: number) => Batch;

const BLOCK = 1024;

/**
 * Cuts data that the owner never used in two interleaved halves, so that both hold every kind of text: one to train on,
 * one to judge by.
 */
export function splitHeldout(heldout: Heldout): { training: Heldout; judging: Heldout } {
  if ('tokens' in heldout) {
    const half = (parity: number) => heldout.tokens.filter((_, i) => Math.floor(i / BLOCK) % 2 === parity);
    return { training: { tokens: half(0) }, judging: { tokens: half(1) } };
  }
  const { values, labels } = heldout;
  const size = values.length / labels.length;
  const half = (parity: number) => ({
    values: values.filter((_, i) => Math.floor(i / size) % 2 === parity),
    labels: labels.filter((_, i) => i % 2 === parity),
  });
  return { training: half(0), judging: half(1) };
}

/**
 * Batches of `size` windows of `length` tokens, or of `size` items (as many as the file's batch where that is fixed).
 * Throws REQUEST_INVALID.
 */
export function trainingBatches(subject: Subject, data: Heldout, { size = 8, length = 128, seed = 1 } = {}): Batches {
  return 'tokens' in data
    ? windowBatches(subject, data.tokens, size, length, seed)
    : itemBatches(subject, data.values, data.labels, size, seed);
}

function windowBatches(subject: Subject, tokens: Int32Array, size: number, length: number, seed: number): Batches {
  const start = subject.tokenizer!.encode('');
  const own = Math.min(length, subject.inspection.contextLength ?? length) - start.length;
  if (tokens.length <= own + 1)
    throw new OmlError(
      'REQUEST_INVALID',
      `${tokens.length} tokens are too few to train on; more than ${own + 1} are needed.`,
    );
  return (step) => {
    const random = seededRandom(seed * 1_000_003 + step);
    const windows = Array.from({ length: size }, () => {
      const at = Math.floor(random() * (tokens.length - own - 1));
      return { ids: [...start, ...tokens.subarray(at, at + own)], next: tokens[at + own]! };
    });
    return tokenBatch(
      subject,
      windows.map(({ ids }) => ids),
      windows.map(({ ids, next }) => [...ids.slice(1), next]),
      () => 1,
    );
  };
}

/** A batch of token sequences of one length with the wanted label of each position. */
export function tokenBatch(
  subject: Subject,
  sequences: readonly (readonly number[])[],
  labels: readonly (readonly number[])[],
  weightOf: (row: number, position: number) => number,
): Batch {
  const dims = [sequences.length, sequences[0]!.length];
  const weights = Float32Array.from({ length: dims[0]! * dims[1]! }, (_, i) =>
    weightOf(Math.floor(i / dims[1]!), i % dims[1]!),
  );
  const ints = (rows: readonly (readonly number[])[]): Tensor => ({
    dtype: 'int64',
    dims,
    data: BigInt64Array.from(rows.flat(), BigInt),
  });
  const positions = weights.reduce((sum, weight) => sum + weight, 0);
  return {
    feeds: {
      [subject.inspection.input.name]: ints(sequences),
      labels: ints(labels),
      weights: { dtype: 'float32', dims, data: weights },
    },
    positions,
  };
}

function itemBatches(subject: Subject, values: Float32Array, labels: Uint8Array, size: number, seed: number): Batches {
  const shape = itemShape(subject);
  const width = shape.reduce((product, dim) => product * dim, 1);
  const count = subject.inspection.input.dims[0] ?? size;
  return (step) => {
    const random = seededRandom(seed * 1_000_003 + step);
    const picked = Array.from({ length: count }, () => Math.floor(random() * labels.length));
    const data = new Float32Array(count * width);
    picked.forEach((item, i) => data.set(values.subarray(item * width, (item + 1) * width), i * width));
    return itemBatch(
      subject,
      data,
      picked.map((item) => labels[item]!),
    );
  };
}

/** A batch of items one after another with their labels. */
export function itemBatch(subject: Subject, data: Float32Array, labels: readonly number[]): Batch {
  const count = labels.length;
  const feeds: Batch['feeds'] = {
    [subject.inspection.input.name]: { dtype: 'float32', dims: [count, ...itemShape(subject)], data },
    labels: { dtype: 'int64', dims: [count], data: BigInt64Array.from(labels, BigInt) },
    weights: { dtype: 'float32', dims: [count], data: new Float32Array(count).fill(1) },
  };
  return { feeds, positions: count };
}
