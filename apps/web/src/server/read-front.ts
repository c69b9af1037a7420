import 'server-only';
import { counts } from '@oml/db/market';
import { listModels } from '@oml/db/models';
import type { ListedClaim, ShownRefusal } from '#claim/shown-claim.ts';
import type { ListedModel } from '#model/shown-model.ts';
import { readIndex } from './index-reader.ts';
import { claimsOn } from './read-claims.ts';
import { showAll } from './read-models.ts';

export interface FrontPage {
  /** Counted by the indexer; amounts in the token's smallest unit. */
  count: { models: number; hosts: number; uses: number; revenue: bigint; claims: number; slashed: bigint };
  models: ListedModel[];
  claims: ListedClaim[];
  refused: ShownRefusal[];
}

/** What the front page shows: counts, and the newest of models and claims. */
export const readFrontPage = (): Promise<{ data: FrontPage } | undefined> =>
  readIndex(async (db) => {
    const [count, models, { claims, refused }] = await Promise.all([
      counts(db),
      listModels(db, { limit: 6 }),
      claimsOn(db, { limit: 6 }),
    ]);
    return { count, models: await showAll(db, models), claims, refused };
  });
