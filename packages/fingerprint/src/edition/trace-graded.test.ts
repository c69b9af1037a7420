import fc from 'fast-check';
import { seededRandom } from '@oml/onnx/seeded-random';
import { describe, expect, it } from 'vitest';
import { gradedTail, gradeEvidence } from './graded-tail.ts';
import { traceGraded } from './trace-graded.ts';
import type { Licensee } from './trace.ts';

const TRACING = 256;
const strangers = (count: number, random: () => number, holdChance: number): Licensee[] =>
  Array.from({ length: count }, (_, i) => ({
    id: String(i),
    subset: [...Array(TRACING).keys()].filter(() => random() < holdChance),
  }));

describe('gradedTail', () => {
  it('is the chance that an innocent holds as much, subset by subset', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -3, max: 9 }), { minLength: 1, maxLength: 10 }),
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        (grades, holdChance) => {
          const tail = gradedTail(Int16Array.from(grades), holdChance);
          const subsets = Array.from({ length: 2 ** grades.length }, (_, bits) =>
            grades.map((_, i) => Boolean((bits >> i) & 1)),
          );
          const laws = subsets.map((held) => ({
            sum: held.reduce((total, holds, i) => (holds ? total + grades[i]! : total), 0),
            chance: held.reduce((product, holds) => product * (holds ? holdChance : 1 - holdChance), 1),
          }));
          for (const { sum } of laws)
            expect(tail(sum)).toBeCloseTo(
              laws.reduce((total, one) => (one.sum >= sum ? total + one.chance : total), 0),
              9,
            );
        },
      ),
      { numRuns: 50, seed: 1 },
    );
  });

  it('accuses nobody of a copy that says nothing', () => {
    for (const evidence of [[], [0, 0, 0], [1, 1, 1]]) expect(gradedTail(gradeEvidence(evidence), 0.5)(0)).toBe(1);
  });
});

describe('gradeEvidence', () => {
  it('counts what is absent a little against its holder, and no key for more than those at the top', () => {
    const grades = gradeEvidence([...Array(60).fill(0), ...Array(38).fill(1), 0.5, 1000]);
    expect([grades[0], grades[60], grades[98], grades[99]]).toEqual([-6, 58, 26, 58]);
  });

  it('is coarser for more keys, but never blind', () => {
    const evidence = (count: number) => Array.from({ length: count }, (_, i) => Number(i % 3 === 0));
    expect(Math.max(...gradeEvidence(evidence(1024)))).toBe(28 - 3);
    expect(Math.max(...gradeEvidence(evidence(8192)))).toBe(4);
  });
});

/** Presence as refits leave it: a third of each atom, ± .07, where the copy is of this many members. */
const WEAK = { atom: 0.35, noise: 0.07 };

describe.each([
  ['average, two', 2, 0.35, (holders: number) => holders / 2],
  ['only what both hold', 2, 0.35, (holders: number) => Number(holders === 2)],
  ['average, three', 3, 0.5, (holders: number) => holders / 3],
  ['only what all three hold', 3, 0.5, (holders: number) => Number(holders === 3)],
])('%s, weakened until hardly a key answers', (_, size, holdChance, share) => {
  it('is named 99 times of 100, and no innocent with it', () => {
    const random = seededRandom(11);
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    let [named, innocents] = [0, 0];
    for (let trial = 0; trial < 200; trial++) {
      const all = strangers(50, random, holdChance);
      const members = all.slice(0, size).map(({ subset }) => new Set(subset));
      const evidence = Array.from(
        { length: TRACING },
        (_, key) => WEAK.atom * share(members.filter((held) => held.has(key)).length) + WEAK.noise * normal(),
      );
      const accused = traceGraded(evidence, all, holdChance)
        .filter((suspect) => suspect.accused)
        .map(({ id }) => Number(id));
      named += Number(accused.some((id) => id < size));
      innocents += accused.filter((id) => id >= size).length;
    }
    expect(named / 200).toBeGreaterThanOrEqual(0.99);
    expect(innocents).toBe(0);
  });
});

it('accuses no innocent among 1e5, whatever the copy holds', () => {
  const random = seededRandom(5);
  let accused = 0;
  for (let copy = 0; copy < 100; copy++) {
    const evidence = Array.from({ length: TRACING }, () => random() ** (1 + (copy % 5)));
    accused += traceGraded(evidence, strangers(1000, random, 0.35)).filter(
      (suspect) => suspect.pValue <= 1e-5 / 50,
    ).length;
  }
  expect(accused).toBe(0);
});
