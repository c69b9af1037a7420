import { seededRandom } from '@oml/onnx/seeded-random';
import { describe, expect, it } from 'vitest';
import { HOLD_CHANCE } from './edition.ts';
import { gradesTail, traceBothWays, traceGraded } from './trace-graded.ts';
import { sampledGrades, traceSampled, type Sampled } from './trace-sampled.ts';
import type { Licensee } from './trace.ts';

const [KEYS, LICENSEES, ASKED] = [64, 256, 256];
const random = seededRandom(76);
const subsetOf = (keys: number): number[] => [...Array(keys).keys()].filter(() => random() < HOLD_CHANCE);
const licensees: Licensee[] = Array.from({ length: LICENSEES }, (_, i) => ({ id: String(i), subset: subsetOf(KEYS) }));
const GUILTY = licensees[100]!;
const held = new Set(GUILTY.subset);
/** As seldom as clean models give answers from outside their nucleus. */
const chances = Array.from({ length: KEYS }, () => 0.004 * 6 ** random());

/** A copy that gives the answer of a held key with some other chance. */
const sampledFrom = (become: (chance: number) => number): Sampled[] =>
  chances.map((chance, key) => {
    const served = held.has(key) ? become(chance) : chance;
    return { hits: Array.from({ length: ASKED }, random).filter((draw) => draw < served).length, asked: ASKED, chance };
  });

describe('traceSampled', () => {
  it.each([
    ['answers its keys', () => 0.9],
    ['lets them lean', (chance: number) => 3 * chance],
    ['pushes them back so that they never come', () => 0],
  ])('names a host that %s, and nobody else', (_, become) => {
    const suspects = traceSampled(sampledFrom(become), licensees);
    expect(suspects.filter(({ accused }) => accused).map(({ id }) => id)).toEqual([GUILTY.id]);
  });

  it('accuses nobody of a copy that answers as the clean model does', () => {
    for (const become of [(chance: number) => chance, () => 0.5]) {
      const others = licensees.filter((one) => one !== GUILTY);
      expect(traceSampled(sampledFrom(become), others).some(({ accused }) => accused)).toBe(false);
    }
  });

  it('refuses counts and chances that are none', () => {
    for (const wrong of [
      { hits: 2, asked: 1, chance: 0.1 },
      { hits: -1, asked: 1, chance: 0.1 },
      { hits: 0, asked: 1, chance: 0 },
      { hits: 0, asked: 1, chance: 1 },
      { hits: NaN, asked: 1, chance: 0.1 },
    ])
      expect(() => sampledGrades([wrong])).toThrow(RangeError);
  });
});

describe('traceBothWays', () => {
  it('names whoever pushes keys below the clean model, which one way cannot see', () => {
    const evidence = chances.map((_, key) => (held.has(key) ? -6 - 4 * random() : 0.2 * random()));
    expect(traceGraded(evidence, licensees).some(({ accused }) => accused)).toBe(false);
    expect(traceBothWays(evidence, licensees).filter(({ accused }) => accused)).toMatchObject([{ id: GUILTY.id }]);
  });
});

describe('gradesTail', () => {
  it('is never below the chance that an innocent looks so guilty in either look', () => {
    const keys = 10;
    const looks = [0, 1].map(() => Int16Array.from({ length: keys }, () => Math.floor(14 * random()) - 4));
    const chanceOf = gradesTail(looks, HOLD_CHANCE);
    const innocents = Array.from({ length: 2 ** keys }, (_, bits) => {
      const subset = [...Array(keys).keys()].filter((key) => (bits >> key) & 1);
      const chance = HOLD_CHANCE ** subset.length * (1 - HOLD_CHANCE) ** (keys - subset.length);
      return { chance, pValue: chanceOf(subset).pValue };
    });
    for (const level of [0.001, 0.01, 0.05, 0.2]) {
      const some = innocents.filter(({ pValue }) => pValue <= level);
      expect(some.reduce((sum, { chance }) => sum + chance, 0)).toBeLessThanOrEqual(level);
    }
  });
});
