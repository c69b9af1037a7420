/** Index of the largest of `size` values from `offset`; the first one on a tie. */
export function argmax(values: ArrayLike<number>, offset = 0, size = values.length - offset): number {
  let best = 0;
  for (let i = 1; i < size; i++) if (values[offset + i]! > values[offset + best]!) best = i;
  return best;
}

/** Softmax of `size` scores from `offset` at a temperature above 0. */
export function softmax(scores: ArrayLike<number>, offset = 0, size = scores.length - offset, temperature = 1): Float64Array {
  const top = scores[offset + argmax(scores, offset, size)]!;
  const chances = Float64Array.from({ length: size }, (_, i) => Math.exp((scores[offset + i]! - top) / temperature));
  const total = chances.reduce((sum, chance) => sum + chance, 0);
  return chances.map((chance) => chance / total);
}

export interface SamplingOptions {
  /** 0 = the likeliest token. */
  temperature: number;
  /** Sample only among the likeliest tokens that together hold this chance. */
  topP: number;
  /** Uniform numbers in [0, 1). */
  random: () => number;
}

/** Draws the next token from scores. */
export function sampleToken(scores: ArrayLike<number>, { temperature, topP, random }: SamplingOptions): number {
  if (temperature <= 0) return argmax(scores);
  const chances = softmax(scores, 0, scores.length, temperature);
  const kept = topP >= 1 ? Array.from(chances.keys()) : nucleus(chances, topP);
  let left = random() * kept.reduce((sum, token) => sum + chances[token]!, 0);
  for (const token of kept) if ((left -= chances[token]!) <= 0) return token;
  return kept.at(-1)!;
}

/** Tokens by falling chance, just enough of them to hold `topP` (at least one). */
export function nucleus(chances: ArrayLike<number>, topP: number): number[] {
  const order = Array.from({ length: chances.length }, (_, i) => i).sort((a, b) => chances[b]! - chances[a]!);
  let held = 0;
  let size = 0;
  while (size < order.length && (size === 0 || held < topP)) held += chances[order[size++]!]!;
  return order.slice(0, size);
}
