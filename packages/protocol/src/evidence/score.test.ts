import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchScore, itemScore, runningScores } from './score.ts';

describe('the score', () => {
  it('rises by bits − 1 for a hit and falls by one for anything else', () => {
    expect(itemScore({ hit: true, bits: 4 })).toBe(3);
    expect(itemScore({ hit: false, bits: 4 })).toBe(-1);
  });

  it('of a walk ends where the court counts it', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean()), fc.integer({ min: 1, max: 6 }), (hits, bits) => {
        const walk = runningScores(hits.map((hit) => ({ hit, bits })));
        const counted = batchScore({ hits: hits.filter(Boolean).length, items: hits.length, bits });
        expect(walk.at(-1) ?? 0).toBe(counted);
      }),
    );
  });
});
