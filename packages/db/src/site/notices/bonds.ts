import type { NoticeJson } from '@oml/protocol/wire/notice';
import { pad, type Hex } from 'viem';
import type { Database } from '../../client.ts';
import { toAddress, toAmount } from '../../columns.ts';
import type { Asked } from './asked.ts';

/** What makes a bond too low, or a higher one still too low. */
const CHANGES = ['BondTaken', 'BondWithdrawn', 'BondDeposited', 'ExitAnnounced'];

/** Bonds that do not reach what licenses reserve, without what is announced to leave. */
export async function bondNotices(db: Database, { accounts, now }: Asked): Promise<NoticeJson[]> {
  const [rows, sums] = await Promise.all([
    db.account.findMany({ where: { account: { in: accounts }, closed: false } }),
    db.license.groupBy({ by: ['account'], where: { account: { in: accounts } }, _sum: { reserved: true } }),
  ]);
  const reservedOf = new Map(sums.map(({ account, _sum }) => [account, _sum.reserved ? toAmount(_sum.reserved) : 0n]));
  const notices = await Promise.all(
    rows.map(async ({ account, bond, announced, lapsesAt }): Promise<NoticeJson[]> => {
      const leaving = lapsesAt && lapsesAt > now ? toAmount(announced) : 0n;
      const [left, reserved] = [toAmount(bond) - leaving, reservedOf.get(account) ?? 0n];
      const cause = left < reserved ? await lastChange(db, account) : undefined;
      if (!cause) return [];
      return [
        {
          kind: 'bond-low',
          key: `bond-low:${cause.tx}`,
          account: toAddress(account),
          at: cause.at.toISOString(),
          isOpen: true,
          bond: String(left > 0n ? left : 0n),
          reserved: String(reserved),
        },
      ];
    }),
  );
  return notices.flat();
}

const lastChange = (db: Database, account: string) =>
  db.event.findFirst({
    where: { topic: pad(account.toLowerCase() as Hex, { size: 32 }), name: { in: CHANGES } },
    orderBy: [{ blockNumber: 'desc' }, { logIndex: 'desc' }],
  });
