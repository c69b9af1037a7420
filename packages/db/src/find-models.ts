import type { ModelKind } from '@oml/protocol/wire/model-kind';
import { Prisma } from './generated/prisma/client.ts';
import type { Database } from './client.ts';
import { pageSize, storedAddress, storedId } from './columns.ts';
import type { FacetWord } from './facets.ts';

/** In which order models are listed: the newest, the cheapest use, or what most different people pay for these days. */
export const MODEL_SORTS = ['new', 'price', 'trending'] as const;
export type ModelSort = (typeof MODEL_SORTS)[number];

export interface ModelQuery {
  /** Words (or beginnings of words) of name and card, a model's number, or its owner's address. */
  search?: string;
  kind?: ModelKind;
  /** Words of facets that it must have, all of them. */
  facets?: readonly FacetWord[];
  /** `new` unless told; by price only what hosts may serve is listed. */
  sort?: ModelSort;
  /** Rows to return; 24 unless told, at most 200. */
  limit?: number;
  /** The modelId of the last row of the page before. */
  after?: bigint;
  /** Also what operators of this site took down: for whom it belongs to. */
  withHidden?: boolean;
}

/** Models looked at in their order, before the index of words is asked. */
const WALKED = 500;
/** Models with these words that are few enough to be sorted. */
const FEW = 2_000;

/** One page of an order: how rows are sorted, where it begins, and what belongs into it. */
interface Page {
  by: Prisma.Sql;
  where: Prisma.Sql;
  /** What the order itself does not know. */
  having: Prisma.Sql;
  limit: number;
}

/**
 * The ids of one page of models, in order. Keyset pagination: the cost of a page does not grow with its number. Words
 * that many cards have are found by walking the order, rare ones by the index of words.
 */
export async function findModelIds(db: Database, query: ModelQuery): Promise<bigint[]> {
  const page = await pageOf(db, query);
  if (page === undefined) return [];
  const text = query.search?.trim() ?? '';
  const facets = [...(query.facets ?? [])];
  if (text === '') return facets.length === 0 ? listed(db, page) : findByFacets(db, page, facets);
  const owner = storedAddress(text);
  if (owner !== undefined)
    return listed(db, page, Prisma.sql`and l.model_id in (select model_id from chain.model where owner = ${owner})`);
  if (/^[0-9]{1,18}$/.test(text)) return listed(db, page, Prisma.sql`and l.model_id = ${BigInt(text)}`);
  const words = wordsOf(text, query.kind);
  return words === undefined ? [] : findByWords(db, page, words);
}

async function findByWords(db: Database, page: Page, words: Prisma.Sql): Promise<bigint[]> {
  const walked = await walk(db, page, words);
  if (walked.length === page.limit) return walked;
  const few = await db.$queryRaw<Id[]>`select market.matching(${words}, ${FEW + 1}::int) as id`;
  if (few.length === 0) return [];
  if (few.length <= FEW) return listed(db, page, Prisma.sql`and l.model_id = any(${few.map(({ id }) => id)})`);
  return listed(db, page, Prisma.sql`and l.model_id in (select market.matching(${words}, 2147483647))`);
}

async function findByFacets(db: Database, page: Page, facets: FacetWord[]): Promise<bigint[]> {
  const walked = await walk(db, page);
  if (walked.length === page.limit) return walked;
  const few = await db.$queryRaw<Id[]>`select market.with_facets(${facets}, ${FEW + 1}::int) as id`;
  if (few.length === 0) return [];
  if (few.length <= FEW) return listed(db, page, Prisma.sql`and l.model_id = any(${few.map(({ id }) => id)})`);
  return listed(db, page, Prisma.sql`and l.model_id in (select market.with_facets(${facets}, 2147483647))`);
}

interface Id {
  id: bigint;
}

