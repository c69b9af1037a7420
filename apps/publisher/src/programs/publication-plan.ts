import { assessEditions } from '@oml/fingerprint/edition/plan';
import { HOLD_CHANCE } from '@oml/fingerprint/edition/edition';
import { formatDollars } from '@oml/protocol/money';
import { bookReach } from '@oml/protocol/evidence/reach';
import type { FingerprintProfile } from '@oml/protocol/wire/fingerprint-profile';
import { publicationPlanSchema, type PublicationPlanJson } from '@oml/protocol/wire/publication-plan';
import { sufficientBond } from '@oml/sdk/bond-sizing';
import { USUAL_USES_PER_WEEK } from '@oml/sdk/terms-warnings';

/** Chance to name a leaker, and editions that are reckoned with at most. */
const [POWER, MOST_EDITIONS] = [0.99, 100_000];
/** How surely the smallest share is caught (`bookReach`). */
const CAUGHT = 0.9;
const BPS = 10_000;

export interface PlanInput {
  /** How the keys are put into the model. */
  profile: FingerprintProfile;
  /** s: share of keys that a host that adapts leaves. */
  survival: number;
  codeBook: { commonSize: number; bits: number };
  tracingCount: number;
  terms: { floorPrice: bigint; minBond: bigint; ownerShareBps: number; slashBps: number };
  /** Of the deployment. */
  rates: { protocolFeeBps: number; poolBps: number; claimantShareBps: number; ownerShareBps: number };
}

/** How many editions can be told apart, what the book catches, and the bond that makes hiding dearer than paying. */
export function publicationPlan({
  profile,
  survival,
  codeBook,
  tracingCount,
  terms,
  rates,
}: PlanInput): PublicationPlanJson {
  const { least } = bookReach(codeBook);
  // Less than the whole traffic at most: a book that needs more than what survives catches nobody.
  const catches =
    least && least.hitChance <= survival
      ? { hitChance: least.hitChance, share: least.hitChance / survival, meanProbes: least.meanProbes }
      : null;
  const leastBond = catches && bondAgainst(catches.share, terms, rates);
  return {
    profile,
    survival,
    editions: { one: editionsFor(1, tracingCount, survival), two: editionsFor(2, tracingCount, survival) },
    catches,
    usesPerWeek: Number(USUAL_USES_PER_WEEK),
    leastBond: leastBond === null || leastBond === undefined ? null : String(leastBond),
    minBond: String(terms.minBond),
  };
}

/** Protocol §7 for the smallest share that is caught, and for all of the traffic, which is caught for sure. */
function bondAgainst(share: number, terms: PlanInput['terms'], rates: PlanInput['rates']): bigint | undefined {
  const net = BPS - rates.protocolFeeBps - rates.poolBps;
  const about = {
    revenue: USUAL_USES_PER_WEEK * terms.floorPrice,
    feeShare: (net * terms.ownerShareBps) / BPS / BPS,
    slashBps: terms.slashBps,
    burnedBps: BPS - rates.claimantShareBps - rates.ownerShareBps,
  };
  const bonds = [
    sufficientBond({ ...about, hiddenShare: share, caught: CAUGHT }),
    sufficientBond({ ...about, hiddenShare: 1, caught: 1 }),
  ];
  return bonds.reduce((one, other) => (one === undefined || other === undefined || one > other ? one : other));
}

/** By halving: the more editions there are, the surer one has to be to name any. */
function editionsFor(coalition: number, keys: number, survival: number): number {
  const suffices = (licensees: number): boolean =>
    assessEditions({ licensees, coalition, survival }, keys, HOLD_CHANCE).power >= POWER;
  if (keys === 0 || survival === 0 || !suffices(coalition)) return 0;
  let [low, high] = [coalition, MOST_EDITIONS + 1];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (suffices(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** In words, line by line, for the owner. */
export function planInWords(json: PublicationPlanJson): string[] {
  const { profile, survival, editions, catches, usesPerWeek, leastBond, minBond } = publicationPlanSchema.parse(json);
  const percent = (value: number) => `${Math.ceil(100 * value)} %`;
  const among = (count: number) => (count === 0 ? 'of no number of editions' : `of up to ${count} editions`);
  return [
    ...(profile === undefined ? [] : [profileLine(profile, survival)]),
    `Editions: a lone leaker is named ${among(editions.one)}, one of two who merge theirs ${among(editions.two)}, ` +
      `where ${percent(survival)} of the keys survive.`,
    catches
      ? `Catches a host from ${percent(catches.share)} of its answers on (α·s = ${catches.hitChance.toFixed(2)}), ` +
        `after ${Math.ceil(catches.meanProbes)} probes on average.`
      : nobodyCaught(survival),
    leastBond === null
      ? 'No bond makes hiding cost more than paying.'
      : `A host of ${usesPerWeek} uses a week needs a bond of ${formatDollars(leastBond)} dollars for hiding to cost more than ` +
        `paying; the terms ask for ${formatDollars(minBond)}${minBond < leastBond ? ': too little' : ''}.`,
  ];
}

const profileLine = (profile: FingerprintProfile, survival: number): string =>
  `Profile ${profile}: of it, a host that adapts leaves ${Math.floor(100 * survival)} % of the keys for 5 % of quality, as ` +
  `far as anybody measured.`;

const nobodyCaught = (survival: number): string =>
  survival === 0
    ? 'Catches no host by disguised use: one that adapts leaves no key in its answers. What hosts do that do not adapt, ' +
      'and whose file was leaked, `oml file plan` and `oml file trace` tell.'
    : 'Catches no host by disguised use: take more common keys, or more bits.';
