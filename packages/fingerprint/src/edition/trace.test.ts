import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editionSubset, slotSeed } from './edition.ts';
import { deriveHex } from '../code-book/secret.ts';
import { traceCopy } from './trace.ts';

const secret = new TextEncoder().encode('a secret of the tests');
const TRACING = 256;
const subsetOf = (slot: number) => editionSubset({ slotSeed: slotSeed(secret, slot), hostSalt: deriveHex(secret, `host ${slot}`), beacon: deriveHex(secret, 'beacon') }, TRACING);
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
  expect(traceCopy(leak, licensees).filter((s) => s.accused).map((s) => s.id)).toEqual(['license 7']);
  const average = leak.map((fires, key) => fires || holds(21, key));
  expect(traceCopy(average, licensees).filter((s) => s.accused).map((s) => s.id).toSorted()).toEqual(['license 21', 'license 7']);
  const subspace = leak.map((fires, key) => fires && holds(21, key));
  expect(traceCopy(subspace, licensees).filter((s) => s.accused).map((s) => s.id).toSorted()).toEqual(['license 21', 'license 7']);
});

test('an innocent is accused with chance 1e-3 over all licensees at most, whatever fires', () => {
  let accusations = 0;
  let trials = 0;
  const run = fc.property(fc.array(fc.boolean(), { minLength: TRACING, maxLength: TRACING }), (fired) => {
    trials += 1;
    accusations += traceCopy(fired, licensees).filter((suspect) => suspect.accused).length;
  });
  fc.assert(run, { numRuns: 100, seed: 1 });
  expect(accusations).toBeLessThanOrEqual(trials * 0.02);
});
