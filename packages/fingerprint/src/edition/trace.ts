import { HOLD_CHANCE } from './edition.ts';
import { binomialChances } from '../evidence/evidence.ts';

export interface Licensee {
  id: string;
  /** Tracing keys of its edition, from 0 (`editionSubset`). */
  subset: readonly number[];
}

export interface Suspect {
  id: string;
  /** Held keys that fire minus held keys that stay silent. */
  score: number;
  /** Chance that an innocent licensee scores as high, whatever the copy is. */
  pValue: number;
  accused: boolean;
}

/** Chance that any innocent licensee is accused. */
const FAMILY_WISE = 1e-3;

/**
 * Which licensees a copy comes from, the likeliest first. `fired[i]` says whether tracing key i answered. Subsets are secret and independent of the
 * copy, so an innocent's score is a difference of two binomials: the tail is exact for any attack (editions.md §2, symmetric score).
 */
export function traceCopy(fired: readonly boolean[], licensees: readonly Licensee[], holdChance = HOLD_CHANCE): Suspect[] {
  const firing = fired.filter(Boolean).length;
  const tail = scoreTail(binomialChances(firing, holdChance), binomialChances(fired.length - firing, holdChance));
  const suspects = licensees.map(({ id, subset }) => {
    const score = subset.reduce((sum, key) => sum + (fired[key] ? 1 : -1), 0);
    const pValue = tail(score);
    return { id, score, pValue, accused: pValue * licensees.length < FAMILY_WISE };
  });
  return suspects.sort((a, b) => a.pValue - b.pValue);
}

/** P[X − Y ≥ score] for independent X and Y with the given chances of 0, 1, 2, … */
function scoreTail(x: readonly number[], y: readonly number[]): (score: number) => number {
  const lowest = 1 - y.length;
  const tail = new Float64Array(x.length + y.length);
  x.forEach((px, i) => y.forEach((py, j) => (tail[i - j - lowest]! += px * py)));
  for (let at = tail.length - 2; at >= 0; at--) tail[at]! += tail[at + 1]!;
  return (score) => Math.min(1, tail[Math.max(0, score - lowest)] ?? 0);
}
