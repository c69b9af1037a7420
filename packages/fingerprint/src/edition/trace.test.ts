import fc from 'fast-check';
import { seededRandom } from '@oml/onnx/seeded-random';
import { describe, expect, test } from 'vitest';
import { deriveHex } from '../code-book/secret.ts';
import { binomialChances } from '../evidence/evidence.ts';
import { editionSubset, HOLD_CHANCE, slotSeed } from './edition.ts';
import { guiltTail } from './guilt-tail.ts';
import { traceCopy, type Licensee } from './trace.ts';

const secret = new TextEncoder().encode('a secret of the tests');
const TRACING = 256;
const subsetOf = (slot: number) =>
  editionSubset(
    {
      slotSeed: slotSeed(secret, slot),
      hostSalt: deriveHex(secret, `host ${slot}`),
      beacon: deriveHex(secret, 'beacon'),
    },
    TRACING,
  );
const licensees = Array.from({ length: 50 }, (_, slot) => ({ id: `license ${slot}`, subset: subsetOf(slot) }));
const holds = (slot: number, key: number): boolean => licensees[slot]!.subset.includes(key);

test('an edition holds about 35 % of the tracing keys, and its inputs fix which', () => {
  const sizes = licensees.map(({ subset }) => subset.length);
  expect(sizes.reduce((a, b) => a + b) / 50 / TRACING).toBeCloseTo(0.35, 1);
  expect(subsetOf(3)).toEqual(licensees[3]!.subset);
  expect(subsetOf(4)).not.toEqual(licensees[3]!.subset);
});

test('a leak is traced to its licensee, and both of two who average are named', () => {
  const leak = Array.from({ length: TRACING }, (_, key) => holds(7, key));
  expect(
    traceCopy(leak, licensees)
      .filter((s) => s.accused)
      .map((s) => s.id),
  ).toEqual(['license 7']);
  const average = leak.map((fires, key) => fires || holds(21, key));
  expect(
    traceCopy(average, licensees)
      .filter((s) => s.accused)
      .map((s) => s.id)
      .toSorted(),
  ).toEqual(['license 21', 'license 7']);
  const subspace = leak.map((fires, key) => fires && holds(21, key));
  expect(
    traceCopy(subspace, licensees)
      .filter((s) => s.accused)
      .map((s) => s.id)
      .toSorted(),
  ).toEqual(['license 21', 'license 7']);
});

test('an innocent looks as guilty as a level says no more often than it says, exactly', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 24 }),
      fc.integer({ min: 0, max: 24 }),
      fc.double({ min: 0.1, max: 0.6, noNaN: true }),
      fc.double({ min: 1e-6, max: 1, noNaN: true }),
      (firing, silent, holdChance, level) => {
        const tail = guiltTail(firing, silent, holdChance);
        const [x, y] = [binomialChances(firing, holdChance), binomialChances(silent, holdChance)];
        const reached = x.flatMap((px, hits) => y.map((py, misses) => (tail(hits, misses) <= level ? px * py : 0)));
        expect(reached.reduce((a, b) => a + b)).toBeLessThanOrEqual(level + 1e-12);
      },
    ),
    { numRuns: 200, seed: 1 },
  );
});

test('no innocent among 1e5 is accused, whatever fires', () => {
  const random = seededRandom(5);
  let accused = 0;
  for (let copy = 0; copy < 2000; copy++) {
    const share = [0.1, 0.35, 0.6, 0.9][copy % 4]!;
    const fired = Array.from({ length: TRACING }, () => random() < share);
    accused += traceCopy(fired, strangers(50, random)).filter((suspect) => suspect.accused).length;
  }
  expect(accused).toBe(0);
});

describe.each([
  ['only what both hold', (holders: number) => holders === 2],
  ['what any of them holds', (holders: number) => holders > 0],
  ['what a coin says where they differ', (holders: number, random: () => number) => random() < holders / 2],
  [
    'only what both hold, nine of ten times',
    (holders: number, random: () => number) => holders === 2 && random() < 0.9,
  ],
])('two of 50 who let fire %s', (_, fires) => {
  test('are found 99 times of 100, with 256 keys', () => {
    const random = seededRandom(11);
    const named = Array.from({ length: 200 }, () => {
      const all = strangers(50, random);
      const [a, b] = [new Set(all[0]!.subset), new Set(all[1]!.subset)];
      const fired = Array.from({ length: TRACING }, (_, key) => fires(Number(a.has(key)) + Number(b.has(key)), random));
      return traceCopy(fired, all).some(({ id, accused }) => accused && Number(id) < 2);
    });
    expect(named.filter(Boolean).length / named.length).toBeGreaterThanOrEqual(0.99);
  });
});

const strangers = (count: number, random: () => number): Licensee[] =>
  Array.from({ length: count }, (_, i) => ({
    id: String(i),
    subset: [...Array(TRACING).keys()].filter(() => random() < HOLD_CHANCE),
  }));
