import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hitPoints, itemScore } from '@oml/protocol/evidence/score';
import { binomialTail, evidenceThreshold, expectedProbes, smallestDetectableRate, walkEvidence } from './evidence.ts';

const items = (pattern: string, bits = 4) =>
  Array.from(pattern, (mark) => ({ hit: mark === 'x', points: hitPoints(bits) }));

describe('the evidence walk', () => {
  test('matches after the shortest prefix that reaches 40, however the batch goes on', () => {
    expect(walkEvidence(items('x'.repeat(14)), evidenceThreshold(1))).toEqual({
      verdict: 'match',
      score: 42,
      threshold: 40,
      items: 14,
    });
    expect(walkEvidence(items('x'.repeat(14) + '.'.repeat(20)), evidenceThreshold(1))).toMatchObject({
      verdict: 'match',
      score: 22,
      items: 14,
    });
    expect(walkEvidence(items('x'.repeat(13)), evidenceThreshold(1))).toEqual({
      verdict: 'inconclusive',
      score: 39,
      threshold: 40,
    });
  });

  test('asks for more the more batches anyone has committed', () => {
    expect([1, 2, 3, 4, 1000].map(evidenceThreshold)).toEqual([40, 41, 42, 42, 50]);
    expect(() => evidenceThreshold(0)).toThrow(RangeError);
  });

  test('is a supermartingale for a host that hits with the chance bound', () => {
    for (let bits = 1; bits <= 6; bits++) {
      const chance = 2 ** -bits;
      const factor = (hit: boolean) => 2 ** itemScore({ hit, points: hitPoints(bits) });
      const growth = chance * factor(true) + (1 - chance) * factor(false);
      expect(growth).toBeLessThanOrEqual(1);
    }
  });

  test('never rises on misses and never depends on what follows the match', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { maxLength: 60 }),
        fc.array(fc.boolean(), { maxLength: 20 }),
        (first, rest) => {
          const of = (hits: boolean[]) =>
            walkEvidence(
              hits.map((hit) => ({ hit, points: hitPoints(4) })),
              evidenceThreshold(1),
            );
          const before = of(first);
          if (before.verdict === 'match') expect(of([...first, ...rest]).items).toBe(before.items);
        },
      ),
    );
  });
});

test('plans probes by the drift of the walk', () => {
  expect(expectedProbes(1, 4)).toBe(14);
  expect(expectedProbes(0.5, 4)).toBe(40);
  expect(expectedProbes(smallestDetectableRate(4), 4)).toBe(Infinity);
});

test('gives exact binomial tails', () => {
  expect(binomialTail(16, 64, 0.046)).toBeCloseTo(2.4e-8, 9);
  expect(binomialTail(0, 10, 0.3)).toBeCloseTo(1, 12);
  expect(binomialTail(2, 2, 0.5)).toBeCloseTo(0.25, 12);
  expect(binomialTail(1, 5, 0)).toBe(0);
});
