import { argmax } from '@oml/onnx/sampling';
import type { Served } from './served.ts';

/**
 * Contrastive serving: `a − push · max(0, a − c − slack)` for scores a of the host's edition and c of a copy that has
 * forgotten more. What is lifted far above the copy's opinion is pushed back; all else is untouched.
 */
export interface Contrast {
  push: number;
  slack: number;
}

/** Ascending: more of it leaves less of the marks and costs more. */
export const PUSHES = [1, 2, 4, 8, 16, 32];
export const SLACKS = [0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4];

/** A place of the text where the edition scores an outcome above the copy. */
interface Lifted {
  rows: Int32Array;
  lifts: Float32Array;
  /** Chance that the edition gives it. */
  chances: Float32Array;
}

/** What can be told of every contrast of two copies without computing all scores anew for each. */
export interface Compared {
  /** Mean log chance of the truth when `a` is served. */
  log: number;
  /** The same under a contrast. */
  logUnder(contrast: Contrast): number;
}

/** `sums`: {@link logSums} of a, which serve every comparison. */
export function compare(
  a: Served,
  c: Served,
  truth: readonly number[],
  sums = logSums(a.text, truth.length),
): Compared {
  const outcomes = a.text.length / truth.length;
  const lifted = liftedIn(a.text, c.text, sums);
  const [trueLog, trueLift] = [new Float64Array(truth.length), new Float64Array(truth.length)];
  truth.forEach((outcome, row) => {
    if (outcome < 0) return;
    const at = row * outcomes + outcome;
    trueLog[row] = a.text[at]! - sums[row]!;
    trueLift[row] = a.text[at]! - c.text[at]!;
  });
  const judged = truth.filter((outcome) => outcome >= 0).length;
  const mean = (logOf: (row: number) => number) =>
    truth.reduce((sum, outcome, row) => (outcome < 0 ? sum : sum + logOf(row)), 0) / judged;
  return {
    log: mean((row) => trueLog[row]!),
    logUnder({ push, slack }) {
      const gone = new Float64Array(truth.length);
      const { rows, lifts, chances } = lifted;
      for (let i = 0; i < rows.length; i++)
        if (lifts[i]! > slack) gone[rows[i]!]! += chances[i]! * -Math.expm1(-push * (lifts[i]! - slack));
      return mean(
        (row) =>
          trueLog[row]! - push * Math.max(0, trueLift[row]! - slack) - Math.log1p(-Math.min(gone[row]!, 1 - 1e-9)),
      );
    },
  };
}

/** Scores a under a contrast with scores c. */
export const scoresUnder = (a: Float32Array, c: Float32Array, { push, slack }: Contrast): Float32Array =>
  a.map((score, i) => score - push * Math.max(0, score - c[i]! - slack));

/** Share of positions whose true outcome is likeliest under a contrast: what a classifier is judged by. */
export function accuracyUnder(a: Served, c: Served, truth: readonly number[], { push, slack }: Contrast): number {
  const outcomes = a.text.length / truth.length;
  const scores = new Float32Array(outcomes);
  const right = truth.filter((outcome, row) => {
    for (let j = 0; j < outcomes; j++) {
      const score = a.text[row * outcomes + j]!;
      scores[j] = score - push * Math.max(0, score - c.text[row * outcomes + j]! - slack);
    }
    return argmax(scores) === outcome;
  });
  return right.length / truth.length;
}

function liftedIn(a: Float32Array, c: Float32Array, sums: Float64Array): Lifted {
  const outcomes = a.length / sums.length;
  const least = Math.min(...SLACKS);
  let count = 0;
  for (let i = 0; i < a.length; i++) count += Number(a[i]! - c[i]! > least);
  const found = { rows: new Int32Array(count), lifts: new Float32Array(count), chances: new Float32Array(count) };
  let at = 0;
  for (let row = 0; row < sums.length; row++) {
    for (let i = row * outcomes; i < (row + 1) * outcomes; i++) {
      const lift = a[i]! - c[i]!;
      if (!(lift > least)) continue;
      found.rows[at] = row;
      found.lifts[at] = lift;
      found.chances[at++] = Math.exp(a[i]! - sums[row]!);
    }
  }
  return found;
}

/** ln Σ exp of each row of scores. */
export function logSums(scores: Float32Array, rows: number): Float64Array {
  const size = scores.length / rows;
  return Float64Array.from({ length: rows }, (_, row) => logSumAt(scores, row * size, size));
}

function logSumAt(scores: Float32Array, at: number, size: number): number {
  let top = -Infinity;
  for (let i = at; i < at + size; i++) top = Math.max(top, scores[i]!);
  let sum = 0;
  for (let i = at; i < at + size; i++) sum += Math.exp(scores[i]! - top);
  return top + Math.log(sum);
}
