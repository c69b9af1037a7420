import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchScore, hitPoints, itemScore, runningScores, scoreNeeded } from './score.ts';

describe('the score', () => {
  it('rises by bits − 1 for a hit and falls by one for anything else', () => {
    expect(itemScore({ hit: true, points: hitPoints(4) })).toBe(3);
    expect(itemScore({ hit: false, points: hitPoints(4) })).toBe(-1);
  });

  it('rises by less, the more licenses a receipt may name', () => {
    expect([0, 1, 2, 3, 4, 5].map((licenses) => hitPoints(6, licenses))).toEqual([5, 5, 4, 3, 3, 2]);
  });

  it('of a walk ends where the court counts it', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean()), fc.integer({ min: 1, max: 6 }), fc.nat(9), (hits, bits, licenses) => {
        const points = hitPoints(bits, licenses);
        const walk = runningScores(hits.map((hit) => ({ hit, points })));
        const counted = batchScore({ hits: hits.filter(Boolean).length, items: hits.length, points });
        expect(walk.at(-1) ?? 0).toBe(counted + 0); // of no items: 0, never −0
      }),
    );
  });

  it('that is needed counts every code book and every batch that anyone committed', () => {
    expect(scoreNeeded(40, 1, 1)).toBe(40);
    expect(scoreNeeded(40, 2, 1)).toBe(41);
    expect(scoreNeeded(40, 1025n, 1024n)).toBe(61);
  });
});