async function listed(
  db: Database,
  { by, where, having, limit }: Page,
  among: Prisma.Sql = Prisma.empty,
): Promise<bigint[]> {
  const rows = await db.$queryRaw<Id[]>`
    select l.model_id as id from market.listing l where ${where} ${having} ${among} order by ${by} limit ${limit}`;
  return rows.map(({ id }) => id);
}

/** What matches among the first of the order; the whole page, or not enough of it. */
async function walk(db: Database, { by, where, having, limit }: Page, words?: Prisma.Sql): Promise<bigint[]> {
  // Asked one by one, each card by its number: joined, the planner would ask the index for all that match.
  const isSaid = words
    ? Prisma.sql`(select c.search @@ ${words} from market.model_card c where c.model_id = l.model_id)`
    : Prisma.sql`true`;
  const rows = await db.$queryRaw<Id[]>`
    select l.model_id as id from (select * from market.listing l where ${where} order by ${by} limit ${WALKED}) l
    where ${isSaid} ${having}
    order by ${by} limit ${limit}`;
  return rows.map(({ id }) => id);
}

/** Undefined where the page before ended with a model that is in no order any more. */
async function pageOf(
  db: Database,
  { kind, facets = [], sort = 'new', after, limit, withHidden = false }: ModelQuery,
): Promise<Page | undefined> {
  const last = after === undefined ? undefined : await lastOf(db, sort, after);
  if (after !== undefined && last === undefined) return undefined;
  const ofKind = kind === undefined ? Prisma.empty : Prisma.sql`and l.kind = ${kind}`;
  const { by, only, past } = ORDERS[sort];
  const where = Prisma.sql`${only} ${ofKind} ${last ? past(last) : Prisma.empty}`;
  const listedOnly = withHidden ? Prisma.empty : Prisma.sql`and l.model_id not in (select site.hidden_models())`;
  const having = facets.length === 0 ? listedOnly : Prisma.sql`and l.facets @> ${[...facets]} ${listedOnly}`;
  return { by, where, having, limit: pageSize(limit, 24) };
}

type Last = Pick<Awaited<ReturnType<Database['listing']['findUniqueOrThrow']>>, 'modelId' | 'price' | 'trending'>;

interface Order {
  by: Prisma.Sql;
  only: Prisma.Sql;
  past: (last: Last) => Prisma.Sql;
}

const ORDERS: Record<ModelSort, Order> = {
  new: {
    by: Prisma.sql`l.model_id desc`,
    only: Prisma.sql`true`,
    past: ({ modelId }) => Prisma.sql`and l.model_id < ${modelId}`,
  },
  price: {
    by: Prisma.sql`l.price, l.model_id`,
    only: Prisma.sql`l.price is not null`,
    past: ({ price, modelId }) => Prisma.sql`and (l.price, l.model_id) > (${price}::numeric, ${modelId}::int8)`,
  },
  trending: {
    by: Prisma.sql`l.trending desc, l.model_id desc`,
    only: Prisma.sql`true`,
    past: ({ trending, modelId }) =>
      Prisma.sql`and (l.trending, l.model_id) < (${trending}::double precision, ${modelId}::int8)`,
  },
};

/** Where the page before ended; by number alone that needs no look-up. */
async function lastOf(db: Database, sort: ModelSort, after: bigint): Promise<Last | undefined> {
  const modelId = storedId(after) ?? 0n;
  if (sort === 'new') return { modelId, price: null, trending: 0 };
  return (await db.listing.findUnique({ where: { modelId } })) ?? undefined;
}

/** Words of letters and digits and, as a word of its own, the kind; undefined where there are none. */
function wordsOf(text: string, kind: ModelKind | undefined): Prisma.Sql | undefined {
  const words = text
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu)
    ?.slice(0, 8);
  if (words === undefined) return undefined;
  const terms = words.map((word) => `${word}:*`).join(' & ');
  return kind === undefined
    ? Prisma.sql`to_tsquery('simple', ${terms})`
    : Prisma.sql`(to_tsquery('simple', ${terms}) && ${`'=${kind}'`}::tsquery)`;
}
