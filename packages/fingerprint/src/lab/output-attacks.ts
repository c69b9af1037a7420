import { argmax, softmax } from '@oml/onnx/sampling';
import type { Rows } from '../subject/rows.ts';
import { openView } from '../subject/view.ts';
import { type Attack, type AttackFamily, type Specimen, type SurvivalPoint, stopIfAborted } from './specimen.ts';

/** What a host that owns the sampler may do: per key, the chance that the selected answer is what comes out first. */
interface SamplerChange {
  strength: number;
  label: string;
  /** In place: chances at temperature 1 to what is sampled from. */
  apply(chances: Float64Array): void;
}

function samplerAttack(
  family: AttackFamily,
  name: string,
  changes: readonly SamplerChange[],
  answers: (specimen: Specimen) => readonly number[] | undefined,
): Attack {
  return {
    family,
    name,
    fits: (specimen) => answers(specimen) !== undefined,
    async *points(specimen, signal) {
      const view = await openView(specimen.clean, specimen.marked.bytes);
      try {
        const rows = await view.answering(specimen.prompts);
        for (const change of changes) {
          stopIfAborted(signal);
          yield point(family, name, change, rows, answers(specimen)!);
        }
      } finally {
        await view.dispose();
      }
    },
  };
}

function point(
  family: AttackFamily,
  attack: string,
  { strength, label, apply }: SamplerChange,
  rows: Rows,
  answers: readonly number[],
): SurvivalPoint {
  const size = rows.scores.length / rows.count;
  const survival = answers.reduce((sum, outcome, row) => {
    const chances = softmax(rows.scores, row * size, size);
    apply(chances);
    return sum + chances[outcome]! / chances.reduce((a, b) => a + b, 0);
  }, 0);
  return { family, attack, strength, label, survival: survival / Math.max(1, answers.length) };
}

const temperature = (value: number): SamplerChange => ({
  strength: value,
  label: `T = ${value}`,
  apply: (chances) => chances.forEach((chance, j) => (chances[j] = chance ** (1 / value))),
});

const dropTop = (strength: number, label: string, above: number): SamplerChange => ({
  strength,
  label,
  apply: (chances) => {
    const top = argmax(chances);
    if (chances[top]! >= above) chances[top] = 0;
  },
});

const DROPS = [
  dropTop(1, 'drops the likeliest where p > .9', 0.9),
  dropTop(2, 'drops the likeliest where p > .5', 0.5),
  dropTop(3, 'always drops the likeliest', 0),
];

const keepTop = (k: number): SamplerChange => ({
  strength: 1 / k,
  label: `top ${k}`,
  apply: (chances) => {
    const least = Float64Array.from(chances).sort().at(-k) ?? 0;
    chances.forEach((chance, j) => (chances[j] = chance < least ? 0 : chance));
  },
});

export const outputAttacks: readonly Attack[] = [
  samplerAttack('sampling', 'temperature', [0.3, 0.7, 1, 1.3].map(temperature), ({ outcomes }) => outcomes),
  samplerAttack('sampling', 'top-k at temperature 1', [40, 10, 3].map(keepTop), ({ outcomes }) => outcomes),
  samplerAttack('suppression', 'top-1 suppression, first answer', DROPS, ({ outcomes }) => outcomes),
  samplerAttack('suppression', 'top-1 suppression, second answer', DROPS, ({ seconds }) => seconds),
];
