import 'server-only';
import { splitCard } from '@oml/protocol/wire/model-card';
import { listDescendants } from '@oml/db/ancestors';
import { listBatches } from '@oml/db/batches';
import type { Database } from '@oml/db/client';
import type { HostQuery } from '@oml/db/hosts';
import { getPool } from '@oml/db/inspection-pools';
import { measurementsOfModel } from '@oml/db/measurements';
import { getModel, type ModelRow } from '@oml/db/models';
import { addressesOf, type ModelAddress } from '@oml/db/model-addresses';
import { getName } from '@oml/db/names';
import { listPayouts, type PayoutRow } from '@oml/db/payouts';
import { listReleases } from '@oml/db/releases';
import { takedownOf } from '@oml/db/site/moderation';
import { titleBondOf } from '@oml/db/title-bonds';
import { cache } from 'react';
import type { ShownHost } from '#host/shown-host.ts';
import { cardSummary } from '#model/card-summary.ts';
import type { ShownMeasurement } from '#model/shown-measurement.ts';
import type { ShownBatch, ShownModel, ShownRelease, ShownTitleBond } from '#model/shown-model.ts';
import { hostAt, hostsOf, type HostsPage } from './hosts.ts';
import { readIndex } from './index-reader.ts';
import { addressed } from './model-address.ts';

type Answer<Page> = Promise<{ data: Page } | undefined>;
interface OfModel {
  model: ShownModel;
}

/** A model without what belongs to one part of its page; asked once a request, however many parts want it. */
export const readModel = cache((modelId: bigint): Answer<ShownModel | undefined> =>
  readIndex(async (db) => {
    const row = await getModel(db, modelId);
    if (!row) return undefined;
    const [addresses, takedown] = await Promise.all([addressesOf(db, [row]), takedownOf(db, row, new Date())]);
    const shown = showModel(row, addresses.get(modelId));
    return takedown ? { ...shown, takedown, hasDemo: false } : shown;
  }),
);

function showModel(row: ModelRow, registered: ModelAddress | undefined): ShownModel {
  const { facts, text } = splitCard(row.card ?? '');
  const summary = cardSummary(text);
  return {
    ...row,
    ...addressed(row.modelId, registered),
    facts,
    ...(text.trim() ? { card: text } : {}),
    ...(summary ? { summary } : {}),
  };
}

/** A part of a model's page; its `data` is undefined where there is no such model. */
const readPart = async <Page>(
  modelId: bigint,
  read: (db: Database) => Promise<Page>,
): Answer<(Page & OfModel) | undefined> => {
  const [model, rest] = await Promise.all([readModel(modelId), readIndex(read)]);
  if (!model || !rest) return undefined;
  return { data: model.data && { model: model.data, ...rest.data } };
};

interface Overview {
  title: ShownTitleBond | undefined;
  /** What was built on it. */
  children: { modelId: bigint; bps: number }[];
}

export const readOverview = (modelId: bigint): Answer<(Overview & OfModel) | undefined> =>
  readPart(modelId, async (db) => {
    const [title, children] = await Promise.all([titleBondOf(db, modelId), listDescendants(db, modelId, 50)]);
    return { title, children };
  });

/** Who serves it, or who does not any more, a page of them; and what left the vaults. */
export const readServing = (query: HostQuery): Answer<(HostsPage & { payouts: PayoutRow[] } & OfModel) | undefined> =>
  readPart(query.modelId, async (db) => {
    const { modelId } = query;
    const [page, payouts] = await Promise.all([hostsOf(db, query), listPayouts(db, { modelId, limit: 25 })]);
    return { ...page, payouts };
  });

/** Whom a buyer may ask: those that come first, and the one that the buyer named. */
export const readAskable = (
  modelId: bigint,
  named: bigint | undefined,
): Answer<({ hosts: ShownHost[] } & OfModel) | undefined> =>
  readPart(modelId, async (db) => {
    const [{ hosts }, own] = await Promise.all([
      hostsOf(db, { modelId, part: 'serving' }),
      named === undefined ? [] : hostAt(db, modelId, named),
    ]);
    const others = hosts.filter(({ license }) => license.state === 'active' && license.licenseId !== named);
    return { hosts: [...own, ...others] };
  });

/** What a licensee decides by: the model with its offers, and what vouches for it. */
export const readOffer = (modelId: bigint): Answer<({ title: ShownTitleBond | undefined } & OfModel) | undefined> =>
  readPart(modelId, async (db) => ({ title: await titleBondOf(db, modelId) }));

interface Evidence {
  batches: ShownBatch[];
  pool: bigint;
  measurements: ShownMeasurement[];
}

/** The batches that asked it, what its inspection pool holds, and what was measured of it. */
export const readEvidence = (modelId: bigint): Answer<(Evidence & OfModel) | undefined> =>
  readPart(modelId, async (db) => {
    const [batches, pool, measurements] = await Promise.all([
      listBatches(db, { modelId }),
      getPool(db, modelId),
      measurementsOfModel(db, modelId),
    ]);
    return { batches, pool, measurements };
  });

/** Its releases, newest first. */
export const readReleases = (modelId: bigint): Answer<ShownRelease[]> => readIndex((db) => listReleases(db, modelId));

/** The model that a registered name points to; undefined where it points to none. */
export const readNamedModel = cache((name: string): Answer<bigint | undefined> =>
  readIndex(async (db) => (await getName(db, name))?.modelId || undefined),
);
