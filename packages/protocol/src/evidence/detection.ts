import { passageChances } from './passage.ts';

/**
 * Probes after which half of the hosts are caught, where batches follow each other until one catches and each is
 * weighed by itself. `chances[i]` is the chance that a batch catches at its item i + 1. With C their sum, n items a
 * batch and F(r·n + i) = 1 − (1 − C)^r · (1 − chances[0] − … − chances[i − 1]), it is the k with F(k − 1) < ½ ≤ F(k),
 * told within the k-th probe as tables of counts are: k − 1 + (½ − F(k − 1)) / (F(k) − F(k − 1)). Infinity where
 * nothing catches.
 */
export function medianProbes(chances: readonly number[]): number {
  const caughtIn = chances.reduce((sum, chance) => sum + chance, 0);
  if (!(caughtIn > 0)) return Infinity;
  // Whole batches that pass before the one in which half is crossed.
  let free = 1;
  let batches = 0;
  for (; free * (1 - caughtIn) > 1 / 2; batches++) free *= 1 - caughtIn;
  let caught = 1 - free;
  for (const [item, chance] of chances.entries()) {
    const here = free * chance;
    if (caught + here >= 1 / 2) return batches * chances.length + item + (1 / 2 - caught) / here;
    caught += here;
  }
  return (batches + 1) * chances.length;
}

/** The median of measured counts of probes, each at least 1, told within a probe as {@link medianProbes} tells it. */
export function medianOfCounts(counts: readonly number[]): number {
  const sorted = [...counts].sort((a, b) => a - b);
  const middle = sorted[Math.ceil(sorted.length / 2) - 1];
  if (middle === undefined) return NaN;
  const below = sorted.filter((count) => count < middle).length;
  const within = sorted.filter((count) => count === middle).length;
  return middle - 1 + (sorted.length / 2 - below) / within;
}

/** Of a host that leaves this share of its uses unpaid: one such use is enough, so F(k) = 1 − (1 − α)^k. */
export const probesToUnpaid = (share: number): number => medianProbes([share]);

/** A host that answers a share of its calls with a model that it does not name. */
export interface Mixing {
  /** 0 to 1. */
  share: number;
  /** Share of the keys that the model answers as its code book says. */
  survival: number;
  bits: number;
  /** Score that a claim needs. */
  threshold: number;
  /** Items of a batch. */
  items: number;
}

/** Chance that such a host answers a key as the model does: by the model, or as any other does by luck. */
export const hitChanceOf = ({ share, survival, bits }: Pick<Mixing, 'share' | 'survival' | 'bits'>): number =>
  share * survival + (1 - share) * 2 ** -bits;

/** Of a host that mixes: where the evidence walk first reaches the score. */
export const probesToMixed = (mixing: Mixing): number =>
  medianProbes(passageChances({ ...mixing, hitChance: hitChanceOf(mixing) }));
