import { ETHER_PRICE, GAS_WEI, gasCost, leastInspectedBond, leastPlantedBond } from '@oml/protocol/evidence/break-even';
import { bestResponse } from '@oml/protocol/evidence/best-response';
import { bookReach } from '@oml/protocol/evidence/reach';
import { firstPassage } from '@oml/protocol/evidence/passage';
import { hitPoints } from '@oml/protocol/evidence/score';
import { figure, type Figure } from './figure.ts';
import { packing } from './packing.ts';
import { ROTATED, shareOf, type Measured } from './measured.ts';
import { tableGas } from './table-gas.ts';

/** What a host of the tables serves in a week, at which prices, and what the owner takes of it after fee and pool. */
export const WEEK = { uses: 10_000, prices: [0.001, 0.005, 0.02], ownerShare: 0.7 } as const;
/** Common keys and bits of the code book, survival of its fingerprints, and what a claim is planned to need. */
const BOOK = { commonSize: 256, bits: 6, survival: 0.9 } as const;
const DOLLAR = 1e6;

export interface Setting {
  /** Of an ether, in dollars. */
  readonly ether: number;
}

/** What a host owes of each dollar that it takes: fee and pool, and the owner's share of the rest. */
export function owedShares({ rates }: Pick<Measured, 'rates'>) {
  const fees = (rates.protocolFeeBps + rates.poolBps) / 10_000;
  const owner = (1 - fees) * WEEK.ownerShare;
  return { all: fees + owner, owner };
}

/** Chance that one of the week's uses was both unpaid and a verifier's, who contests so large a share of all uses. */
export const caughtUnpaid = (hidden: number, contested: number): number => 1 - (1 - hidden * contested) ** WEEK.uses;

/**
 * Most that a host makes in a week by not paying for the share of its uses that serves it best: its profit is convex
 * in that share, so all of them or none.
 */
export function bestUnpaid(gain: number, loss: number, contested: number): number {
  return Math.max(0, gain - caughtUnpaid(1, contested) * loss);
}

/** Every break-even of one profile, from what was measured. */
export function sweep(m: Measured, { ether }: Setting): Figure[] {
  const gas = { gasWei: GAS_WEI[m.profile], etherPrice: BigInt(Math.round(ether * DOLLAR)) };
  const cost = (units: number) => Number(gasCost(BigInt(Math.round(units)), gas)) / DOLLAR;
  const slash = {
    slashBps: m.slashBps,
    claimantShareBps: m.rates.claimantShareBps,
    ownerShareBps: m.rates.ownerShareBps,
  };
  const price = 1_000n;
  return [
    ...ofUnpaid(m),
    ...ofTardy(m, cost),
    ...ofDisguised(m),
    ...ofRotating(m, cost),
    ...ofSelfBaiting(m),
    figure('trap', 'paysFromBond', dollars(leastPlantedBond(slash, { ...gas, codeBookFee: m.rates.codeBookFee })), '$',
      'without title cover the host pays; from this bond on the owner gains: both shares of the slash, less two code books and a claim'),
    ...ofFraming(m, cost),
    figure('inspection', 'leastBond', dollars(leastInspectedBond(slash, { ...gas, price })), '$',
      'somebody inspects unasked at $0.001 a probe: one slash pays for 33 batches and a claim'),
    figure('inspection', 'leastBondWithPool', dollars(leastInspectedBond(slash, { ...gas, price, poolPay: m.rates.poolCap })), '$',
      "the same where the pool pays its cap for every opened batch"),
    ...ofFarming(m, cost),
    ...packing(m, cost),
  ]; // prettier-ignore
}

const dollars = (amount: bigint | undefined): number => (amount === undefined ? Infinity : Number(amount) / DOLLAR);

/** Not paying at all, probed by strangers. */
function ofUnpaid(m: Measured): Figure[] {
  const loss = shareOf(m.unpaid.host, m.bond);
  const { all } = owedShares(m);
  return WEEK.prices.flatMap((price) => {
    const gain = WEEK.uses * price * all;
    const rest = 1 - gain / (loss * (Number(m.bond) / DOLLAR));
    const least = rest > 0 ? -Math.log(rest) : Infinity;
    return [
      figure('unpaid', `leastBond.at${price}`, gain / loss, '$', `loses money from this bond on, at $${price} a use`),
      figure('unpaid', `leastProbes.at${price}`, least, 'probes a week',
        `that make it lose money at the profile's least bond, at $${price} a use`),
    ]; // prettier-ignore
  });
}

/** Booking only what is contested: without what it saves in gas, and with it, where every use is its own payment. */
function ofTardy(m: Measured, cost: (gas: number) => number): Figure[] {
  const { all } = owedShares(m);
  const least = Number(m.rates.claimCost) / DOLLAR;
  const rate = (price: number, saved: number) => {
    const gain = price * all + saved;
    return (100 * gain) / (gain + Math.max(price * m.rates.lateFactor, least));
  };
  const [price] = WEEK.prices;
  return [
    figure('tardy', 'leastContest', rate(price, 0), '% of uses', `contested makes it lose money, at $${price} a use`),
    figure('tardy', 'leastContestExact', rate(price, cost(tableGas('bookExact'))), '% of uses',
      'the same where every use is a payment of its own, whose booking costs gas'),
    figure('tardy', 'measuredFee', Number(-m.tardy.host) / DOLLAR, '$', 'late fee of one use of $0.005, as played'),
  ]; // prettier-ignore
}

