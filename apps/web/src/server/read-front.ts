import 'server-only';
import { listClaims } from '@oml/db/claims';
import { counts } from '@oml/db/market';
import { listModels } from '@oml/db/models';
import { listRefusedClaims } from '@oml/db/refused-claims';
import type { ShownClaim, ShownRefusal } from '#claim/shown-claim.ts';
import type { ListedModel } from '#model/shown-model.ts';
import { readIndex } from './index-reader.ts';
import { showAll } from './read-models.ts';

export interface FrontPage {
  /** Counted by the indexer; amounts in the token's smallest unit. */
  count: { models: number; hosts: number; uses: number; revenue: bigint; claims: number; slashed: bigint };
  models: ListedModel[];
  claims: ShownClaim[];
  refused: ShownRefusal[];
}

/** What the front page shows: counts, and the newest of models and claims. */
export const readFrontPage = (): Promise<{ data: FrontPage } | undefined> =>
  readIndex(async (db) => {
    const [count, models, claims, refused] = await Promise.all([
      counts(db),
      listModels(db, { limit: 6 }),
      listClaims(db, { limit: 6 }),
      listRefusedClaims(db, { limit: 6 }),
    ]);
    return { count, models: await showAll(db, models), claims, refused };
  });
