/** Index of the largest of `size` values from `offset`; the first one on a tie. */
export function argmax(values: ArrayLike<number>, offset = 0, size = values.length - offset): number {
  let best = 0;
  for (let i = 1; i < size; i++) if (values[offset + i]! > values[offset + best]!) best = i;
  return best;
}

/**
 * Softmax of `size` scores from `offset` at a temperature above 0. Plain loops: it runs over millions of scores;
 * whoever does so hands in an array
 * to fill, since as many new ones outrun the garbage collector.
 */
export function softmax(
  scores: ArrayLike<number>,
  offset = 0,
  size = scores.length - offset,
  temperature = 1,
  chances = new Float64Array(size),
): Float64Array {
  const top = scores[offset + argmax(scores, offset, size)]!;
  let total = 0;
  for (let i = 0; i < size; i++) total += chances[i] = Math.exp((scores[offset + i]! - top) / temperature);
  for (let i = 0; i < size; i++) chances[i]! /= total;
  return chances;
}

export interface SamplingOptions {
  /** 0 = the likeliest token. */
  temperature: number;
  /** Sample only among the likeliest tokens that together hold this chance. */
  topP: number;
  /** Uniform numbers in [0, 1). */
  random: () => number;
  /** As long as the scores: filled instead of a new array. */
  scratch?: Float64Array<ArrayBuffer>;
}

/** Draws the next token from scores. */
export function sampleToken(
  scores: ArrayLike<number>,
  { temperature, topP, random, scratch }: SamplingOptions,
): number {
  if (temperature <= 0) return argmax(scores);
  const chances = softmax(scores, 0, scores.length, temperature, scratch);
  if (topP >= 1) return drawIndex(chances, random());
  const kept = nucleus(chances, topP);
  return kept[
    drawIndex(
      Float64Array.from(kept, (token) => chances[token]!),
      random(),
    )
  ]!;
}

/** Index drawn in proportion to the weights by a uniform number in [0, 1). */
function drawIndex(weights: Float64Array, uniform: number): number {
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += weights[i]!;
  let left = uniform * total;
  for (let i = 0; i < weights.length; i++) if ((left -= weights[i]!) <= 0) return i;
  return argmax(weights);
}

/** Tokens by falling chance, just enough of them to hold `topP` (at least one). */
export function nucleus(chances: ArrayLike<number>, topP: number): number[] {
  let total = 0;
  for (let i = 0; i < chances.length; i++) total += chances[i]!;
  // All that are less likely than this hold less than may be left out, rounding aside: sorting them takes the time.
  const least = (total - topP - 1e-9) / chances.length;
  const order: number[] = [];
  for (let i = 0; i < chances.length; i++) if (!(chances[i]! < least)) order.push(i);
  order.sort((a, b) => chances[b]! - chances[a]!);
  let held = 0;
  let size = 0;
  while (size < order.length && (size === 0 || held < topP)) held += chances[order[size++]!]!;
  return order.slice(0, size);
}

/** What is added to scores before a token is drawn, in OpenAI's words. */
export interface Steering {
  /** By token id. */
  logitBias?: ReadonlyMap<number, number>;
  /** Taken off a token's score for every time that it was drawn before. */
  frequencyPenalty?: number;
  /** Taken off a token's score once it was drawn. */
  presencePenalty?: number;
  /** Ids that are never drawn: those that are no token. */
  never?: readonly number[];
}

/** The scores under a steering, `drawn` so far; the same array where there is nothing to add. */
export function steer(
  scores: Float32Array,
  { logitBias, frequencyPenalty = 0, presencePenalty = 0, never = [] }: Steering,
  drawn: readonly number[],
): Float32Array {
  const penalised = frequencyPenalty !== 0 || presencePenalty !== 0;
  if (!logitBias?.size && !penalised && never.length === 0) return scores;
  const steered = scores.slice();
  for (const [id, bias] of logitBias ?? []) if (id < steered.length) steered[id]! += bias;
  if (penalised) {
    for (const id of drawn) steered[id]! -= frequencyPenalty;
    for (const id of new Set(drawn)) steered[id]! -= presencePenalty;
  }
  for (const id of never) steered[id] = -Infinity;
  return steered;
}
