import { FACET_NAMES, type ChosenFacets } from './facets.ts';
import { modelKind, type ModelKind } from '@oml/protocol/wire/model-kind';

/** In which order models are listed: the newest, the cheapest use, what most different people pay for these days. */
export const SORTS = { new: 'Newest', price: 'Cheapest', trending: 'In demand' } as const;
export type ModelSort = keyof typeof SORTS;

/** What the address of the list asks for. */
export interface ModelSearch {
  q: string;
  kind?: ModelKind;
  facets: ChosenFacets;
  sort: ModelSort;
  view: 'cards' | 'table';
  after?: bigint;
}

const LONGEST = 200;
/** As facets have them; what is none of them finds nothing. */
const VALUE = /^[a-z0-9][a-z0-9._+-]{0,39}$/;

/** Reads an address; what it does not know it leaves out. */
export function readModelSearch(params: Record<string, string | string[] | undefined>): ModelSearch {
  const one = (name: string): string => {
    const value = params[name];
    return ((Array.isArray(value) ? value[0] : value) ?? '').trim().slice(0, LONGEST);
  };
  const kind = modelKind.safeParse(one('kind')).data;
  const [sort, after] = [one('sort'), one('after')];
  return {
    q: one('q'),
    ...(kind ? { kind } : {}),
    facets: Object.fromEntries(
      FACET_NAMES.map((facet) => [facet, one(facet)] as const).filter(([, value]) => VALUE.test(value)),
    ),
    sort: Object.hasOwn(SORTS, sort) ? (sort as ModelSort) : 'new',
    view: one('view') === 'table' ? 'table' : 'cards',
    ...(/^\d{1,18}$/.test(after) ? { after: BigInt(after) } : {}),
  };
}

/** What a form keeps of the address beside what it asks itself, as its members. */
export const keptOf = (search: ModelSearch, { withWords = false } = {}): Record<string, string> =>
  Object.fromEntries(new URL(modelsAddress(withWords ? search : { ...search, q: '' }), 'http://x').searchParams);

/** The address that asks for this, with some of it changed; the next page is asked for by `after` alone. */
export function modelsAddress(search: ModelSearch, change: Partial<ModelSearch> = {}): string {
  const { q, kind, facets, sort, view, after } = { ...search, after: undefined, ...change };
  const params = new URLSearchParams({
    ...(q.trim() ? { q: q.trim() } : {}),
    ...(kind ? { kind } : {}),
    ...Object.fromEntries(Object.entries(facets).filter(([, value]) => value !== undefined)),
    ...(sort === 'new' ? {} : { sort }),
    ...(view === 'cards' ? {} : { view }),
    ...(after === undefined ? {} : { after: String(after) }),
  });
  return params.size > 0 ? `/models?${params}` : '/models';
}
