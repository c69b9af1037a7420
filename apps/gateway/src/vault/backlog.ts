import type { GatewayStore } from '../store.ts';

/** What was answered and is not booked for good yet. */
export interface Backlog {
  /** Payments and channels. */
  uses: number;
  /** Of them all, in the token's smallest unit. */
  amount: bigint;
  /** Unix ms of the oldest; undefined where there is none. */
  since: number | undefined;
}

/** A use that is not booked this long after it was answered is an offence once anybody claims it (protocol §5). */
export const BOOK_WITHIN_MS = 24 * 3_600_000;
/** A backlog is late so long before that, while what is due can still be booked: sales end, and operators are told. */
const LATE_BEFORE_MS = 6 * 3_600_000;

/** Is what waits since then about to become an offence? */
export const isLate = (since: number, now: number): boolean => since + BOOK_WITHIN_MS - LATE_BEFORE_MS < now;

/** Reads the backlog of a store. */
export async function readBacklog({ db }: GatewayStore): Promise<Backlog> {
  const payments = await db
    .selectFrom('payment')
    .select(['value', 'created_at'])
    .where('state', '=', 'settled')
    .where('booked_at', 'is', null)
    .where('booked_block', 'is', null)
    .execute();
  const channels = await db
    .selectFrom('channel')
    .select(['charged', 'booked', 'uncollected_since'])
    .where('uncollected_since', 'is not', null)
    .where('seen_block', 'is', null)
    .execute();
  const owed = [
    ...payments.map(({ value, created_at: at }) => ({ amount: BigInt(value), at })),
    ...channels.map((row) => ({ amount: BigInt(row.charged) - BigInt(row.booked), at: row.uncollected_since! })),
  ];
  return {
    uses: owed.length,
    amount: owed.reduce((sum, { amount }) => sum + amount, 0n),
    since: owed.reduce<number | undefined>((least, { at }) => Math.min(least ?? at, at), undefined),
  };
}
