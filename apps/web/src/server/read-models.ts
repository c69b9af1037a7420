import 'server-only';
import { counts, facets } from '@oml/db/market';
import { listModels, type ModelRow } from '@oml/db/models';
import type { ModelKind } from '@oml/protocol/wire/model-kind';
import { splitCard } from '#model/card-facts.ts';
import { cardSummary } from '#model/card-summary.ts';
import type { ModelSearch } from '#model/model-search.ts';
import type { ListedModel } from '#model/shown-model.ts';
import { readIndex } from './index-reader.ts';

export interface ModelsPage {
  models: ListedModel[];
  /** Where the next page begins after; undefined on the last. */
  next: bigint | undefined;
  /** Models of each kind. */
  facets: Record<ModelKind, number>;
}

const PAGE_SIZE = 24;

/** One page of the list of models, as the address asks for it. */
export const readModelsPage = ({ q, kind, sort, after }: ModelSearch): Promise<{ data: ModelsPage } | undefined> =>
  readIndex(async (db) => {
    const query = {
      limit: PAGE_SIZE + 1,
      sort,
      ...(q ? { search: q } : {}),
      ...(kind ? { kind } : {}),
      ...(after === undefined ? {} : { after }),
    };
    const [rows, byKind] = await Promise.all([listModels(db, query), facets(db)]);
    const models = rows.slice(0, PAGE_SIZE).map(showListed);
    return { models, next: rows.length > PAGE_SIZE ? models.at(-1)!.modelId : undefined, facets: byKind };
  });

/** A model as lists show it: its card's facts and first sentence, not its text. */
export function showListed(row: ModelRow): ListedModel {
  const { modelId, name, kind, hasDemo, owner, mintedAt, offers, hostCount, useCount, revenue } = row;
  const { facts, text } = splitCard(row.card ?? '');
  const summary = cardSummary(text);
  return {
    modelId,
    ...(name ? { name } : {}),
    ...(kind ? { kind } : {}),
    facts,
    ...(summary ? { summary } : {}),
    hasDemo,
    owner,
    mintedAt,
    offers: offers.serve ? { serve: offers.serve } : {},
    hostCount,
    useCount,
    revenue,
  };
}

/** How many models there are; they are numbered through from 1. */
export const readModelCount = (): Promise<{ data: number } | undefined> =>
  readIndex(async (db) => (await counts(db)).models);
