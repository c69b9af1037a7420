/** Protocol §7: `bond ≥ gain / (P[caught] · slashBps · burned share)`, gain = α·V·f per audit period. */
export interface BondSizing {
  /** V: what the host takes in per audit period, in the token's smallest unit. */
  revenue: bigint;
  /** α: share of the traffic that the host would hide, 0 to 1. */
  hiddenShare: number;
  /** f: share of that revenue which the host would owe to others, 0 to 1. */
  feeShare: number;
  /** P[caught] within one audit period, 0 to 1. */
  caught: number;
  slashBps: number;
  /** Share of a slash that goes to nobody the host could be a friend of. */
  burnedBps: number;
}

const SCALE = 1_000_000_000n;
const scaled = (share: number): bigint => BigInt(Math.round(share * Number(SCALE)));

/**
 * Smallest bond that makes hiding unprofitable, rounded up; undefined where no bond can, because nothing is caught or
 * nothing burned.
 */
export function sufficientBond({
  revenue,
  hiddenShare,
  feeShare,
  caught,
  slashBps,
  burnedBps,
}: BondSizing): bigint | undefined {
  const gain = revenue * scaled(hiddenShare) * scaled(feeShare);
  const deterrence = scaled(caught) * BigInt(slashBps) * BigInt(burnedBps) * SCALE;
  if (gain === 0n) return 0n;
  if (deterrence <= 0n) return undefined;
  return (gain * 100_000_000n + deterrence - 1n) / deterrence;
}

/** P[caught] for offence 1 by `probes` independent probes: `1 − (1 − α)^n`; a single unpaid receipt is enough. */
export function caughtUnpaidUse(hiddenShare: number, probes: number): number {
  return 1 - (1 - hiddenShare) ** probes;
}

export interface EvidenceWalk {
  /** α·s: chance that an item is a hit, 0 to 1, where s is the fingerprints' survival. */
  hitChance: number;
  /** Candidates per key are 2^bits; a hit scores bits − 1, a miss −1. */
  bits: number;
  /** Score that a claim needs. */
  threshold: number;
  /** Items of the batch. */
  items: number;
}

/**
 * P[caught] for offence 2: the chance that the evidence walk reaches the threshold within the batch (first passage,
 * exact).
 */
export function caughtDisguisedUse({ hitChance, bits, threshold, items }: EvidenceWalk): number {
  const step = bits - 1;
  let walk = new Map([[0, 1]]);
  let caught = 0;
  for (let item = 0; item < items; item++) {
    const next = new Map<number, number>();
    const add = (score: number, chance: number) => {
      if (score >= threshold) caught += chance;
      else next.set(score, (next.get(score) ?? 0) + chance);
    };
    for (const [score, chance] of walk) {
      add(score + step, chance * hitChance);
      add(score - 1, chance * (1 - hitChance));
    }
    walk = next;
  }
  return caught;
}
