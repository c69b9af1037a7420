import { argmax } from '@oml/onnx/sampling';

/** How a host may draw from a clean model's chances: what its answers are compared with. */
export interface ReferenceLaw {
  name: string;
  /** In place: chances at temperature 1 to the chances of this way of drawing. */
  apply(chances: Float64Array): void;
}

const tempered = (temperature: number): ReferenceLaw => ({
  name: `temperature ${temperature}`,
  apply: (chances) => renormalise(chances, (chance) => chance ** (1 / temperature)),
});

/** Drops the likeliest token, always or where the model is sure of it: how memorised answers are suppressed. */
const withoutTop = (name: string, above: number): ReferenceLaw => ({
  name,
  apply: (chances) => {
    const top = argmax(chances);
    if (chances[top]! > above) chances[top] = 0;
    renormalise(chances, (chance) => chance);
  },
});

const topK = (k: number): ReferenceLaw => ({
  name: `top ${k}`,
  apply: (chances) => {
    const least = Float64Array.from(chances).sort().at(-k) ?? 0;
    renormalise(chances, (chance) => (chance >= least ? chance : 0));
  },
});

/** Fixed in advance: the p-value is multiplied by their number. */
export const REFERENCE_LAWS: readonly ReferenceLaw[] = [
  tempered(1),
  tempered(0.7),
  topK(40),
  withoutTop('never the likeliest token', 0),
  withoutTop('never a token above .9', 0.9),
];

function renormalise(chances: Float64Array, change: (chance: number) => number): void {
  let total = 0;
  for (let j = 0; j < chances.length; j++) total += chances[j] = change(chances[j]!);
  if (total > 0) for (let j = 0; j < chances.length; j++) chances[j]! /= total;
}
