import { readForm } from '@oml/onnx/tokens/form';
import { pieceCutter } from '@oml/onnx/tokens/encoder';
import { trainBpe } from '../test-support/train-bpe.ts';
import { MergeCounts } from '../src/mixture/merge-counts.ts';

/** What the plain trainer of the tests makes, sooner: it keeps its counts up instead of counting anew. */
export function trainByCounts(texts: readonly { text: string; weight: number }[], merges: number): object {
  const json = trainBpe([], 0) as { model: { vocab: Record<string, number>; merges: [string, string][] } };
  const { vocab } = json.model;
  const cut = pieceCutter(readForm(json));
  const words = new Map<string, Float64Array>();
  for (const { text, weight } of texts)
    for (const word of cut(text)) words.set(word, Float64Array.of((words.get(word)?.[0] ?? 0) + weight));
  const counts = new MergeCounts(words, 1, (letter) => vocab[letter]);
  // By id: an object lists its digits before all other letters.
  const letters: string[] = [];
  for (const [letter, id] of Object.entries(vocab)) letters[id] = letter;
  for (let i = 0; i < merges; i++) {
    const [left, right] = mostFrequent(counts.pairs);
    const merged = letters[left]! + letters[right]!;
    const id = (vocab[merged] ??= letters.push(merged) - 1);
    json.model.merges.push([letters[left]!, letters[right]!]);
    counts.merge(left, right, id);
  }
  return json;
}

const SYMBOLS = 2 ** 21;

function mostFrequent(pairs: ReadonlyMap<number, Float64Array>): [left: number, right: number] {
  let [best, most] = [-1, 0];
  for (const [pair, [count]] of pairs) if (count! > most) [best, most] = [pair, count!];
  return [Math.floor(best / SYMBOLS), best % SYMBOLS];
}
