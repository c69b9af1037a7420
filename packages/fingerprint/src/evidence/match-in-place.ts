import type { AlignedMatrix } from '../align/align-suspect.ts';
import { logHedged } from './calibrate.ts';

/** What a file's weights say of where it comes from, marked or not. */
export interface OriginMatch {
  /** Mean correlation of its neurons' activity with that of their partners in the owner's model. */
  likeness: number;
  /** Cosine of its matrix, brought back, with the owner's. */
  cosine: number;
  /** Neurons that stand where the owner's do, and how many there are. */
  inPlace: number;
  neurons: number;
  /**
   * ln of the e-value against "made apart": neurons of a model trained apart stand in an order that has nothing to do
   * with the owner's, and m of them are in place with chance 1/m! at most. Near or below 0 where they were permuted,
   * which says nothing.
   */
  logE: number;
}

/** By the matrix that resembles the owner's most; undefined where none does. */
export function matchInPlace(aligned: readonly AlignedMatrix[], neurons: number): OriginMatch | undefined {
  const best = aligned.toSorted((a, b) => b.inPlace - a.inPlace)[0];
  if (!best) return undefined;
  const { likeness, cosine, inPlace } = best;
  // Several matrices were looked at.
  const logP = Math.min(0, Math.log(aligned.length) - logFactorial(inPlace));
  return { likeness, cosine, inPlace, neurons, logE: logHedged(logP) };
}

function logFactorial(count: number): number {
  let sum = 0;
  for (let i = 2; i <= count; i++) sum += Math.log(i);
  return sum;
}
