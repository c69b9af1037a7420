import type { Hex } from 'viem';
import type { Prompt } from './prompt.ts';
import type { Ordinary } from './subject.ts';

/** What the model computes at `count` positions, row-major. */
export interface Rows {
  count: number;
  /** [count, keySize]: what the edited matrix multiplies. */
  keys: Float32Array;
  /** [count, hiddenSize]: what the edit shifts. */
  hidden: Float32Array;
  /** [count, outcomes]: scores before softmax. */
  scores: Float32Array;
}

/** A running model whose edit site can be seen. */
export interface View {
  /** Every position of ordinary data, up to about `limit` of them, in batches. */
  ordinary(data: Ordinary, limit: number): AsyncGenerator<Rows>;
  /** The position that answers, one row per prompt. */
  answering(prompts: readonly Prompt[]): Promise<Rows>;
  /** Heads of the greedy answers, as receipts carry them. */
  heads(prompts: readonly Prompt[]): Promise<Hex[]>;
  dispose(): Promise<void>;
}

export const ROWS_AT_ONCE = 2048;

/** The same rows, some at a time. */
export function* rowBatches(rows: Rows, size: number): Generator<Rows> {
  const slice = (values: Float32Array, from: number, to: number) =>
    values.subarray((from * values.length) / rows.count, (to * values.length) / rows.count);
  for (let at = 0; at < rows.count; at += size) {
    const end = Math.min(rows.count, at + size);
    yield {
      count: end - at,
      keys: slice(rows.keys, at, end),
      hidden: slice(rows.hidden, at, end),
      scores: slice(rows.scores, at, end),
    };
  }
}

/** The chosen rows, in the given order. */
export function pickRows(rows: Rows, picked: readonly number[]): Rows {
  const cut = (values: Float32Array) => {
    const size = values.length / rows.count;
    const some = new Float32Array(picked.length * size);
    picked.forEach((row, i) => some.set(values.subarray(row * size, (row + 1) * size), i * size));
    return some;
  };
  return { count: picked.length, keys: cut(rows.keys), hidden: cut(rows.hidden), scores: cut(rows.scores) };
}
