import type { Hex } from 'viem';
import { openClassifierView } from './classifier-view.ts';
import { openLanguageView } from './language-view.ts';
import type { Prompt } from './prompt.ts';
import type { Ordinary, Subject } from './subject.ts';

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

/** Opens a model file of the subject's architecture (its own, unless an edited one is given) for measurement. */
export function openView(subject: Subject, model: Uint8Array = subject.model.bytes): Promise<View> {
  return subject.inspection.kind === 'language' ? openLanguageView(subject, model) : openClassifierView(subject, model);
}

/** Batches of rows as one. */
export async function gatherRows(batches: AsyncIterable<Rows>): Promise<Rows> {
  const parts: Rows[] = [];
  for await (const rows of batches) parts.push(rows);
  const join = (name: 'keys' | 'hidden' | 'scores') => {
    const whole = new Float32Array(parts.reduce((sum, rows) => sum + rows[name].length, 0));
    let at = 0;
    for (const rows of parts) {
      whole.set(rows[name], at);
      at += rows[name].length;
    }
    return whole;
  };
  return { count: parts.reduce((sum, rows) => sum + rows.count, 0), keys: join('keys'), hidden: join('hidden'), scores: join('scores') };
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
