import type { Database } from './client.ts';
import { toAmount } from './columns.ts';
import type { Counts, IndexStatus } from './rows.ts';

/** How far the index has read; undefined until the indexer wrote its first block. */
export async function indexStatus(db: Database): Promise<IndexStatus | undefined> {
  const cursor = await db.cursor.findUnique({ where: { id: 1 } });
  return cursor ? { chainId: cursor.chainId, indexedBlock: cursor.number, indexedAt: cursor.at } : undefined;
}

/** The figures of the front page; revenue and slashes in the token's smallest unit, hosts with an active license. */
export async function counts(db: Database): Promise<Counts> {
  const [models, hosts, claims, slashed] = await Promise.all([
    db.model.aggregate({ _count: true, _sum: { useCount: true, revenue: true } }),
    db.$queryRaw<
      { count: bigint }[]
    >`select count(distinct account) as count from chain.license where state = 'active'`,
    db.claim.count(),
    db.account.aggregate({ _sum: { slashed: true } }),
  ]);
  return {
    models: models._count,
    hosts: Number(hosts[0]?.count ?? 0n),
    uses: models._sum.useCount ?? 0,
    revenue: models._sum.revenue ? toAmount(models._sum.revenue) : 0n,
    claims,
    slashed: slashed._sum.slashed ? toAmount(slashed._sum.slashed) : 0n,
  };
}
