import { firstPassage, type EvidenceWalk } from '@oml/protocol/evidence/passage';

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

/** P[caught] for offence 2: the chance that the evidence walk reaches the threshold within the batch (exact). */
export function caughtDisguisedUse(walk: EvidenceWalk): number {
  return firstPassage(walk).chance;
}
