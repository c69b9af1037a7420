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
  return traceGrades([gradeEvidence(evidence)], licensees, holdChance);
}

/**
 * {@link traceGraded} of a copy that may push its keys back: what lies below the clean model's opinion tells as much as
 * what lies above, and a host that cannot see its keys cannot stop in between.
 */
export function traceBothWays(
  evidence: readonly number[],
  licensees: readonly Licensee[],
  holdChance = HOLD_CHANCE,
): Suspect[] {
  const looks = [gradeEvidence(evidence), gradeEvidence(evidence.map((value) => -value))];
  return traceGrades(looks, licensees, holdChance);
}

/** By several gradings of one copy; that all were looked at is paid for. */
export function traceGrades(
  looks: readonly Int16Array[],
  licensees: readonly Licensee[],
  holdChance = HOLD_CHANCE,
): Suspect[] {
  const chanceOf = gradesTail(looks, holdChance);
  return rankSuspects(licensees.map(({ id, subset }) => ({ id, ...chanceOf(subset) })));
}

/** Of a subset of the tracing keys: its most telling score, and the chance that an innocent's tells so much. */
export function gradesTail(
  looks: readonly Int16Array[],
  holdChance = HOLD_CHANCE,
): (subset: readonly number[]) => Pick<Suspect, 'score' | 'pValue'> {
  const tails = looks.map((grades) => ({ grades, tail: gradedTail(grades, holdChance) }));
  return (subset) => {
    const scored = tails.map(({ grades, tail }) => {
      const score = subset.reduce((sum, key) => sum + grades[key]!, 0);
      return { score, pValue: tail(score) };
    });
    const best = scored.reduce((a, b) => (b.pValue < a.pValue ? b : a));
    return { score: best.score, pValue: Math.min(1, looks.length * best.pValue) };
  };
}
