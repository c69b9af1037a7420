import type { NoticeJson } from '@oml/protocol/wire/notice';
import type { Address } from 'viem';
import type { Database } from '../../client.ts';
import { storedAddress, toAmount } from '../../columns.ts';
import type { Prisma } from '../../generated/prisma/client.ts';

/** A limit that an account named for its own spending of a calendar month, smallest unit. */
export interface Budget {
  account: Address;
  budget: bigint;
}

/** Told of when so much of it is spent. */
const PERCENTS = [75, 100] as const;

/**
 * Budgets that the bookings of this month (UTC) have reached. What is not booked yet is not known here, nor what an
 * account pays for its own models.
 */
export async function budgetNotices(db: Database, budgets: readonly Budget[], now: Date): Promise<NoticeJson[]> {
  const clients = budgets.flatMap(({ account }) => storedAddress(account) ?? []);
  if (clients.length === 0) return [];
  const month = now.toISOString().slice(0, 7);
  const sums = await db.$queryRaw<{ client: string; paid: Prisma.Decimal; day: Date }[]>`
    select client, sum(paid) as paid, max(day) as day from chain.payer_day
    where client = any(${clients}) and day >= ${`${month}-01`}::date group by client`;
  const spentOf = new Map(sums.map(({ client, paid, day }) => [client, { paid: toAmount(paid), day }]));
  return budgets.flatMap(({ account, budget }) => {
    const spent = spentOf.get(account);
    if (!spent) return [];
    return PERCENTS.filter((percent) => spent.paid * 100n >= budget * BigInt(percent)).map((percent): NoticeJson => ({
      kind: 'budget',
      key: `budget:${month}:${budget}:${percent}`,
      account,
      at: spent.day.toISOString(),
      isOpen: percent >= 100,
      month,
      spent: String(spent.paid),
      budget: String(budget),
      percent,
    }));
  });
}
