/**
 * One item of a batch as evidence weighs it: did its head begin with the beacon's answer, and how many bits were drawn?
 */
export interface WalkItem {
  hit: boolean;
  bits: number;
}

/** What one item adds: bits − 1 for a hit, −1 for anything else. 2^score is then a supermartingale for a clean host. */
export function itemScore({ hit, bits }: WalkItem): number {
  return hit ? bits - 1 : -1;
}

/** Score after each item, in the order of the batch. */
export function runningScores(items: readonly WalkItem[]): number[] {
  let score = 0;
  return items.map((item) => (score += itemScore(item)));
}

/** Score of a whole batch by its counts, as the court computes it: every hit that counts is worth its bits. */
export function batchScore({ hits, items, bits }: { hits: number; items: number; bits: number }): number {
  return hits * bits - items;
}
