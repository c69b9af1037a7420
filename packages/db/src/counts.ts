import type { Database } from './client.ts';
import { toAmount } from './columns.ts';

export interface Counts {
  models: number;
  hosts: number;
  uses: number;
  revenue: bigint;
  claims: number;
  slashed: bigint;
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
