import 'server-only';
import { listBatches } from '@oml/db/batches';
import { blamesOfEditions } from '@oml/db/blames';
import { listClaims } from '@oml/db/claims';
import { listLicenses } from '@oml/db/licenses';
import { getModel, listModels } from '@oml/db/models';
import { listPayouts, type PayoutRow } from '@oml/db/payouts';
import { listRefusedClaims } from '@oml/db/refused-claims';
import { titleBondOf } from '@oml/db/title-bonds';
import type { ModelKind } from '@oml/protocol/wire/model-kind';
import type { ShownBlame, ShownClaim, ShownRefusal } from '#claim/shown-claim.ts';
import type { ShownHost } from '#host/shown-host.ts';
import type { ListedModel, ShownBatch, ShownModel, ShownTitleBond } from '#model/shown-model.ts';
import { hostsOf } from './hosts.ts';
import { readIndex } from './index-reader.ts';

export interface ModelPage {
  model: ShownModel | undefined;
  hosts: ShownHost[];
  claims: ShownClaim[];
  refused: ShownRefusal[];
  payouts: PayoutRow[];
  batches: ShownBatch[];
  title: ShownTitleBond | undefined;
  blames: ShownBlame[];
}

/** A model and what happened to it; `model` is undefined where none has that number. */
export const readModelPage = (modelId: bigint): Promise<{ data: ModelPage } | undefined> =>
  readIndex(async (db) => {
    const [model, licenses, claims, refused, payouts, batches, title, blames] = await Promise.all([
      getModel(db, modelId),
      listLicenses(db, { modelId }),
      listClaims(db, { modelId }),
      listRefusedClaims(db, { modelId }),
      listPayouts(db, { modelId }),
      listBatches(db, { modelId }),
      titleBondOf(db, modelId),
      blamesOfEditions(db, modelId),
    ]);
    return { model, claims, refused, payouts, batches, title, blames, hosts: await hostsOf(db, licenses) };
  });

/** A model alone. */
export const readModel = (modelId: bigint): Promise<{ data: ShownModel | undefined } | undefined> =>
  readIndex((db) => getModel(db, modelId));

/** What a licensee decides by: the model with its offers, and what vouches for it. */
export const readOffer = (modelId: bigint): Promise<{ data: Pick<ModelPage, 'model' | 'title'> } | undefined> =>
  readIndex(async (db) => {
    const [model, title] = await Promise.all([getModel(db, modelId), titleBondOf(db, modelId)]);
    return { model, title };
  });

/** One page of the list of models. */
export const readModels = (query: {
  search?: string;
  kind?: ModelKind;
  after?: bigint;
  limit: number;
}): Promise<{ data: ListedModel[] } | undefined> => readIndex((db) => listModels(db, query));
