import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { medianOfCounts, medianProbes, probesToMixed, probesToUnpaid } from './detection.ts';
import { passageChances } from './passage.ts';

describe('the median of probes', () => {
  it('of a host that leaves a share unpaid is where (1 − α)^k crosses a half', () => {
    for (const share of [0.01, 0.05, 0.1, 0.25, 0.5, 1]) {
      const exact = share === 1 ? 0.5 : Math.log(0.5) / Math.log(1 - share);
      expect(Math.abs(probesToUnpaid(share) - exact)).toBeLessThan(share === 1 ? 1e-9 : 0.1);
    }
    expect(probesToUnpaid(0.5)).toBeCloseTo(1, 9);
    expect(probesToUnpaid(0.01)).toBeCloseTo(68.97, 1);
    expect(probesToUnpaid(0)).toBe(Infinity);
  });

  it('counts the probes of batches that caught nothing', () => {
    // A batch of ten catches at its last item, one time in five: half are caught in the fourth.
    const chances = [...Array<number>(9).fill(0), 0.2];
    expect(medianProbes(chances)).toBeGreaterThan(39);
    expect(medianProbes(chances)).toBeLessThanOrEqual(40);
  });

  it('agrees with counts that are as frequent as their chances say', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 12 }), (weights) => {
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        fc.pre(total > 0);
        const counts = weights.flatMap((weight, i) => Array<number>(weight).fill(i + 1));
        const chances = weights.map((weight) => weight / total);
        expect(medianOfCounts(counts)).toBeCloseTo(medianProbes(chances), 6);
      }),
    );
  });

  it('of a host that mixes is that of a walk at its mean rise, and one that hardly rises takes many batches', () => {
    const walk = { survival: 1, bits: 6, threshold: 40, items: 256 };
    expect(probesToMixed({ ...walk, share: 1 })).toBeLessThanOrEqual(8);
    const slow = probesToMixed({ ...walk, share: 0.3 });
    const rise = 6 * (0.3 + 0.7 / 64) - 1;
    expect(slow).toBeGreaterThan(0.85 * (40 / rise));
    expect(slow).toBeLessThan(1.15 * (40 / rise));
    expect(probesToMixed({ ...walk, share: 0.3, items: 24 })).toBeGreaterThan(3 * slow);
  });
});

it('a passage stands at one item, and all of them are its chance', () => {
  const chances = passageChances({ hitChance: 1, bits: 4, threshold: 6, items: 5 });
  expect(chances).toEqual([0, 1, 0, 0, 0]);
});
