/** A host under offence 2, as the evidence walk sees it. */
export interface EvidenceWalk {
  /** α·s: chance that an item is a hit, 0 to 1, where s is the fingerprints' survival. */
  hitChance: number;
  /** Candidates per key are 2^bits; a hit scores bits − 1, a miss −1. */
  bits: number;
  /** k: licenses of which each receipt must name one; a hit scores ⌈log2 k⌉ less. */
  licenses?: number;
  /** Score that a claim needs, above zero. */
  threshold: number;
  /** Items of the batch. */
  items: number;
}

export interface Passage {
  /** Chance that the walk reaches the threshold within the batch. */
  chance: number;
  /** Items asked on average: until it is reached, or all. */
  meanItems: number;
}

/** First passage of the evidence walk. */
export function firstPassage(walk: EvidenceWalk): Passage {
  let [chance, meanItems] = [0, 0];
  for (const here of passageChances(walk)) {
    meanItems += 1 - chance;
    chance += here;
  }
  return { chance, meanItems };
}

/** Chance that the walk first reaches the threshold at each item, exact: dynamic programming over the hits so far. */
export function passageChances({ hitChance, bits, licenses = 1, threshold, items }: EvidenceWalk): number[] {
  const worth = bits - Math.ceil(Math.log2(Math.max(1, licenses)));
  // alive[h]: chance of h hits so far and of no passage.
  let alive = Float64Array.of(1);
  return Array.from({ length: items }, (_, at) => {
    const item = at + 1;
    const next = new Float64Array(item + 1);
    for (let hits = 0; hits < item; hits++) {
      next[hits]! += alive[hits]! * (1 - hitChance);
      next[hits + 1]! += alive[hits]! * hitChance;
    }
    let passed = 0;
    for (let hits = 0; hits <= item; hits++) {
      if (hits * worth - item < threshold) continue;
      passed += next[hits]!;
      next[hits] = 0;
    }
    alive = next;
    return passed;
  });
}
