import { HOLD_CHANCE } from './edition.ts';
import { gradedTail, gradeEvidence } from './graded-tail.ts';
import { rankSuspects, type Licensee, type Suspect } from './trace.ts';

/**
 * {@link traceCopy} where it is known not only whether each tracing key answers but how strongly it is there: how far
 * the logarithm of its answer's probability lies
 * above the clean model's, or its presence in the weights (`openPresence`). Refits that silence most keys leave them
 * half as strong, and half is plain to see.
 * `evidence[i]` belongs to tracing key i; only its order and spacing matter. As exact as `traceCopy`.
 */
export function traceGraded(
  evidence: readonly number[],
  licensees: readonly Licensee[],
  holdChance = HOLD_CHANCE,
): Suspect[] {
  const grades = gradeEvidence(evidence);
  const tail = gradedTail(grades, holdChance);
  return rankSuspects(
    licensees.map(({ id, subset }) => {
      const score = subset.reduce((sum, key) => sum + grades[key]!, 0);
      return { id, score, pValue: tail(score) };
    }),
  );
}
