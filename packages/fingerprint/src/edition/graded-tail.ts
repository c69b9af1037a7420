/** Steps of the grid that evidence is rounded to: exact whatever the grid, finer where few keys leave time for it. */
const [FINEST, COARSEST, WORK] = [64, 4, 3e7];
/** Evidence above this quantile counts as this quantile: single keys shall not speak for all. */
const TOP = 0.98;
/**
 * Of the way from the median to the top, what counts as absent and what as wholly there: noise of absent keys must not
 * vote.
 */
const [QUIET, LOUD] = [0.2, 0.8];
/**
 * What an absent key counts against whoever holds it, in shares of a key that is there. Members of coalitions that keep
 * common keys alone hold few of the others.
 */
const AGAINST = 0.1;

/**
 * Evidence per key on a grid, up to 64 for what is there and somewhat below 0 for what is not. The constants were
 * chosen by simulation (trace-graded.test.ts).
 */
export function gradeEvidence(evidence: readonly number[]): Int16Array {
  const sorted = evidence.toSorted((a, b) => a - b);
  const [middle, top] = [sorted[sorted.length >> 1] ?? 0, sorted[Math.floor(TOP * (sorted.length - 1))] ?? 0];
  if (!(top > middle)) return new Int16Array(evidence.length);
  const steps = gradeSteps(evidence.length);
  const share = (value: number): number =>
    Math.min(1, Math.max(0, ((value - middle) / (top - middle) - QUIET) / (LOUD - QUIET)));
  return Int16Array.from(evidence, (value) => Math.round(steps * share(value)) - Math.round(steps * AGAINST));
}

/** Steps of a grid for so many keys. */
export const gradeSteps = (count: number): number =>
  Math.max(COARSEST, Math.min(FINEST, Math.floor(WORK / Math.max(1, count) ** 2)));

/**
 * Chance that the grades of the keys that an innocent holds sum so high. An innocent holds each key with chance
 * `holdChance`, secretly and independently of the copy,
 * hence of any grades read off it: the law of the sum is the convolution of as many two-point laws, summed here without
 * approximation.
 */
export function gradedTail(grades: Int16Array, holdChance: number): (sum: number) => number {
  const lowest = grades.reduce((sum, grade) => sum + Math.min(0, grade), 0);
  const highest = grades.reduce((sum, grade) => sum + Math.max(0, grade), 0);
  let law = new Float64Array(highest - lowest + 1);
  law[-lowest] = 1;
  let [from, to] = [-lowest, -lowest];
  for (const grade of grades) {
    if (grade === 0) continue;
    const next = new Float64Array(law.length);
    for (let at = from; at <= to; at++) {
      next[at]! += law[at]! * (1 - holdChance);
      next[at + grade]! += law[at]! * holdChance;
    }
    [law, from, to] = [next, from + Math.min(0, grade), to + Math.max(0, grade)];
  }
  // From the top: small chances first.
  for (let at = law.length - 2; at >= 0; at--) law[at]! += law[at + 1]!;
  return (sum) => Math.min(1, law[sum - lowest]!);
}
