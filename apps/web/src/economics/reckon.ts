import { bestResponse, responses, type HidingGame, type Response } from '@oml/protocol/evidence/best-response';
import { GAS_WEI, leastInspectedBond, leastPlantedBond, type GasProfile } from '@oml/protocol/evidence/break-even';
import { hitChanceOf } from '@oml/protocol/evidence/detection';
import { scoreNeeded } from '@oml/protocol/evidence/reach';
import { caughtDisguisedUse, caughtUnpaidUse, sufficientBond } from '@oml/sdk/bond-sizing';
import type { Setting } from './economics-query.ts';

/** What the deployment's parameters say, as far as the page reckons with it. */
export interface ReckonedRates {
  protocolFeeBps: number;
  poolBps: number;
  claimantShareBps: number;
  ownerShareBps: number;
  codeBookFee: bigint;
}

/** How a host fares that hides uses in one way, and claims against itself through a friend where it is caught. */
export interface Reckoned {
  /** Dollars a week, by hiding the share that is set. */
  gain: number;
  caught: number;
  profit: number;
  /** Smallest bond that makes hiding this share a loss; undefined where none does. */
  bond: bigint | undefined;
  best: Response;
  /** From hiding nothing to hiding all. */
  curve: Response[];
  /** Its best profit over bonds, in dollars. */
  overBond: { bond: number; profit: number }[];
}

const DOLLAR = 1_000_000;
const BPS = 10_000;
/** Code books and batches that a claim is planned among, as publications are. */
const [PLANNED_BOOKS, PLANNED_BATCHES] = [2 ** 10, 2 ** 10];
/** Bonds that are drawn: up to so many times the one that is set. */
const [BONDS, TIMES] = [40, 4];

/** What a host owes of each dollar: fee and pool, and the owner's share of the rest. */
export function owedShares(setting: Setting, rates: ReckonedRates) {
  const fees = (rates.protocolFeeBps + rates.poolBps) / BPS;
  const owner = ((1 - fees) * setting.ownerShare) / 100;
  return { all: fees + owner, owner };
}

/** Score that a claim of disguised use is planned to need. */
export const NEEDED = scoreNeeded(PLANNED_BOOKS, PLANNED_BATCHES);

/** Serving under the license and not booking: it keeps everything that it owes, and one probe is enough. */
export const reckonUnpaid = (setting: Setting, rates: ReckonedRates): Reckoned =>
  reckon(setting, rates, owedShares(setting, rates).all, (share) => caughtUnpaidUse(share, setting.probes));

/** Serving the model under another's license: it keeps the owner's share, and answers must pile up. */
export const reckonDisguised = (setting: Setting, rates: ReckonedRates): Reckoned =>
  reckon(setting, rates, owedShares(setting, rates).owner, (share) =>
    caughtDisguisedUse({
      hitChance: hitChanceOf({ share, survival: setting.survival / 100, bits: setting.bits }),
      bits: setting.bits,
      threshold: NEEDED,
      items: setting.probes,
    }),
  );

function reckon(setting: Setting, rates: ReckonedRates, feeShare: number, caught: (share: number) => number): Reckoned {
  const burnedBps = BPS - rates.claimantShareBps - rates.ownerShareBps;
  const chances = new Map<number, number>();
  const known = (share: number): number => {
    if (!chances.has(share)) chances.set(share, caught(share));
    return chances.get(share)!;
  };
  const revenue = setting.price * setting.uses;
  const gameAt = (bond: number): HidingGame => ({
    gain: revenue * feeShare,
    loss: ((bond * setting.slash) / 100) * (burnedBps / BPS),
    caught: known,
  });
  const share = setting.hidden / 100;
  const { gain, loss } = gameAt(setting.bond);
  return {
    gain: share * gain,
    caught: known(share),
    profit: share * gain - known(share) * loss,
    bond: sufficientBond({
      revenue: BigInt(Math.round(revenue * DOLLAR)),
      hiddenShare: share,
      feeShare,
      caught: known(share),
      slashBps: setting.slash * 100,
      burnedBps,
    }),
    best: bestResponse(gameAt(setting.bond)),
    curve: responses(gameAt(setting.bond)),
    overBond: Array.from({ length: BONDS + 1 }, (_, i) => {
      const bond = (setting.bond * TIMES * i) / BONDS;
      return { bond, profit: bestResponse(gameAt(bond)).profit };
    }),
  };
}

/** Bonds below which nobody looks unasked, and from which planting another model's keys pays. */
export function otherBonds(setting: Setting, rates: ReckonedRates, profile: GasProfile) {
  const slash = { ...rates, slashBps: setting.slash * 100 };
  const gasWei = GAS_WEI[profile];
  return {
    inspected: leastInspectedBond(slash, { price: BigInt(Math.round(setting.price * DOLLAR)), gasWei }),
    planted: leastPlantedBond(slash, { codeBookFee: rates.codeBookFee, gasWei }),
  };
}
