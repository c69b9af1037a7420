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

/** First passage of the evidence walk, exact: dynamic programming over the hits so far. */
export function firstPassage({ hitChance, bits, licenses = 1, threshold, items }: EvidenceWalk): Passage {
  const worth = bits - Math.ceil(Math.log2(Math.max(1, licenses)));
  // alive[h]: chance of h hits so far and of no passage.
  let alive = Float64Array.of(1);
  let [chance, meanItems] = [0, 0];
  for (let item = 1; item <= items; item++) {
    meanItems += alive.reduce((sum, share) => sum + share, 0);
    const next = new Float64Array(item + 1);
    for (let hits = 0; hits < item; hits++) {
      next[hits]! += alive[hits]! * (1 - hitChance);
      next[hits + 1]! += alive[hits]! * hitChance;
    }
    for (let hits = 0; hits <= item; hits++) {
      if (hits * worth - item < threshold) continue;
      chance += next[hits]!;
      next[hits] = 0;
    }
    alive = next;
  }
  return { chance, meanItems };
}
