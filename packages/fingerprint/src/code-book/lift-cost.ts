import { argmax, softmax } from '@oml/onnx/sampling';
import { SAMPLING_TEMPERATURE } from '../embed/demand.ts';
import type { Geometry } from '../embed/geometry.ts';
import { dot, transpose } from '../algebra/linear-algebra.ts';
import type { Products } from '../algebra/products.ts';
import type { Readout } from '../subject/readout.ts';
import type { Rows } from '../subject/rows.ts';

/** How far an answer is to be lifted. */
export interface Wishes {
  /** Logits on top of what averaging with the clean model takes away. */
  slack: number;
  /** Weight of the marked model at which an average with the clean one must still answer. */
  mergeWeight: number;
  /** Chance of the answer when sampled; undefined where nobody samples. */
  chance?: number;
}

/** What it takes to make one outcome the answer at one position. */
export interface Lift {
  /** Logits by which the outcome must rise against the others, taken together. */
  push: number;
  /** Least harm, δᵀAδ, of the shift that does so, before it is divided by the key's leverage. */
  cost: number;
  /** Chance of the outcome before. */
  chance: number;
}

const ROWS_PER_PRODUCT = 256;

/**
 * Estimates lifts from one tangent of the condition that the embedding solves exactly: against the mean of the other
 * outcomes, as sampling weighs
 * them. `visit` gets one position at a time, with chances that are its own until it returns, and asks for the outcomes
 * that it cares for.
 */
export async function estimateLifts(
  rows: Rows,
  positions: readonly number[],
  geometry: Geometry,
  readout: Readout,
  products: Products,
  wishes: Wishes,
  visit: (position: number, chances: Float64Array, lift: (outcome: number) => Lift) => void,
): Promise<void> {
  const { outcomes, hiddenSize: size } = readout;
  const { aims } = geometry;
  const turned = Float32Array.from(transpose(aims, outcomes, size));
  const lengths = Float64Array.from({ length: outcomes }, (_, outcome) =>
    dot(aims, outcome * size, aims, outcome * size, size),
  );
  const [chances, soft] = [new Float64Array(outcomes), new Float64Array(outcomes)];
  for (let start = 0; start < positions.length; start += ROWS_PER_PRODUCT) {
    const some = positions.slice(start, start + ROWS_PER_PRODUCT);
    const softened = new Float32Array(some.length * outcomes);
    some.forEach((position, i) =>
      softened.set(softmax(rows.scores, position * outcomes, outcomes, SAMPLING_TEMPERATURE, soft), i * outcomes),
    );
    const means = await products.multiply(softened, aims, some.length, outcomes, size);
    const along = await products.multiply(means, turned, some.length, size, outcomes);
    some.forEach((position, i) => {
      const scale = readout.scale(rows.hidden, position * size);
      const score = (outcome: number) => rows.scores[position * outcomes + outcome]!;
      const top = argmax(rows.scores, position * outcomes, outcomes);
      const level = score(top) - SAMPLING_TEMPERATURE * Math.log(softened[i * outcomes + top]!);
      softmax(rows.scores, position * outcomes, outcomes, 1, chances);
      const length = dot(means, i * size, means, i * size, size);
      visit(position, chances, (outcome) => {
        const push = pushOf(score(top) - score(outcome), level - score(outcome), wishes);
        // |aim − mean|²
        const distance = Math.max(1e-12, lengths[outcome]! - 2 * along[i * outcomes + outcome]! + length);
        return { push, cost: (push * scale) ** 2 / distance, chance: chances[outcome]! };
      });
    });
  }
}

/** By linearity of the edit, a lead of gap·(1−a)/a before averaging leaves a lead after it. */
function pushOf(gap: number, belowAll: number, { slack, mergeWeight, chance }: Wishes): number {
  const merged = gap / mergeWeight + slack;
  return chance === undefined
    ? merged
    : Math.max(merged, belowAll + SAMPLING_TEMPERATURE * Math.log(chance / (1 - chance)));
}
