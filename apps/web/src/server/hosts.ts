import 'server-only';
import { listClaims, listRefusedClaims } from '@oml/db/claims';
import type { Database } from '@oml/db/client';
import { accountOf } from '@oml/db/licenses';
import type { LicenseRow } from '@oml/db/rows';
import { hostEnd } from '../hosts/host-end.ts';
import type { Host } from '../market/host-table.tsx';

/** Each license with its host's bond and standing; accounts that hold several are asked once. */
export async function hostsOf(db: Database, licenses: readonly LicenseRow[]): Promise<Host[]> {
  const accounts = new Map([...new Set(licenses.map(({ account }) => account))].map((account) => [account, standingOf(db, account)]));
  return Promise.all(licenses.map(async (license) => ({ license, ...(await accounts.get(license.account)!) })));
}

async function standingOf(db: Database, account: LicenseRow['account']): Promise<Omit<Host, 'license'>> {
  const [row, claims, refused] = await Promise.all([accountOf(db, account), listClaims(db, { account }), listRefusedClaims(db, { account })]);
  return { bond: row?.bond ?? 0n, end: hostEnd(row, claims, refused) };
}
