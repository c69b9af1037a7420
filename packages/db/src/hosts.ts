import { LOOKS_IN_VAIN } from '@oml/protocol/wire/endpoint-figures';
import type { Database } from './client.ts';
import { pageSize, storedId } from './columns.ts';
import { licensesOf, type LicenseRow } from './licenses.ts';

/** Whose license is in force and whose endpoint answers, or all the others. */
export type HostPart = 'serving' | 'others';

export interface HostQuery {
  modelId: bigint;
  part: HostPart;
  /** From 1. */
  page?: number;
  limit?: number;
}

export interface HostPage {
  licenses: LicenseRow[];
  /** Of the model, on all pages. */
  serving: number;
  others: number;
}

/**
 * The licenses of a model, those of hosts that nothing was ever taken from first, then the newest. An endpoint that
 * every verifier who looked misses since some looks is a dead one; what nobody looked at is not dead.
 */
export async function listHosts(db: Database, { modelId, part, page = 1, limit }: HostQuery): Promise<HostPage> {
  const take = pageSize(limit, 25);
  const rows = await db.$queryRaw<{ licenseId: bigint | null; serving: bigint; others: bigint }[]>`
    with host as (
      select l.license_id, l.state in ('active', 'closing') and coalesce((
          select min(f.missed) from market.endpoint_figures f
          where f.license_id = l.license_id and f.endpoint = l.endpoint and f.looks > 0
        ), 0) < ${LOOKS_IN_VAIN} as is_serving,
        coalesce((
          select case when a.slashed > 0 then 2 when a.late_fees > 0 or a.contested > 0 then 1 else 0 end
          from chain.account a where a.account = l.account
        ), 0) as taken
      from chain.license l
      where l.model_id = ${storedId(modelId) ?? -1n}
    ), page as (
      select license_id, taken from host where is_serving = ${part === 'serving'}
      order by taken, license_id desc limit ${take} offset ${take * (page - 1)}
    )
    select page.license_id as "licenseId", total.serving, total.others
    from (select count(*) filter (where is_serving) as serving, count(*) filter (where not is_serving) as others from host) total
    left join page on true
    order by page.taken, page.license_id desc`;
  const ids = rows.flatMap(({ licenseId }) => licenseId ?? []);
  const licenses = await licensesOf(db, ids);
  const { serving = 0n, others = 0n } = rows[0] ?? {};
  return { licenses: ids.map((id) => licenses.get(id)!), serving: Number(serving), others: Number(others) };
}
