import { binomialTail } from './evidence.ts';

/** A test that asks `keys` keys at once and finds a match at `threshold` hits or more. */
export interface FixedTest {
  keys: number;
  threshold: number;
  falsePositive: number;
  power: number;
}

export interface TestWishes {
  /** Chance of a clean model to hit one key. */
  chance: number;
  /** Share of keys that still answer on the model sought. */
  survival: number;
  level: number;
  power: number;
  /** Keys at hand. */
  most?: number;
}

/**
 * The smallest test with that level and power; undefined where not even `most` keys (400) do (research notes, table T).
 */
export function planFixedTest({ chance, survival, level, power, most = 400 }: TestWishes): FixedTest | undefined {
  for (let keys = 1; keys <= most; keys++) {
    const threshold = leastThreshold(keys, chance, level);
    if (threshold === undefined) continue;
    const reached = binomialTail(threshold, keys, survival);
    if (reached >= power)
      return { keys, threshold, falsePositive: binomialTail(threshold, keys, chance), power: reached };
  }
  return undefined;
}

function leastThreshold(keys: number, chance: number, level: number): number | undefined {
  for (let threshold = 1; threshold <= keys; threshold++)
    if (binomialTail(threshold, keys, chance) <= level) return threshold;
  return undefined;
}

/**
 * Queries that a sequential likelihood-ratio test needs on average: Wald's ln(1/α) / KL(s ‖ q). Infinity where s ≤ q.
 */
export function expectedQueries({
  chance,
  survival,
  level,
}: Pick<TestWishes, 'chance' | 'survival' | 'level'>): number {
  if (survival <= chance) return Infinity;
  const term = (s: number, q: number): number => (s === 0 ? 0 : s * Math.log(s / q));
  return Math.log(1 / level) / (term(survival, chance) + term(1 - survival, 1 - chance));
}

/**
 * P[caught] by n probes where a share α of the uses is not paid for: 1 − (1 − α·s·(1 − l))^n; s = survival, l = share
 * of probes leaked to the host.
 */
export function chanceOfCatching(unpaid: number, probes: number, survival = 1, leaked = 0): number {
  return 1 - (1 - unpaid * survival * (1 - leaked)) ** probes;
}

/** Probes until {@link chanceOfCatching} reaches `wanted`; Infinity where nothing can be seen. */
export function probesToCatch(unpaid: number, wanted: number, survival = 1): number {
  const seen = unpaid * survival;
  if (seen <= 0) return Infinity;
  return seen >= 1 ? 1 : Math.ceil(Math.log(1 - wanted) / Math.log(1 - seen) - 1e-9);
}

/**
 * Hoeffding's bound on P[at least `hits` of `keys`] where each hits with chance 1/width (arXiv 2502.07760, prop. 3.1).
 */
export function hoeffdingBound(hits: number, keys: number, width: number): number {
  const excess = hits / keys - 1 / width;
  return excess <= 0 ? 1 : Math.exp(-2 * keys * excess ** 2);
}

/** Tokens at which a red-green watermark of so many green tokens is expected at z (KGW): z² γ(1−γ) / (share − γ)². */
export function watermarkTokens(greenShare: number, z: number, gamma: number): number {
  return Math.round((z ** 2 * gamma * (1 - gamma)) / (greenShare - gamma) ** 2);
}