/** Serving M under a license on another model: what stands behind it is the deployment's least bond, not M's terms. */
function ofDisguised(m: Measured): Figure[] {
  const { owner } = owedShares(m);
  const loss = shareOf(m.disguised.outcome.host, m.bond);
  const { threshold, probes, least } = bookReach(BOOK);
  const chance = (share: number) =>
    firstPassage({ hitChance: share * BOOK.survival, bits: BOOK.bits, threshold, items: probes }).chance;
  return [
    figure('disguised', 'leastReach', least!.hitChance, 'α·s', 'smallest share that one batch of 256 keys catches'),
    ...WEEK.prices.flatMap((price) => {
      const gain = WEEK.uses * price * owner;
      const stake = loss * (Number(m.bond) / DOLLAR);
      const top = bestResponse({ gain, loss: stake, caught: chance });
      return [
        figure('disguised', `leastBond.at${price}`, gain / loss, '$', `all of it loses money, one batch a week, at $${price} a use`),
        figure('disguised', `bestShare.at${price}`, 100 * top.share, '% of uses', `hidden serve it best at the least bond, at $${price} a use`),
        figure('disguised', `profit.at${price}`, top.profit, '$ a week', 'and bring it so much'),
      ]; // prettier-ignore
    }),
  ];
}

/** Rotating over many licenses within one endpoint; clients refuse that, so a verifier meets one license at a time. */
function ofRotating(m: Measured, cost: (gas: number) => number): Figure[] {
  const { setUp, outcome } = m.rotating;
  const counts = Array.from({ length: 64 }, (_, i) => i + 1).filter((k) => hitPoints(BOOK.bits, k) > 0);
  const { threshold, probes } = bookReach(BOOK);
  const reach = (licenses: number) =>
    Array.from({ length: 100 }, (_, i) => (i + 1) / 100).find(
      (hitChance) => firstPassage({ hitChance, bits: BOOK.bits, licenses, threshold, items: probes }).chance >= 0.9,
    );
  const each = (Number(setUp.burned) / DOLLAR + cost(setUp.hostGas + setUp.claimGas)) / ROTATED;
  return [
    figure('rotating', 'mostLicenses', counts.at(-1)!, 'licenses', 'named by one batch at most: beyond, a hit counts nothing'),
    figure('rotating', 'leastReach.of4', reach(4)!, 'α·s', 'smallest share that a batch catches that names four'),
    figure('rotating', 'leastReach.of16', reach(16) ?? Infinity, 'α·s', 'and sixteen'),
    figure('rotating', 'costPerLicense', each, '$', 'a toy model with a license on it'),
    figure('rotating', 'lossPerBond', 100 * shareOf(outcome.host, m.bond), '% of the bond', `once caught over ${ROTATED} licenses`),
  ]; // prettier-ignore
}

/** Claiming itself through a friend, so that strangers find its pot empty. */
function ofSelfBaiting(m: Measured): Figure[] {
  const back = shareOf(m.unpaid.claimant, m.bond);
  const loss = shareOf(m.unpaid.host, m.bond) - back;
  const [price] = WEEK.prices;
  const gain = WEEK.uses * price * owedShares(m).all;
  return [
    figure('selfBaiting', 'leastBond', gain / loss, '$', `a friend gets a fifth back, strangers nothing, at $${price} a use`),
    figure('selfBaiting', 'strangerAfterSlash', shareOf(m.shelter.stranger, m.bond), 'of the bond', 'left for a stranger after a slash of its own: one week, one slash'),
    figure('selfBaiting', 'strangerAfterLateFee', shareOf(m.lateShelter.stranger, m.bond), 'of the bond', 'left after a late fee of its own: that shelters nothing'),
  ]; // prettier-ignore
}

function ofFraming(m: Measured, cost: (gas: number) => number): Figure[] {
  const gained = Number(m.tardy.claimant) / DOLLAR - cost(m.tardy.claimGas);
  return [
    figure('framing', 'profit', Number(m.framing.claimant) / DOLLAR - cost(m.framing.claimGas), '$', 'of claiming a booked use: the court refuses it, its commitment and anchor are paid'),
    figure('framing', 'profitInOutage', gained, '$ a claim', "of a host that books nothing for 25 h: a claim's cost, less gas"),
  ]; // prettier-ignore
}

/** Drawing again until luck comes, and an owner that pays its own pool to itself. */
function ofFarming(m: Measured, cost: (gas: number) => number): Figure[] {
  const batch = cost(m.inspection.opened.claimGas);
  const shares = shareOf(m.disguised.outcome.claimant + m.disguised.outcome.owner, m.bond);
  return [
    figure('farming', 'leastBond', (batch * 2 ** 40) / shares, '$', 'from which on drawing batches pays, the first of all at 40 points, owner in league: out of reach'),
    figure('farming', 'ownPool', Number(m.inspection.paid.claimant) / DOLLAR - batch, '$ a batch', 'that an owner takes back out of its own pool through a friend'),
  ]; // prettier-ignore
}

/** What an ether is reckoned to cost, in dollars. */
export const USUAL_ETHER = Number(ETHER_PRICE) / DOLLAR;
