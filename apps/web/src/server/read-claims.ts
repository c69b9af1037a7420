import 'server-only';
import { blameOf, blamesOfEditions } from '@oml/db/blames';
import { getClaim, listClaims } from '@oml/db/claims';
import { listLicenses } from '@oml/db/licenses';
import { getRefusedClaim, listRefusedClaims } from '@oml/db/refused-claims';
import type { ShownBlame, ShownClaim, ShownRefusal } from '#claim/shown-claim.ts';
import type { ShownLicense } from '#host/shown-host.ts';
import type { Hex } from '#kit/hex.ts';
import { readIndex } from './index-reader.ts';

export interface ClaimPage {
  claim: ShownClaim;
  blame: ShownBlame | undefined;
  /** Of the accused host, where it blames its editions. */
  licenses: ShownLicense[];
}

/** The newest claims, and the newest that the court refused. */
export const readClaims = (
  limit: number,
): Promise<{ data: { claims: ShownClaim[]; refused: ShownRefusal[] } } | undefined> =>
  readIndex(async (db) => {
    const [claims, refused] = await Promise.all([listClaims(db, { limit }), listRefusedClaims(db, { limit })]);
    return { claims, refused };
  });

/** Claims over one model, refused ones, and blames of its editions. */
export const readClaimsOf = (
  modelId: bigint,
): Promise<{ data: { claims: ShownClaim[]; refused: ShownRefusal[]; blames: ShownBlame[] } } | undefined> =>
  readIndex(async (db) => {
    const [claims, refused, blames] = await Promise.all([
      listClaims(db, { modelId }),
      listRefusedClaims(db, { modelId }),
      blamesOfEditions(db, modelId),
    ]);
    return { claims, refused, blames };
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
