import type { NoticeJson } from '@oml/protocol/wire/notice';
import type { Database } from '../../client.ts';
import { fromAmount, toAddress, toAmount } from '../../columns.ts';
import type { Asked } from './asked.ts';

/** Models of owners whose title bonds are looked at. */
const MOST = 1_000;

/** What was asked back and may leave now: bonds of hosts, stakes of verifiers, title bonds of owners. */
export async function withdrawalNotices(db: Database, asked: Asked): Promise<NoticeJson[]> {
  return (await Promise.all([ofBonds(db, asked), ofStakes(db, asked), ofTitles(db, asked)])).flat();
}

const isRipe = (now: Date) => ({ announced: { gt: 0 }, ripeAt: { lte: now }, lapsesAt: { gt: now } });

async function ofBonds(db: Database, { accounts, now }: Asked): Promise<NoticeJson[]> {
  const rows = await db.account.findMany({ where: { account: { in: accounts }, ...isRipe(now) } });
  return rows.map(({ account, announced, ripeAt, lapsesAt }) => ({
    kind: 'withdrawal-ready',
    of: 'bond',
    key: `withdrawal:bond:${ripeAt!.getTime()}`,
    account: toAddress(account),
    at: ripeAt!.toISOString(),
    until: lapsesAt!.toISOString(),
    isOpen: true,
    amount: String(toAmount(announced)),
  }));
}

async function ofStakes(db: Database, { accounts, now }: Asked): Promise<NoticeJson[]> {
  const rows = await db.verifier.findMany({
    where: { verifier: { in: accounts }, stake: { gt: 0 }, leavableAt: { lte: now } },
  });
  return rows.map(({ verifier, stake, leavableAt }) => ({
    kind: 'withdrawal-ready',
    of: 'stake',
    key: `withdrawal:stake:${leavableAt!.getTime()}`,
    account: toAddress(verifier),
    at: leavableAt!.toISOString(),
    isOpen: true,
    amount: String(toAmount(stake)),
  }));
}

async function ofTitles(db: Database, { accounts, now }: Asked): Promise<NoticeJson[]> {
  const owned = await db.model.findMany({
    where: { owner: { in: accounts } },
    select: { modelId: true, owner: true },
    orderBy: { modelId: 'desc' },
    take: MOST,
  });
  const ownerOf = new Map(owned.map(({ modelId, owner }) => [modelId, owner]));
  const rows = await db.titleBond.findMany({
    where: { modelId: { in: [...ownerOf.keys()].map(fromAmount) }, ...isRipe(now) },
  });
  return rows.map((row) => {
    const modelId = toAmount(row.modelId);
    return {
      kind: 'withdrawal-ready',
      of: 'title',
      key: `withdrawal:title:${modelId}:${row.ripeAt!.getTime()}`,
      account: toAddress(ownerOf.get(modelId)!),
      at: row.ripeAt!.toISOString(),
      until: row.lapsesAt!.toISOString(),
      isOpen: true,
      amount: String(toAmount(row.announced)),
      modelId: String(modelId),
    };
  });
}
