import 'server-only';
import { splitCard } from '@oml/protocol/wire/model-card';
import type { Database } from '@oml/db/client';
import { endpointsOfModel, type EndpointRow } from '@oml/db/endpoint-figures';
import { CLASSES, readFacetWord, type Facet, type FacetWord } from '@oml/db/facets';
import { facetCounts, facets } from '@oml/db/market';
import { addressesOf, type ModelAddress } from '@oml/db/model-addresses';
import { listModels, modelsOf, type ModelRow } from '@oml/db/models';
import type { ModelKind } from '@oml/protocol/wire/model-kind';

import { cardSummary } from '#model/card-summary.ts';
import type { ModelSearch } from '#model/model-search.ts';
import type { FacetOptions } from '#model/facets.ts';
import type { ComparedModel, ListedModel } from '#model/shown-model.ts';
import { readIndex } from './index-reader.ts';
import { addressed } from './model-address.ts';

export interface ModelsPage {
  models: ListedModel[];
  /** Where the next page begins after; undefined on the last. */
  next: bigint | undefined;
  /** Models of each kind. */
  kinds: Record<ModelKind, number>;
  /** What else the list can be narrowed to. */
  facets: FacetOptions;
}

const PAGE_SIZE = 24;

/** One page of the list of models, as the address asks for it. */
export const readModelsPage = ({
  q,
  kind,
  facets: chosen,
  sort,
  after,
}: ModelSearch): Promise<{ data: ModelsPage } | undefined> =>
  readIndex(async (db) => {
    const query = {
      limit: PAGE_SIZE + 1,
      sort,
      ...(q ? { search: q } : {}),
      ...(kind ? { kind } : {}),
      facets: Object.entries(chosen).flatMap(([facet, value]) => readFacetWord(`${facet}:${value}`) ?? []),
      ...(after === undefined ? {} : { after }),
    };
    const [rows, kinds, counted] = await Promise.all([listModels(db, query), facets(db), facetCounts(db)]);
    const models = await showAll(db, rows.slice(0, PAGE_SIZE));
    return {
      models,
      next: rows.length > PAGE_SIZE ? models.at(-1)!.modelId : undefined,
      kinds,
      facets: optionsOf(counted),
    };
  });

/** The values of each facet with their counts; classes of numbers in their order, words by how many have them. */
function optionsOf(counted: ReadonlyMap<FacetWord, number>): FacetOptions {
  const options: FacetOptions = {};
  for (const [word, count] of counted) {
    const at = word.indexOf(':');
    (options[word.slice(0, at) as Facet] ??= []).push({ value: word.slice(at + 1), count });
  }
  for (const facet of Object.keys(CLASSES) as (keyof typeof CLASSES)[])
    options[facet]?.sort((a, b) => Number(a.value) - Number(b.value));
  return options;
}

/** The models to be compared, in the order of their numbers in the address. */
export const readCompared = (modelIds: readonly bigint[]): Promise<{ data: ComparedModel[] } | undefined> =>
  readIndex(async (db) => {
    const models = await showAll(db, await modelsOf(db, modelIds));
    return Promise.all(
      models.map(async (model) => ({ ...model, fastest: fastestOf(await endpointsOfModel(db, model.modelId)) })),
    );
  });

/** The host whose answers come soonest, as verifiers measured. */
function fastestOf(measured: ReadonlyMap<bigint, readonly EndpointRow[]>): ComparedModel['fastest'] {
  const rows = [...measured.values()].flat().filter(({ p50Ms }) => p50Ms !== undefined);
  const [best] = rows.sort((a, b) => a.p50Ms! - b.p50Ms!);
  if (!best) return undefined;
  const { p50Ms, p95Ms, tokensPerSecond } = best;
  return { p50Ms: p50Ms!, p95Ms: p95Ms!, ...(tokensPerSecond === undefined ? {} : { tokensPerSecond }) };
}

/** Models as lists show them, each with its address. */
export async function showAll(db: Database, rows: readonly ModelRow[]): Promise<ListedModel[]> {
  const addresses = await addressesOf(db, rows);
  return rows.map((row) => showListed(row, addresses.get(row.modelId)));
}

/** A model as lists show it: its card's facts and first sentence, not its text. */
function showListed(row: ModelRow, registered?: ModelAddress): ListedModel {
  const { modelId, name, kind, hasDemo, owner, mintedAt, offers, hostCount, online, size, useCount, revenue } = row;
  const { facts, text } = splitCard(row.card ?? '');
  const summary = cardSummary(text);
  return {
    modelId,
    ...addressed(modelId, registered),
    ...(name ? { name } : {}),
    ...(kind ? { kind } : {}),
    facts,
    ...(summary ? { summary } : {}),
    hasDemo,
    owner,
    mintedAt,
    offers: offers.serve ? { serve: offers.serve } : {},
    hostCount,
    online,
    size,
    useCount,
    revenue,
  };
}
