import { GAS_WEI, leastInspectedBond, leastPlantedBond, type GasProfile } from '@oml/protocol/evidence/break-even';
import { formatDollars } from '@oml/protocol/money';
import { sufficientBond } from './bond-sizing.ts';

/** Of SERVE terms, amounts in the token's smallest unit. */
export interface WarnedTerms {
  price: bigint;
  bond: bigint;
  slashBps: number;
  ownerShareBps: number;
}

/** What `rates()` of the deployment's parameters says. */
export interface WarnedRates {
  protocolFeeBps: number;
  poolBps: number;
  claimantShareBps: number;
  ownerShareBps: number;
  minAccountBond: bigint;
  codeBookFee: bigint;
}

export interface WarningOptions {
  profile: GasProfile;
  /** Uses that a host of the model serves in a week. */
  usesPerWeek?: bigint;
  /** What the model's pool pays for an opened batch. */
  poolPay?: bigint;
  /** What the title bond of the model may still cover of a license; undefined: nobody asks yet. */
  titleBond?: bigint;
}

/** Attacks that pay (docs/benchmarks/economics.md). */
export type TermsWarningCode = 'nobody-inspects' | 'unpaid-pays' | 'disguise-pays' | 'planting-pays';

export interface TermsWarning {
  code: TermsWarningCode;
  /** Bond at which the attack begins, or stops, to pay; undefined where no bond helps. */
  breakEven: bigint | undefined;
  /** A sentence for people. */
  text: string;
}

/** What is assumed where nobody says how much a host serves. */
export const USUAL_USES_PER_WEEK = 10_000n;

const BPS = 10_000;

/** Gas is dear on Ethereum itself, cheap wherever else this runs. */
export const gasProfileOf = (chainId: number): GasProfile => (chainId === 1 ? 'mainnet' : 'l2');

/**
 * Which attacks pay under such terms: each is told exactly where its break-even says so. Nothing here is a promise that
 * others don't.
 */
export function termsWarnings(terms: WarnedTerms, rates: WarnedRates, options: WarningOptions): TermsWarning[] {
  return [
    inspection(terms, rates, options),
    unpaid(terms, rates, options),
    disguise(terms, rates, options),
    planting(terms, rates, options),
  ].filter((warning) => warning !== undefined);
}

/** Does one slash pay a verifier for looking? */
function inspection(terms: WarnedTerms, rates: WarnedRates, { profile, poolPay = 0n }: WarningOptions) {
  const shares = { ...rates, slashBps: terms.slashBps };
  const breakEven = leastInspectedBond(shares, { price: terms.price, poolPay, gasWei: GAS_WEI[profile] });
  if (isReached(terms.bond, breakEven)) return undefined;
  return {
    code: 'nobody-inspects' as const,
    breakEven,
    text:
      breakEven === undefined
        ? 'Nobody inspects unasked: a claimant gets nothing of a slash.'
        : `Nobody inspects unasked below a bond of ${dollars(breakEven)}: looking costs more than a share of the ` +
          'slash brings. Pay verifiers out of the inspection pool, or ask for more.',
  };
}

/** Does a host that books nothing lose more than it keeps? */
function unpaid(terms: WarnedTerms, rates: WarnedRates, { usesPerWeek = USUAL_USES_PER_WEEK }: WarningOptions) {
  const feeShare = (feesOf(rates) + ((BPS - feesOf(rates)) * terms.ownerShareBps) / BPS) / BPS;
  const breakEven = hidingBond(terms, rates, usesPerWeek, feeShare);
  if (isReached(terms.bond, breakEven)) return undefined;
  return {
    code: 'unpaid-pays' as const,
    breakEven,
    text: `${served(usesPerWeek)} and pays for none keeps more than a slash takes${cure(breakEven)}`,
  };
}

/**
 * The same under a license on another model. That host never took these terms: what stands behind it is the least bond
 * of the deployment.
 */
function disguise(terms: WarnedTerms, rates: WarnedRates, { usesPerWeek = USUAL_USES_PER_WEEK }: WarningOptions) {
  const feeShare = ((BPS - feesOf(rates)) * terms.ownerShareBps) / BPS / BPS;
  const breakEven = hidingBond(terms, rates, usesPerWeek, feeShare);
  if (isReached(rates.minAccountBond, breakEven)) return undefined;
  return {
    code: 'disguise-pays' as const,
    breakEven,
    text:
      `${served(usesPerWeek)} under a license on another model keeps more than a slash takes: it need not put up ` +
      `this bond, but ${dollars(rates.minAccountBond)}, the least that buyers ask for. Only a larger slash helps.`,
  };
}

/** Does an owner gain by planting another model's fingerprints? */
function planting(terms: WarnedTerms, rates: WarnedRates, { profile, titleBond }: WarningOptions) {
  if (titleBond === undefined) return undefined;
  const breakEven = leastPlantedBond(
    { ...rates, slashBps: terms.slashBps },
    { codeBookFee: rates.codeBookFee, gasWei: GAS_WEI[profile] },
  );
  const slash = (terms.bond * BigInt(terms.slashBps)) / BigInt(BPS);
  if (breakEven === undefined || terms.bond < breakEven || titleBond >= slash) return undefined;
  return {
    code: 'planting-pays' as const,
    breakEven,
    text:
      `Should the owner's edition answer another model's keys, its host is claimed, and up to ${dollars(slash)} of ` +
      `its bond are gone: the title bond, from which that should be paid, has ${dollars(titleBond)} for a new ` +
      'license.',
  };
}

/** Protocol §7 at a host's best response, which is to hide all, and inspected: sure to be caught. */
function hidingBond(terms: WarnedTerms, rates: WarnedRates, usesPerWeek: bigint, feeShare: number) {
  return sufficientBond({
    revenue: usesPerWeek * terms.price,
    hiddenShare: 1,
    feeShare,
    caught: 1,
    slashBps: terms.slashBps,
    burnedBps: BPS - rates.claimantShareBps - rates.ownerShareBps,
  });
}

const feesOf = ({ protocolFeeBps, poolBps }: WarnedRates): number => protocolFeeBps + poolBps;
const isReached = (bond: bigint, least: bigint | undefined): boolean => least !== undefined && bond >= least;
const dollars = (amount: bigint): string => `$${formatDollars(amount)}`;
const served = (uses: bigint): string => `A host that serves ${uses.toLocaleString('en-US')} uses a week`;
const cure = (breakEven: bigint | undefined): string =>
  breakEven === undefined ? '.' : `, unless its bond is ${dollars(breakEven)}.`;
