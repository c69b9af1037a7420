import { HOLD_CHANCE } from './edition.ts';
import { guiltTail } from './guilt-tail.ts';

export interface Licensee {
  id: string;
  /** Tracing keys of its edition, from 0 (`editionSubset`). */
  subset: readonly number[];
}

export interface Suspect {
  id: string;
  /** Held keys that fire minus held keys that stay silent; of graded evidence, the sum of grades held. */
  score: number;
  /** Chance that one innocent licensee looks as guilty, whatever the copy is. */
  pValue: number;
  /** Chance, at most, that any innocent among all licensees does. */
  familyPValue: number;
  accused: boolean;
}

/**
 * Chance, at most, that any innocent is accused over one copy. At 50 licensees a copy, 1e5 innocent licensees meet 0.02
 * accusations; at 1e-3
 * they would meet two.
 */
export const ACCUSATION_LEVEL = 1e-5;

/**
 * Which licensees a copy comes from, the likeliest first. `fired[i]` says whether tracing key i answered. Subsets are
 * secret and independent of the
 * copy, so an innocent's two counts are independent binomials and the tail is exact for any attack (editions.md §2).
 */
export function traceCopy(
  fired: readonly boolean[],
  licensees: readonly Licensee[],
  holdChance = HOLD_CHANCE,
): Suspect[] {
  const firing = fired.filter(Boolean).length;
  const tail = guiltTail(firing, fired.length - firing, holdChance);
  return rankSuspects(
    licensees.map(({ id, subset }) => {
      const hits = subset.filter((key) => fired[key]).length;
      return { id, score: 2 * hits - subset.length, pValue: tail(hits, subset.length - hits) };
    }),
  );
}

/** The likeliest first, with what it means that so many were looked at. */
export function rankSuspects(scored: readonly Pick<Suspect, 'id' | 'score' | 'pValue'>[]): Suspect[] {
  const suspects = scored.map((one) => {
    const familyPValue = Math.min(1, one.pValue * scored.length);
    return { ...one, familyPValue, accused: familyPValue <= ACCUSATION_LEVEL };
  });
  return suspects.sort((a, b) => a.pValue - b.pValue || b.score - a.score);
}
