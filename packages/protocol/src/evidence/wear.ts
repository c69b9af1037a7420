import { bookReach } from './reach.ts';

/** Keys of one batch: `items` of them from `firstKey` on, the first after the last; `at` in Unix milliseconds. */
export interface KeysAsked {
  account: string;
  firstKey: number;
  items: number;
  at: number;
}

/** How far a code book is used up by being asked. */
export interface Wear {
  /** Common keys of the book. */
  commonKeys: number;
  /** So many that no account was asked must be left for a claim to reach its score. */
  keysNeeded: number;
  /** What was handed out, over all accounts. */
  batches: number;
  probes: number;
  /** Of the account that was asked most: keys that it was asked, and that it was not. */
  asked: number;
  fresh: number;
  /**
   * `small`: the book never reached; `worn`: it no longer reaches against that account; `due`: it will be before a new
   * release can be rolled out, at the pace of the last four weeks.
   */
  state: 'small' | 'fresh' | 'due' | 'worn';
  /** When it is worn at that pace (Unix ms); nothing where nobody was asked of late. */
  wornAt?: number;
}

const DAY_MS = 86_400_000;
const PACE_MS = 28 * DAY_MS;

/**
 * A host that keeps what it is asked knows a key when it comes again, so that only keys that an account was never asked
 * count against it. `leadMs`: what a new release takes until licensees must have moved.
 */
export function wearOf(
  { commonSize, bits }: { commonSize: number; bits: number },
  batches: readonly KeysAsked[],
  { now, leadMs }: { now: number; leadMs: number },
): Wear {
  const { threshold, reaches } = bookReach({ commonSize, bits });
  const keysNeeded = Math.ceil(threshold / Math.max(1, bits - 1));
  const byAccount = [...Map.groupBy(batches, ({ account }) => account).values()];
  const asked = Math.max(0, ...byAccount.map((of) => keysOf(of, commonSize).size));
  const fresh = commonSize - asked;
  const counted = { commonKeys: commonSize, keysNeeded, batches: batches.length, asked, fresh };
  const wear = { ...counted, probes: batches.reduce((sum, { items }) => sum + items, 0) };
  if (!reaches) return { ...wear, state: 'small' };
  if (fresh < keysNeeded) return { ...wear, state: 'worn' };
  const ends = byAccount.flatMap((of) => endOf(of, commonSize, keysNeeded, now));
  if (ends.length === 0) return { ...wear, state: 'fresh' };
  const wornAt = Math.min(...ends);
  return { ...wear, state: wornAt <= now + leadMs ? 'due' : 'fresh', wornAt };
}

function keysOf(batches: readonly KeysAsked[], commonSize: number): Set<number> {
  const keys = new Set<number>();
  for (const { firstKey, items } of batches) for (let i = 0; i < items; i++) keys.add((firstKey + i) % commonSize);
  return keys;
}

/** When an account has too few keys left, if it goes on as in the last weeks. */
function endOf(batches: readonly KeysAsked[], commonSize: number, keysNeeded: number, now: number): number[] {
  const asked = keysOf(batches, commonSize).size;
  const before = keysOf(
    batches.filter(({ at }) => at < now - PACE_MS),
    commonSize,
  ).size;
  if (asked === before) return [];
  const first = Math.min(...batches.map(({ at }) => at));
  const days = Math.max(1, Math.min(PACE_MS, now - first) / DAY_MS);
  const left = commonSize - asked - keysNeeded;
  return [now + (left / ((asked - before) / days)) * DAY_MS];
}

/** In words, for the owner; what begins with "Re-key" is a warning. */
export function wearInWords({ commonKeys, keysNeeded, asked, fresh, state, wornAt }: Wear): string {
  const stand = `${asked} of ${commonKeys} common keys were asked of one host, ${fresh} are new to it, a claim needs ${keysNeeded}`;
  const when = wornAt === undefined ? '' : `, at this pace until ${new Date(wornAt).toISOString().slice(0, 10)}`;
  if (state === 'small') return `All ${commonKeys} common keys together never reached the score of a claim: ${stand}.`;
  if (state === 'worn') return `Re-key now: ${stand}.`;
  return state === 'due' ? `Re-key soon: ${stand}${when}.` : `The book is fresh: ${stand}${when}.`;
}
