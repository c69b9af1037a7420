import 'server-only';
import { accountOf, endsOf, type HostEnds } from '@oml/db/accounts';
import { listClaims } from '@oml/db/claims';
import type { Database } from '@oml/db/client';
import { listLicenses } from '@oml/db/licenses';
import { listModels } from '@oml/db/models';
import { getName, listNames } from '@oml/db/names';
import { listPayouts, type PayoutRow } from '@oml/db/payouts';
import { recordOf } from '@oml/db/records';
import { listRefusedClaims } from '@oml/db/refused-claims';
import { listReports } from '@oml/db/reports';
import { getVerifier } from '@oml/db/verifiers';
import { isName } from '@oml/protocol/evidence/name';
import type { ShownClaim, ShownRefusal } from '#claim/shown-claim.ts';
import { hostEnd } from '#host/host-end.ts';
import type { HostEnd, ShownAccount, ShownLicense } from '#host/shown-host.ts';
import type { Address } from '#kit/hex.ts';
import type { ListedModel } from '#model/shown-model.ts';
import type { ShownRecord, ShownStake } from '#profile/shown-profile.ts';
import type { ShownName } from '#name/shown-name.ts';
import type { ShownReport } from '#report/shown-report.ts';
import { readIndex } from './index-reader.ts';
import { readAccount } from './read-id.ts';
import { showAll } from './read-models.ts';

/** Of each list: the newest; the record counts all. */
const MOST = 24;

export interface ProfilePage {
  record: ShownRecord;
  names: ShownName[];
  models: ListedModel[];
  /** Undefined where it never posted a bond nor bound a signer. */
  host: ShownAccount | undefined;
  end: HostEnd;
  licenses: ShownLicense[];
  payouts: PayoutRow[];
  /** Undefined where it never staked. */
  stake: ShownStake | undefined;
  against: { claims: ShownClaim[]; refused: ShownRefusal[] };
  brought: { claims: ShownClaim[]; refused: ShownRefusal[] };
  reports: ShownReport[];
}

/** Everything that the index knows of one account, in every role. */
export const readProfile = (account: Address): Promise<{ data: ProfilePage } | undefined> =>
  readIndex(async (db) => {
    const [record, names, models, host, ends, licenses, payouts, stake, against, brought, reports] = await Promise.all([
      recordOf(db, account),
      listNames(db, { holder: account }),
      listModels(db, { search: account, limit: MOST }),
      accountOf(db, account),
      endsOf(db, [account]),
      listLicenses(db, { account, limit: MOST }),
      listPayouts(db, { account, limit: MOST }),
      getVerifier(db, account),
      accusations(db, { account }, { account }),
      accusations(db, { claimant: account }, { from: account }),
      reportsOf(db, account),
    ]);
    return {
      record,
      names,
      models: await showAll(db, models),
      host,
      end: endOf(host, ends.get(account)!),
      licenses,
      payouts,
      stake,
      against,
      brought,
      reports,
    };
  });

/** Over all that was claimed against it, not only over what the page lists. */
const endOf = (host: ShownAccount | undefined, { claims, refused }: HostEnds): HostEnd =>
  hostEnd(host, claims, refused);

async function accusations(
  db: Database,
  claims: Parameters<typeof listClaims>[1],
  refused: Parameters<typeof listRefusedClaims>[1],
) {
  const [made, failed] = await Promise.all([
    listClaims(db, { ...claims, limit: MOST }),
    listRefusedClaims(db, { ...refused, limit: MOST }),
  ]);
  return { claims: made, refused: failed };
}

/** That it filed, and that name it. */
async function reportsOf(db: Database, account: Address): Promise<ShownReport[]> {
  const [filed, named] = await Promise.all([
    listReports(db, { reporter: account, limit: MOST }),
    listReports(db, { accused: account, limit: MOST }),
  ]);
  const all = new Map([...filed, ...named].map((report) => [report.reportId, report]));
  return [...all.values()].toSorted((a, b) => Number(b.reportId - a.reportId));
}

/** Who is meant by the last part of an address: an account, or the holder of a name; undefined for nobody. */
export async function whoIs(text: string): Promise<{ data: Address | undefined } | undefined> {
  const account = readAccount(text);
  if (account) return { data: account };
  return isName(text) ? readIndex(async (db) => (await getName(db, text))?.holder) : { data: undefined };
}
