import { nodeEngine } from '@oml/onnx/runner-node';
import { seededRandom } from '@oml/onnx/seeded-random';
import { describe, expect, it } from 'vitest';
import { subjects } from '../../test-support/bench-subjects.ts';
import { drawCandidates, outcomeHeads } from '../code-book/candidates.ts';
import { drawKeys } from '../code-book/keys.ts';
import { binomialChances } from '../evidence/evidence.ts';
import { openSubject } from '../subject/subject.ts';
import { openView } from '../subject/view.ts';
import { proofBound } from './proof-bound.ts';

/** Anchors G7–G10 of the research notes (oml.md §G), after arXiv 2502.07760. */
describe('published figures', () => {
  it('G7: keys that the proof asks for', () => {
    expect([1, 2, 3, 4].map((coalition) => proofBound({ licensees: 2048, coalition, error: 1e-3 }))).toEqual([
      122, 1949, 39_465, 997_820,
    ]);
  });

  it.each(['majority', 'minority', 'refusal', 'optimal'] as const)(
    'G8: three of 2,048 who answer by %s are found with 2,048 keys',
    (strategy) => {
      expect(shareNamed(2048, strategy)).toBeGreaterThanOrEqual(0.99);
    },
  );

  it('G9: fewer keys find the optimal coalition less often', () => {
    expect(shareNamed(1024, 'optimal')).toBeGreaterThan(0.95);
    expect(Math.abs(shareNamed(512, 'optimal') - 0.55)).toBeLessThan(0.12);
    for (const strategy of ['majority', 'minority', 'refusal'] as const)
      expect(shareNamed(1024, strategy)).toBeGreaterThanOrEqual(0.98);
  });

  it('G10: answers just outside the nucleus have a mean chance of 1.4 %', () => {
    const keys = GEMMA_CHANCES.reduce((a, b) => a + b);
    expect(keys).toBe(8192);
    expect(GEMMA_CHANCES.reduce((sum, count, chance) => sum + count * chance, 0) / keys / 1000).toBeCloseTo(0.0138, 4);
    expect(GEMMA_CHANCES.length - 1).toBeLessThanOrEqual(200);
  });

  it('G10: so have the answers that this package draws, on a model of this repository', async () => {
    const chances = await drawnChances();
    const mean = chances.reduce((a, b) => a + b) / chances.length;
    expect(mean).toBeGreaterThan(0.014 / 2);
    expect(mean).toBeLessThan(0.014 * 2);
    expect(Math.max(...chances)).toBeLessThanOrEqual(0.2);
  });
});

const [LICENSEES, COLLUDERS, HOLD, TRIALS] = [2048, 3, 0.243, 600];

/** Definition 5.1: each firing key counts for all who hold it, the highest count is accused; success is a colluder. */
function shareNamed(keys: number, strategy: 'majority' | 'minority' | 'refusal' | 'optimal'): number {
  const random = seededRandom(keys);
  let named = 0;
  for (let trial = 0; trial < TRIALS; trial++) {
    const holders = Array.from({ length: keys }, () =>
      Array.from({ length: COLLUDERS }, (_, member) => member).filter(() => random() < HOLD),
    );
    const fired =
      strategy === 'optimal'
        ? paddedEvenly(holders)
        : holders.filter(
            ({ length }) =>
              length === COLLUDERS ||
              (strategy === 'majority' && length === 2) ||
              (strategy === 'minority' && length === 1),
          );
    const best = Math.max(
      ...Array.from({ length: COLLUDERS }, (_, member) => fired.filter((key) => key.includes(member)).length),
    );
    const margin = best - highestInnocent(fired.length, random);
    // Equals are told apart by a coin.
    named += Number(margin > 0 || (margin === 0 && random() < 0.5));
  }
  return named / TRIALS;
}

/** All unanimous keys, and K − 2 times as many that one member holds alone, from each member as many. */
function paddedEvenly(holders: readonly (readonly number[])[]): (readonly number[])[] {
  const unanimous = holders.filter(({ length }) => length === COLLUDERS);
  const each = Math.round((unanimous.length * (COLLUDERS - 2)) / COLLUDERS);
  const padding = Array.from({ length: COLLUDERS }, (_, member) =>
    holders.filter((key) => key.length === 1 && key[0] === member).slice(0, each),
  );
  return [...unanimous, ...padding.flat()];
}

/** The highest of all innocents' counts, each Binomial(fired, HOLD), drawn at once by its distribution. */
function highestInnocent(fired: number, random: () => number): number {
  const chances = binomialChances(fired, HOLD);
  const at = random() ** (1 / (LICENSEES - COLLUDERS));
  let [count, below] = [0, chances[0]!];
  while (below < at && count < fired) below += chances[++count]!;
  return count;
}

/** Chance, on the clean model, of each of the four answers behind the nucleus of natural keys. */
async function drawnChances(): Promise<number[]> {
  const bench = subjects['fable']!()!;
  const subject = openSubject(bench.files, nodeEngine());
  const keys = await drawKeys(subject, new TextEncoder().encode('a secret of anchors'), 'anchor', 128, bench.ordinary);
  const view = await openView(subject);
  const { scores } = await view.answering(keys);
  await view.dispose();
  const heads = outcomeHeads(subject);
  const { outcomes } = subject.inspection;
  return keys.flatMap((_, row) => {
    const chances = softmax(scores.subarray(row * outcomes, (row + 1) * outcomes));
    const drawn = drawCandidates(chances, () => ({ push: 0, cost: 0, chance: 0 }), {
      heads,
      usualHeads: heads,
      bits: 2,
      window: 4,
    });
    return drawn?.candidates.map(({ outcome }) => chances[outcome]!) ?? [];
  });
}

function softmax(scores: Float32Array): Float64Array {
  const top = Math.max(...scores);
  const weights = Float64Array.from(scores, (score) => Math.exp(score - top));
  const total = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / total);
}

/**
 * How many of the 8,192 published answers for Gemma 2B (t = .8, k = 3) the model gives with chance 0, .001, .002, …
 * (rounded): counted in
 * `output_fingerprints-perinucleus-google-gemma-2b.json` of scalable-fingerprinting-of-llms, MIT licence.
 */
const GEMMA_CHANCES = [
  792, 754, 556, 473, 450, 372, 375, 357, 354, 265, 270, 229, 198, 203, 167, 174, 122, 122, 122, 105, 117, 86, 78, 86,
  58, 76, 90, 57, 67, 46, 51, 48, 28, 36, 45, 21, 24, 31, 27, 27, 23, 20, 17, 26, 22, 14, 18, 11, 16, 19, 24, 16, 18,
  13, 7, 17, 10, 14, 13, 9, 5, 15, 10, 18, 8, 11, 10, 9, 6, 7, 4, 8, 11, 7, 6, 8, 8, 5, 3, 4, 4, 3, 3, 5, 2, 2, 6, 4, 2,
  3, 1, 4, 2, 9, 2, 5, 3, 4, 2, 1, 3, 2, 4, 1, 1, 1, 0, 0, 1, 1, 2, 1, 3, 3, 3, 1, 2, 1, 1, 2, 0, 1, 1, 0, 0, 2, 0, 1,
  1, 3, 1, 2, 1, 3, 1, 3, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 2, 2, 0, 0, 1, 1, 2, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 1, 1, 1, 1,
  0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 1, 1,
];
