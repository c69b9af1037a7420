import type { NoticeJson } from '@oml/protocol/wire/notice';
import type { Database } from '../../client.ts';
import { toAddress, toAmount } from '../../columns.ts';
import type { Prisma } from '../../generated/prisma/client.ts';
import type { Asked } from './asked.ts';

interface Day {
  payee: string;
  day: string;
  at: Date;
  amount: Prisma.Decimal;
  credited: Prisma.Decimal;
  count: number;
}

/** What reached accounts out of vaults, a notice for each day: agents pay out every few minutes. */
export async function payoutNotices(db: Database, { accounts, since }: Asked): Promise<NoticeJson[]> {
  const days = await db.$queryRaw<Day[]>`
    select payee, to_char(at at time zone 'UTC', 'YYYY-MM-DD') as day, max(at) as at, count(distinct tx)::int as count,
      coalesce(sum(amount) filter (where not refused), 0) as amount,
      coalesce(sum(amount) filter (where refused), 0) as credited
    from chain.payout where payee = any(${accounts}) and at >= ${since}::timestamptz group by 1, 2`;
  return days.map(({ payee, day, at, amount, credited, count }) => ({
    kind: 'payout',
    key: `payout:${day}`,
    account: toAddress(payee),
    at: at.toISOString(),
    isOpen: false,
    day,
    amount: String(toAmount(amount)),
    credited: String(toAmount(credited)),
    count,
  }));
}
