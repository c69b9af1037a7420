import { runningScores, scoreNeeded, type WalkItem } from '@oml/protocol/evidence/score';

/** Base of the protocol's threshold. */
const THRESHOLD = 40;

export interface WalkResult {
  verdict: 'match' | 'inconclusive';
  /** Sum over all items. */
  score: number;
  /** Number of first items that reach the threshold: what a claim submits. Undefined when inconclusive. */
  items?: number;
  threshold: number;
}

/** Score that a claim needs by the number of its batch, of all that were committed, on the first code book (§5). */
export function evidenceThreshold(batchNumber: number): number {
  if (!Number.isInteger(batchNumber) || batchNumber < 1) throw new RangeError('Batches are counted from 1.');
  return scoreNeeded(THRESHOLD, 1, batchNumber);
}

/**
 * Walks the items of a batch in their order against a score, as `evidenceThreshold` or the court itself names it.
 * At 40 a clean host matches with chance ≤ 2^-40 per batch wherever one stops (Ville).
 */
export function walkEvidence(items: readonly WalkItem[], threshold: number): WalkResult {
  const scores = runningScores(items);
  const score = scores.at(-1) ?? 0;
  const first = scores.findIndex((each) => each >= threshold);
  const reached = first < 0 ? undefined : first + 1;
  return reached === undefined
    ? { verdict: 'inconclusive', score, threshold }
    : { verdict: 'match', score, threshold, items: reached };
}

/**
 * Probes that a batch needs on average against a host that answers `hitRate` of the keys; Infinity where the walk does
 * not rise.
 */
export function expectedProbes(hitRate: number, bits: number, batches = 1): number {
  const rise = hitRate * bits - 1;
  return rise > 0 ? Math.ceil(evidenceThreshold(batches) / rise) : Infinity;
}

/** Share of marked answers below which offence 2 stays unseen however long one probes. */
export function smallestDetectableRate(bits: number): number {
  return 1 / bits;
}

/** P[X ≥ hits] for X ~ Binomial(trials, chance), exact: the p-value of that many answers on an unrelated model. */
export function binomialTail(hits: number, trials: number, chance: number): number {
  return binomialChances(trials, chance)
    .slice(Math.max(0, hits))
    .reduceRight((sum, p) => sum + p, 0);
}

/** P[X = k] for k = 0 … trials, summed in logarithms. */
export function binomialChances(trials: number, chance: number): number[] {
  if (chance <= 0 || chance >= 1)
    return Array.from({ length: trials + 1 }, (_, k) => Number(k === (chance <= 0 ? 0 : trials)));
  let logChoose = 0;
  return Array.from({ length: trials + 1 }, (_, k) => {
    if (k > 0) logChoose += Math.log((trials - k + 1) / k);
    return Math.exp(logChoose + k * Math.log(chance) + (trials - k) * Math.log1p(-chance));
  });
}
