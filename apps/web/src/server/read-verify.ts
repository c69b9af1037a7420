import 'server-only';
import { listBatches, type BatchRow } from '@oml/db/batches';
import { listClaims } from '@oml/db/claims';
import { listVerifiers, type VerifierRow } from '@oml/db/verifiers';
import type { ShownClaim } from '#claim/shown-claim.ts';
import { readIndex } from './index-reader.ts';

export interface VerifyPage {
  verifiers: VerifierRow[];
  batches: BatchRow[];
  claims: ShownClaim[];
}

/** Who has staked, what was committed, and what came of it. */
export const readVerifyPage = (): Promise<{ data: VerifyPage } | undefined> =>
  readIndex(async (db) => {
    const [verifiers, batches, claims] = await Promise.all([
      listVerifiers(db),
      listBatches(db, { limit: 50 }),
      listClaims(db, { limit: 20 }),
    ]);
    return { verifiers, batches, claims };
  });
