import 'server-only';
import { listAccusations } from '@oml/db/accusations';
import { blameOf, blamesOfEditions } from '@oml/db/blames';
import { getClaim } from '@oml/db/claims';
import type { Database } from '@oml/db/client';
import { listLicenses } from '@oml/db/licenses';
import { getRefusedClaim } from '@oml/db/refused-claims';
import type { ClaimPlace } from '#claim/claim-place.ts';
import type { ListedClaim, ShownBlame, ShownClaim, ShownRefusal } from '#claim/shown-claim.ts';
import type { ShownLicense } from '#host/shown-host.ts';
import type { Hex } from '#kit/hex.ts';
import { readIndex } from './index-reader.ts';

export interface ClaimPage {
  claim: ShownClaim;
  blame: ShownBlame | undefined;
  /** Of the accused host, where it blames its editions. */
  licenses: ShownLicense[];
}

/** Claims of one page of a list, and where the next one begins after. */
export interface ListedClaims {
  claims: ListedClaim[];
  refused: ShownRefusal[];
  next: ClaimPlace | undefined;
}

interface Asked {
  modelId?: bigint;
  after?: ClaimPlace | undefined;
  limit?: number;
}

/** Claims and those that the court refused, a page of them, newest first. */
export async function claimsOn(db: Database, { after, ...asked }: Asked): Promise<ListedClaims> {
  const { accusations, next } = await listAccusations(db, { ...asked, ...(after ? { after } : {}) });
  return {
    claims: accusations.flatMap((accusation) => ('claim' in accusation ? accusation.claim : [])),
    refused: accusations.flatMap((accusation) => ('refused' in accusation ? accusation.refused : [])),
    next,
  };
}

export const readClaims = (asked: Asked): Promise<{ data: ListedClaims } | undefined> =>
  readIndex((db) => claimsOn(db, asked));

/** Claims over one model, refused ones, and blames of its editions. */
export const readClaimsOf = (
  modelId: bigint,
  after: ClaimPlace | undefined,
): Promise<{ data: ListedClaims & { blames: ShownBlame[] } } | undefined> =>
  readIndex(async (db) => {
    const [listed, blames] = await Promise.all([claimsOn(db, { modelId, after }), blamesOfEditions(db, modelId)]);
    return { ...listed, blames };
  });

/** One claim; `data` is undefined where there is none. */
export const readClaimPage = (claimId: Hex): Promise<{ data: ClaimPage | undefined } | undefined> =>
  readIndex(async (db) => {
    const [claim, blame] = await Promise.all([getClaim(db, claimId), blameOf(db, claimId)]);
    return claim && { claim, blame, licenses: blame ? await listLicenses(db, { account: claim.account }) : [] };
  });

/** One refusal by its transaction. */
export const readRefusal = (tx: Hex): Promise<{ data: ShownRefusal | undefined } | undefined> =>
  readIndex((db) => getRefusedClaim(db, tx));
