export interface ProofBoundInput {
  licensees: number;
  /** Colluders, at least one. */
  coalition: number;
  /** Chance that nobody of the coalition is named. */
  error: number;
}

/**
 * Tracing keys that are proven to name one colluder whatever a coalition answers, (2K)^K · max(4K ln(2N/δ), 8 ln(2/δ)),
 * held with chance 1/(2K)
 * (arXiv 2502.07760, Proposition 5.3 with the constants of its proof). Beyond two colluders nobody can afford it: see
 * `plan`.
 */
export function proofBound({ licensees, coalition, error }: ProofBoundInput): number {
  if (!(coalition >= 1 && licensees >= coalition && error > 0 && error < 1))
    throw new RangeError('A bound needs 1 ≤ K ≤ N and an error between 0 and 1.');
  return Math.ceil(
    (2 * coalition) ** coalition * Math.max(4 * coalition * Math.log((2 * licensees) / error), 8 * Math.log(2 / error)),
  );
}
