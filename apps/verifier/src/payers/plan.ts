import { drawsOf, type Draws } from './draws.ts';

/** What a round of paid calls needs payers for. */
export interface Wishes {
  calls: number;
  /** Most that one call may cost, in the token's smallest unit. */
  price: bigint;
  /** More would cost more gas than a batch is worth. */
  mostPayers: number;
  /** So long funding takes, and asking again, in ms. */
  spreadMs: number;
}

/** An account that only passes money on. Times are in ms from the beginning of the funding. */
export interface Hop {
  fundedAt: number;
  /** What it passes on, in the token's smallest unit. */
  amount: bigint;
}

/** An account that buys a few answers and is never used again. */
export interface Payer extends Hop {
  hop: number;
  /** Puts its money into a channel, where the host has them. */
  byChannel: boolean;
}

/** Who makes a call, and when, in ms from the beginning of the asking. */
export interface PlannedCall {
  payer: number;
  at: number;
}

export interface Plan {
  hops: Hop[];
  payers: Payer[];
  /** By the number of the call. Nothing here knows which of them are probes. */
  calls: PlannedCall[];
}

/** As buyers do who try a model: most ask once, and who means to ask more opens a channel. */
const CALLS_OF_A_PAYER = [1, 1, 1, 2, 2];
const CALLS_OF_A_CHANNEL = [3, 4, 5, 6];
const CHANNEL_SHARE = 1 / 4;
/** In calls: x402's own, below which a host takes none. */
const LEAST_DEPOSIT = 10;
const PAYERS_OF_A_HOP = [3, 4, 5, 6];
/** Between two calls of one payer, as a share of the whole. */
const PAUSE = 1 / 20;

/** Draws payers, amounts and times for a round of calls: the same for one seed. */
export function planCalls(seed: string, wishes: Wishes): Plan {
  const draws = drawsOf(seed);
  const groups = groupsOf(draws, wishes);
  const hopOf = hopsOf(draws, groups.length);
  const hopCount = hopOf.at(-1)! + 1;
  const hopTimes = Array.from({ length: hopCount }, () => Math.floor((draws.uniform() * wishes.spreadMs) / 3));
  const payers = groups.map((group, payer) => {
    const hop = hopOf[payer]!;
    return {
      hop,
      byChannel: isByChannel(group),
      amount: amountFor(draws, wishes.price * BigInt(worthOf(group))),
      fundedAt: hopTimes[hop]! + Math.floor((draws.uniform() * wishes.spreadMs * 2) / 3),
    };
  });
  const calls: PlannedCall[] = [];
  groups.forEach((group, payer) => {
    const times = timesOf(draws, group.length, wishes.spreadMs);
    group.forEach((call, k) => (calls[call] = { payer, at: times[k]! }));
  });
  const passedOn = (hop: number) => payers.reduce((sum, payer) => (payer.hop === hop ? sum + payer.amount : sum), 0n);
  return { hops: hopTimes.map((fundedAt, hop) => ({ fundedAt, amount: passedOn(hop) })), payers, calls };
}

const isByChannel = (group: readonly number[]): boolean => group.length >= CALLS_OF_A_CHANNEL[0]!;

/** For how many calls a payer needs money at least. */
const worthOf = (group: readonly number[]): number =>
  isByChannel(group) ? Math.max(LEAST_DEPOSIT, group.length) : group.length;

/** Calls in a random order, dealt to payers. */
function groupsOf(draws: Draws, { calls, mostPayers }: Wishes): number[][] {
  const mixed = draws.shuffle(Array.from({ length: calls }, (_, call) => call));
  const groups: number[][] = [];
  const size = () => draws.pick(draws.uniform() < CHANNEL_SHARE ? CALLS_OF_A_CHANNEL : CALLS_OF_A_PAYER);
  while (mixed.length > 0 && groups.length < mostPayers) groups.push(mixed.splice(0, size()));
  for (const call of mixed) draws.pick(groups).push(call);
  return groups;
}

/** The hop of each payer, one after the other. */
function hopsOf(draws: Draws, payers: number): number[] {
  const hops: number[] = [];
  for (let hop = 0; hops.length < payers; hop++)
    hops.push(...Array.from({ length: draws.pick(PAYERS_OF_A_HOP) }, () => hop));
  return hops.slice(0, payers);
}

/**
 * When a payer asks, in order. No two times are the same, not even at the end: whatever then decided which call comes
 * first would know the number of the call, and with it what it is.
 */
function timesOf(draws: Draws, count: number, spreadMs: number): number[] {
  const steps = Array.from({ length: count }, (_, k) => (k === 0 ? 0 : draws.exponential(spreadMs * PAUSE)));
  const length = steps.reduce((sum, step) => sum + step, 0);
  const squeeze = Math.min(1, (0.9 * spreadMs) / Math.max(1, length));
  let at = draws.uniform() * (spreadMs - squeeze * length);
  return steps.map((step) => (at += squeeze * step));
}

/** Enough, up to three times of it, in two digits as people choose them. */
function amountFor(draws: Draws, needed: bigint): bigint {
  const wished = (needed * BigInt(1000 + draws.below(2000))) / 1000n;
  const unit = 10n ** BigInt(Math.max(0, String(wished).length - 2));
  return ((wished + unit - 1n) / unit) * unit;
}
