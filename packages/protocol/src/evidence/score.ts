/** One item of a batch as evidence weighs it: did it hit, and how much is a hit worth? */
export interface WalkItem {
  hit: boolean;
  points: number;
}

/**
 * What a hit scores: the bits of its answer less one for asking, and less ⌈log2⌉ of the licenses among which the batch
 * lets its receipt name one. 2^score is then a supermartingale for a clean host.
 */
export const hitPoints = (bits: number, licenses = 0): number => bits - 1 - Math.ceil(Math.log2(Math.max(1, licenses)));

/** What one item adds: its points for a hit, −1 for anything else. */
export function itemScore({ hit, points }: WalkItem): number {
  return hit ? points : -1;
}

/** Score after each item, in the order of the batch. */
export function runningScores(items: readonly WalkItem[]): number[] {
  let score = 0;
  return items.map((item) => (score += itemScore(item)));
}

/** Score of a whole batch by its counts, as the court computes it. */
export function batchScore({ hits, items, points }: { hits: number; items: number; points: number }): number {
  return hits * points - (items - hits);
}

/**
 * Score that a claim needs: 40, or what the deployment says, and ⌈log2⌉ of the number of the release's code book and of
 * the batch, each counted over all that anyone committed.
 */
export const scoreNeeded = (threshold: number, bookNumber: number | bigint, batchNumber: number | bigint): number =>
  threshold + ceilLog2(BigInt(bookNumber)) + ceilLog2(BigInt(batchNumber));

/** ⌈log2⌉, 0 for less than 2. */
const ceilLog2 = (n: bigint): number => (n < 2n ? 0 : (n - 1n).toString(2).length);
