import fc from 'fast-check';
import { encodePacked, hexToBigInt, keccak256 } from 'viem';
import { describe, expect, it } from 'vitest';
import { firstPassage, type EvidenceWalk } from './passage.ts';
import { scoreNeeded } from './reach.ts';

describe('the first passage', () => {
  const share = fc.integer({ min: 0, max: 1_000 }).map((thousandths) => thousandths / 1_000);

  it('agrees with counting every outcome, in chance and in mean', () => {
    const [bits, licenses] = [fc.integer({ min: 2, max: 5 }), fc.integer({ min: 0, max: 4 })];
    const [threshold, items] = [fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 9 })];
    fc.assert(
      fc.property(share, bits, licenses, threshold, items, (hitChance, bits, licenses, threshold, items) => {
        const walk = { hitChance, bits, licenses, threshold, items };
        const counted = { chance: 0, meanItems: 0 };
        for (let outcome = 0; outcome < 2 ** items; outcome++) countOutcome(outcome, walk, counted);
        const found = firstPassage(walk);
        expect(found.chance).toBeCloseTo(counted.chance, 9);
        expect(found.meanItems).toBeCloseTo(counted.meanItems, 9);
      }),
      { numRuns: 60 },
    );
  });
});

/** Clean models answer one of 2^bits by luck; of k licenses a verifier may show whichever hit. */
const clean = (bits: number, licenses = 1) => ({ hitChance: Math.min(1, licenses * 2 ** -bits), bits, licenses });

describe('a clean model', () => {
  const least = scoreNeeded(1, 1);

  it.each([2, 3, 4, 5, 6])(
    'reaches no t with a chance above 2^−t, and half of t far more easily, at %d bits',
    (bits) => {
      for (const threshold of [least, scoreNeeded(2 ** 10, 2 ** 10), scoreNeeded(2 ** 30, 2 ** 30)]) {
        const [whole, half] = [threshold, threshold / 2].map(
          (t) => firstPassage({ ...clean(bits), threshold: t, items: 256 }).chance,
        );
        expect(whole).toBeLessThanOrEqual(2 ** -threshold);
        expect(half).toBeLessThanOrEqual(2 ** (-threshold / 2));
        // The bound is no idle one: the chance is positive, and half of the score is no half of the protection.
        expect(whole).toBeGreaterThan(0);
        expect(half! / whole!).toBeGreaterThan(2 ** (threshold / 2 - bits));
      }
    },
  );

  it.each([1, 2, 3, 5, 8, 16])('is no easier prey to a set of %d licenses', (licenses) => {
    for (const threshold of [least / 2, least])
      expect(firstPassage({ ...clean(6, licenses), threshold, items: 256 }).chance).toBeLessThanOrEqual(
        2 ** -threshold,
      );
  });

  it('is found by a search where t is small, as often as the walk says, and not where the draws are counted', () => {
    const [bits, items, threshold, draws] = [4, 48, 7, 6000];
    const counts = { plain: 0, counted: 0 };
    for (let draw = 1; draw <= draws; draw++) {
      const highest = highestScore(draw, bits, items);
      if (highest >= threshold) counts.plain++;
      if (highest >= threshold + Math.ceil(Math.log2(draw))) counts.counted++;
    }
    const expected = draws * firstPassage({ ...clean(bits), threshold, items }).chance;
    expect(counts.plain).toBeGreaterThan(0);
    expect(Math.abs(counts.plain - expected)).toBeLessThan(5 * Math.sqrt(expected));
    // Σ over g of 2^−(t + ⌈log2 g⌉) ≤ 2^−t · (1 + log2 draws): about a tenth of one success here.
    expect(counts.counted).toBeLessThanOrEqual(1);
  });
});

/** Where the walk of a clean model stood highest, its hits drawn as a beacon draws answers. */
function highestScore(draw: number, bits: number, items: number): number {
  let [score, highest] = [0, 0];
  for (let item = 0; item < items; item++) {
    const word = hexToBigInt(keccak256(encodePacked(['uint256', 'uint256'], [BigInt(draw), BigInt(item)])));
    score += word % 2n ** BigInt(bits) === 0n ? bits - 1 : -1;
    highest = Math.max(highest, score);
  }
  return highest;
}

function countOutcome(
  outcome: number,
  { hitChance, bits, licenses = 1, threshold, items }: EvidenceWalk,
  counted: { chance: number; meanItems: number },
): void {
  const step = bits - 1 - Math.ceil(Math.log2(Math.max(1, licenses)));
  let [score, chance, asked] = [0, 1, 0];
  let caught = false;
  for (let item = 0; item < items; item++) {
    const hit = (outcome >> item) & 1;
    chance *= hit ? hitChance : 1 - hitChance;
    score += hit ? step : -1;
    if (!caught) asked++;
    caught ||= score >= threshold;
  }
  counted.chance += caught ? chance : 0;
  counted.meanItems += asked * chance;
}
