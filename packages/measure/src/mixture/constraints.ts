import type { TokenizerForm } from '@oml/onnx/tokens/form';
import { MergeCounts, type WordCounts } from './merge-counts.ts';

/** Of each category so many of its most frequent other pairs are held against a merge. */
const RIVALS = 8;

/** One inequality of the paper's program: of all categories together, this pair is no more frequent than the merge. */
export interface Constraint {
  /** Which merge, from 0 on. */
  merge: number;
  pair: number;
  /**
   * Per category: frequency of the merge less that of the pair, in so many per million units of the category's size.
   */
  margin: Float64Array;
}

/** The merges of a tokenizer with the ids of what they join; those that join unknown letters are left out. */
export function mergesOf({ model }: TokenizerForm): [left: number, right: number, merged: number][] {
  return model.merges.flatMap((merge) => {
    const [left = '', right = ''] = typeof merge === 'string' ? merge.split(' ') : merge;
    const ids = [model.vocab[left], model.vocab[right], model.vocab[left + right]];
    return ids.every((id) => id !== undefined) ? [ids as [number, number, number]] : [];
  });
}

/**
 * What the first `limit` merges say of the mixture (Data Mixture Inference, Hayase et al., arXiv 2407.16607, §3:
 * Σ α_i c_i(merge) ≥ Σ α_i c_i(pair) for every other pair of every step, counted after the merges before it). `sizes`
 * are the bytes of each category.
 */
export function constraintsOf(
  form: TokenizerForm,
  words: WordCounts,
  sizes: readonly number[],
  { limit, signal }: { limit: number; signal?: AbortSignal | undefined },
): Constraint[] {
  const { vocab } = form.model;
  const counts = new MergeCounts(words, sizes.length, (letter) =>
    Object.hasOwn(vocab, letter) ? vocab[letter] : undefined,
  );
  const scale = sizes.map((size) => 1e6 / size);
  const constraints: Constraint[] = [];
  for (const [at, [left, right, merged]] of mergesOf(form).slice(0, limit).entries()) {
    signal?.throwIfAborted();
    const own = counts.countsOf(left, right) ?? new Float64Array(sizes.length);
    for (const [pair, other] of rivals(counts.pairs, own))
      constraints.push({ merge: at, pair, margin: own.map((count, c) => (count - other[c]!) * scale[c]!) });
    counts.merge(left, right, merged);
  }
  return constraints;
}

/** The pairs that stand before the merged one in some category: per category the most frequent ones. */
function rivals(pairs: ReadonlyMap<number, Float64Array>, own: Float64Array): Map<number, Float64Array> {
  const found = new Map<number, Float64Array>();
  for (let c = 0; c < own.length; c++) {
    const top: [number, Float64Array][] = [];
    let least = own[c]!;
    for (const entry of pairs) {
      if (!(entry[1][c]! > least)) continue;
      const place = top.findIndex(([, other]) => entry[1][c]! > other[c]!);
      top.splice(place < 0 ? top.length : place, 0, entry);
      if (top.length > RIVALS) top.pop();
      if (top.length === RIVALS) least = top.at(-1)![1][c]!;
    }
    for (const [pair, counts] of top) found.set(pair, counts.slice());
  }
  return found;
}
