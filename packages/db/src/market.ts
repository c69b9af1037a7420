import { LOOKS_IN_VAIN } from '@oml/protocol/wire/endpoint-figures';
import type { ModelKind } from '@oml/protocol/wire/model-kind';
import type { Database } from './client.ts';
import { toAmount } from './columns.ts';
import { readFacetWord, type FacetWord } from './facets.ts';

/** Days of chain time that a trend is made of. */
export const TREND_DAYS = 7;

export interface Counts {
  models: number;
  /** Accounts with an active license. */
  hosts: number;
  uses: number;
  revenue: bigint;
  claims: number;
  slashed: bigint;
}

/** How many models there are of each kind; those whose publisher was not reached yet are of none. */
export type Facets = Record<ModelKind, number>;

/** Values of one facet that are counted. */
const VALUES_OF_FACET = 12;

const KINDS: readonly ModelKind[] = ['language', 'classifier'];

/**
 * The figures of the front page; money in the token's smallest unit. As they were counted last
 * (see {@link refreshFigures}), or counted now where they never were.
 */
export async function counts(db: Database): Promise<Counts> {
  const of = await figures(db);
  const number = (name: string): number => Number(of.get(name) ?? 0n);
  return {
    models: number('models'),
    hosts: number('hosts'),
    uses: number('uses'),
    revenue: of.get('revenue') ?? 0n,
    claims: number('claims'),
    slashed: of.get('slashed') ?? 0n,
  };
}

/** How all hosts together stand. */
export interface HostsLately {
  /** Licenses in force. */
  licenses: number;
  /** Of those, at which verifiers told that they looked, and which answered them then. */
  looked: number;
  answering: number;
}

/** What verifiers told lately of all licenses in force, as counted last. */
export async function hostsLately(db: Database): Promise<HostsLately> {
  const of = await figures(db);
  const number = (name: string): number => Number(of.get(name) ?? 0n);
  return { licenses: number('licenses'), looked: number('looked'), answering: number('answering') };
}

/** How many models a filter by kind leaves, as counted last. */
export async function facets(db: Database): Promise<Facets> {
  const of = await figures(db);
  return Object.fromEntries(KINDS.map((kind) => [kind, Number(of.get(`kind.${kind}`) ?? 0n)])) as Facets;
}

/** The most frequent words of each facet with how many models have them, as counted last. */
export async function facetCounts(db: Database): Promise<Map<FacetWord, number>> {
  const counted = [...(await figures(db))].flatMap(([name, value]) => {
    const word = name.startsWith('facet.') ? readFacetWord(name.slice('facet.'.length)) : undefined;
    return word ? [[word, Number(value)] as const] : [];
  });
  return new Map(counted.sort(([a, first], [b, second]) => second - first || (a < b ? -1 : 1)));
}

/**
 * Works out how many hosts of each model answer: of those that are active, which a verifier found within the day before
 * `now`, and not in vain ever since.
 */
export async function refreshOnline(db: Database, now: Date): Promise<void> {
  await db.$executeRaw`
    with answering as (
      select f.model_id, count(distinct f.license_id)::int as online
      from market.endpoint_figures f join chain.license c on c.license_id = f.license_id and c.state = 'active'
      where f.up > 0 and f.missed < ${LOOKS_IN_VAIN} and f.endpoint = c.endpoint and f.window_to > ${now}::timestamptz - interval '1 day'
      group by f.model_id
    ), fresh as (
      select l.model_id, coalesce(a.online, 0) as online
      from market.listing l left join answering a on a.model_id = l.model_id
      where l.online <> 0 or a.model_id is not null
    )
    update market.listing l set online = f.online from fresh f
    where f.model_id = l.model_id and l.online <> f.online`;
}

async function figures(db: Database): Promise<Map<string, bigint>> {
  const stored = await db.figure.findMany();
  const rows = stored.length > 0 ? stored : await countAll(db);
  return new Map(rows.map(({ name, value }) => [name, toAmount(value)]));
}

/** Counts everything anew: that reads whole tables, so the indexer does it now and then, and pages read the result. */
export async function refreshFigures(db: Database, countedAt: Date): Promise<void> {
  const rows = await countAll(db);
  await db.$transaction([
    db.figure.deleteMany(),
    db.figure.createMany({ data: rows.map((row) => ({ ...row, countedAt })) }),
  ]);
}

type Stored = Awaited<ReturnType<Database['figure']['findMany']>>[number];

function countAll(db: Database): Promise<Pick<Stored, 'name' | 'value'>[]> {
  return db.$queryRaw`
    select 'models' as name, count(*)::numeric as value from chain.model
    union all select 'uses', coalesce(sum(use_count), 0) from chain.model
    union all select 'revenue', coalesce(sum(revenue), 0) from chain.model
    union all select 'hosts', count(distinct account) from chain.license where state = 'active'
    union all select 'claims', count(*) from chain.claim
    union all select 'slashed', coalesce(sum(slashed), 0) from chain.account
    union all select 'licenses', count(*) from chain.license where state = 'active'
    union all select unnest(array['looked', 'answering']), unnest(array[count(*), count(*) filter (where up)])
      from (select bool_or(f.up > 0 and f.missed < ${LOOKS_IN_VAIN}) as up from market.endpoint_figures f
        join chain.license l on l.license_id = f.license_id and l.state = 'active' group by f.license_id) told
    union all select 'kind.' || kind, count(*) from market.listing
      where kind is not null and model_id not in (select site.hidden_models()) group by kind
    union all select 'facet.' || word, models from (
      select word, count(*) as models,
        row_number() over (partition by split_part(word, ':', 1) order by count(*) desc, word) as place
      from market.listing, unnest(facets) word
      where model_id not in (select site.hidden_models()) group by word
    ) counted where place <= ${VALUES_OF_FACET}`;
}

/**
 * Works out what is trending: the payers of the last {@link TREND_DAYS} days before `now` (chain time), but the model's
 * owner and the hosts themselves. A payer counts by the logarithm of its uses; whole if it also paid for models of
 * another owner, else by a quarter, so that many accounts of one hand weigh little.
 */
export async function refreshTrends(db: Database, now: Date): Promise<void> {
  await db.$executeRaw`
    with recent as (
      select p.model_id, p.client, m.owner, sum(p.uses) as uses
      from chain.payer_day p join chain.model m on m.model_id = p.model_id
      where p.day > (${now}::timestamptz at time zone 'UTC')::date - ${TREND_DAYS}::int
      group by p.model_id, p.client, m.owner
    ), payer as (
      select client, case when count(distinct owner) > 1 then 1 else 0.25 end as weight from recent group by client
    ), trend as (
      select r.model_id, count(*)::int as payers,
        sum(p.weight * ln(1 + r.uses::double precision))::double precision as trending
      from recent r join payer p on p.client = r.client group by r.model_id
    ), fresh as (
      select l.model_id, coalesce(t.payers, 0) as payers, coalesce(t.trending, 0) as trending
      from market.listing l left join trend t on t.model_id = l.model_id
      where l.trending <> 0 or t.model_id is not null
    )
    update market.listing l set payers = f.payers, trending = f.trending
    from fresh f where f.model_id = l.model_id and (l.payers <> f.payers or l.trending is distinct from f.trending)`;
}
