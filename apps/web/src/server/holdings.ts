import 'server-only';
import { accountOf } from '@oml/db/accounts';
import { listDescendants } from '@oml/db/ancestors';
import { listClaims } from '@oml/db/claims';
import type { Database } from '@oml/db/client';
import { listLicenses, type LicenseRow } from '@oml/db/licenses';
import { listModels } from '@oml/db/models';
import { listNames } from '@oml/db/names';
import type { Address } from '#kit/hex.ts';
import type { ShownClaim } from '#claim/shown-claim.ts';
import type { ClaimHeld, Holdings, LicenseOf } from '#holdings/holdings.ts';

/** Models of one owner whose licenses are listed. */
const MOST_MODELS = 20;

/** What the index knows that one account has and owes. */
export async function holdingsOf(db: Database, account: Address): Promise<Holdings> {
  const [models, licenses, row, claims, names] = await Promise.all([
    // What its owner has in them is its own, whatever this site lists.
    listModels(db, { search: account, limit: MOST_MODELS, withHidden: true }),
    listLicenses(db, { account }),
    accountOf(db, account),
    listClaims(db, { account }),
    listNames(db, { holder: account }),
  ]);
  const [licensees, heirs] = await Promise.all([
    Promise.all(models.map(({ modelId }) => listLicenses(db, { modelId }))),
    Promise.all(models.map(({ modelId }) => heirsOf(db, modelId))),
  ]);
  return {
    models: models.map(({ modelId, name }) => ({ modelId, ...(name ? { name } : {}) })),
    licensees: licensees.flat().map(toLicense),
    heirs: heirs.flat().map(toLicense),
    licenses: licenses.map(toLicense),
    signers: (row?.signers ?? []).map(({ signer, revokedAt }) => ({ signer, ...(revokedAt ? { revokedAt } : {}) })),
    claims: claims.map(toClaim),
    names: names.map(({ nameId, text, holder, deposit, modelId }) => ({
      nameId,
      text,
      deposit,
      modelId,
      ...(holder ? { holder } : {}),
    })),
  };
}

async function heirsOf(db: Database, modelId: bigint): Promise<LicenseRow[]> {
  const heirs = (await listDescendants(db, modelId)).slice(0, MOST_MODELS);
  return (await Promise.all(heirs.map(({ modelId: heir }) => listLicenses(db, { modelId: heir })))).flat();
}

const toLicense = ({ licenseId, modelId, account, vault }: LicenseRow): LicenseOf => ({
  licenseId,
  modelId,
  account,
  vault,
});

const REVEALS = ['UnpaidUseClaimed', 'DisguisedUseClaimed'];

/** A claim as its buttons need it. */
export function toClaim(claim: ShownClaim): ClaimHeld {
  const { claimId, claimant, account, offence, state, reach, answerBy, curedAt, timeline } = claim;
  const revealTx = timeline.find(({ name }) => REVEALS.includes(name))?.tx;
  return {
    claimId,
    claimant,
    account,
    offence,
    state,
    reserved: reach,
    ...(answerBy ? { answerBy } : {}),
    ...(curedAt ? { curedAt } : {}),
    ...(revealTx ? { revealTx } : {}),
  };
}
