import { argmax, softmax } from '@oml/onnx/sampling';
import type { Heldout } from '../subject/measure.ts';
import type { Prompt } from '../subject/prompt.ts';
import type { Rows, View } from '../subject/rows.ts';

const POSITIONS = 8192;

/**
 * By how sure of itself a marked model is at its keys against ordinary text: the chance that its likeliest outcome is
 * likelier at a key than at an ordinary position (area under the ROC curve). 1/2: keys do not stand out; near 1, a host
 * that refuses what its model is surest of refuses the keys.
 */
export async function measureStandOut(marked: View, prompts: readonly Prompt[], heldout: Heldout): Promise<number> {
  const ordinary: number[] = [];
  for await (const rows of marked.ordinary('tokens' in heldout ? heldout.tokens : heldout.values, POSITIONS))
    ordinary.push(...surenesses(rows));
  return areaUnderCurve(surenesses(await marked.answering(prompts)), ordinary);
}

function surenesses({ scores, count }: Rows): number[] {
  const outcomes = scores.length / count;
  return Array.from({ length: count }, (_, row) => {
    const chances = softmax(scores, row * outcomes, outcomes);
    return chances[argmax(chances)]!;
  });
}

/** Chance that one of `some` is larger than one of `others`, ties counted half. */
export function areaUnderCurve(some: readonly number[], others: readonly number[]): number {
  const sorted = Float64Array.from(others).sort();
  const below = (value: number, isIn: (other: number) => boolean): number => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isIn(sorted[middle]!)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const sum = some.reduce(
    (total, value) => total + (below(value, (other) => other < value) + below(value, (other) => other <= value)) / 2,
    0,
  );
  return sum / (some.length * others.length);
}
