/** Wei for a unit of gas on the two kinds of chain that the defaults are made for (protocol §7). */
export const GAS_WEI = { l2: 10n ** 7n, mainnet: 10n ** 10n } as const;
export type GasProfile = keyof typeof GAS_WEI;
/** What an ether is reckoned to cost, in the token's smallest unit: $3,000. */
export const ETHER_PRICE = 3_000_000_000n;

/**
 * Gas of what accusers do, measured by `npm run simulate -w contracts` with one round of drand where one is posted:
 * a batch that is only opened; one that ends in a slash for disguised use, by 60 points at 6 bits; a claim of unpaid
 * use, from its anchor to its end.
 */
export const CLAIM_GAS = { opened: 353_000n, disguised: 1_706_000n, unpaid: 437_500n } as const;

/** What is assumed where nobody knows: of so many hosts one cheats, a batch asks so many probes, each paid for. */
export const HOSTS_PER_CHEAT = 33n;
export const PROBES_PER_BATCH = 24n;

const BPS = 10_000n;
const ETHER = 10n ** 18n;

export interface GasPrice {
  /** Wei for a unit of gas. */
  gasWei: bigint;
  /** Of an ether, in the token's smallest unit. */
  etherPrice?: bigint;
}

/** What gas costs in the token's smallest unit, rounded up. */
export function gasCost(gas: bigint, { gasWei, etherPrice = ETHER_PRICE }: GasPrice): bigint {
  return divideUp(gas * gasWei * etherPrice, ETHER);
}

/** What terms and the rates of a deployment say about a slash. */
export interface SlashShares {
  slashBps: number;
  claimantShareBps: number;
  ownerShareBps: number;
}

/**
 * Least bond at which somebody inspects without being asked: the claimant's share of one slash pays for the batches
 * that found nobody out, their probes, and the claim. `poolPay`: what the pool gives for an opened batch.
 */
export function leastInspectedBond(
  { slashBps, claimantShareBps }: SlashShares,
  { price, poolPay = 0n, ...gas }: GasPrice & { price: bigint; poolPay?: bigint },
): bigint | undefined {
  const batch = gasCost(CLAIM_GAS.opened, gas) + PROBES_PER_BATCH * price - poolPay;
  const claim = gasCost(CLAIM_GAS.disguised - CLAIM_GAS.opened, gas);
  const cost = HOSTS_PER_CHEAT * batch + claim;
  if (cost <= 0n) return 0n;
  return bondFor(cost, slashBps, claimantShareBps);
}

/**
 * Least bond at which an owner gains by planting another model's fingerprints in the weights that it licenses, and
 * having its own host claimed by a friend: both shares of the slash are the owner's then.
 */
export function leastPlantedBond(
  { slashBps, claimantShareBps, ownerShareBps }: SlashShares,
  { codeBookFee, ...gas }: GasPrice & { codeBookFee: bigint },
): bigint | undefined {
  return bondFor(gasCost(CLAIM_GAS.disguised, gas) + 2n * codeBookFee, slashBps, claimantShareBps + ownerShareBps);
}

/** Smallest bond of whose slash the share covers the cost; undefined where it gets nothing. */
function bondFor(cost: bigint, slashBps: number, shareBps: number): bigint | undefined {
  const share = BigInt(slashBps) * BigInt(shareBps);
  return share === 0n ? undefined : divideUp(cost * BPS * BPS, share);
}

function divideUp(a: bigint, b: bigint): bigint {
  return (a + b - 1n) / b;
}
