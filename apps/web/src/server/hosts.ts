import 'server-only';
import { listClaims } from '@oml/db/claims';
import { listRefusedClaims } from '@oml/db/refused-claims';
import type { Database } from '@oml/db/client';
import { accountOf } from '@oml/db/accounts';
import type { LicenseRow } from '@oml/db/licenses';
import type { Tone } from '@oml/ui/states';
import { hostEnd } from '../hosts/host-end.ts';
import type { Host } from '../market/host-table.tsx';

/** Each license with its host's bond and standing; accounts that hold several are asked once. */
export async function hostsOf(db: Database, licenses: readonly LicenseRow[]): Promise<Host[]> {
  const accounts = new Map(
    [...new Set(licenses.map(({ account }) => account))].map((account) => [account, standingOf(db, account)]),
  );
  return Promise.all(licenses.map(async (license) => ({ license, ...(await accounts.get(license.account)!) })));
}

async function standingOf(db: Database, account: LicenseRow['account']): Promise<Omit<Host, 'license'>> {
  const [row, claims, refused] = await Promise.all([
    accountOf(db, account),
    listClaims(db, { account }),
    listRefusedClaims(db, { account }),
  ]);
  return { bond: row?.bond ?? 0n, end: hostEnd(row, claims, refused) };
}

const RANKS: Partial<Record<Tone, number>> = { money: 0, accent: 0, plain: 1, risk: 2, slashed: 3 };

/** Hosts that buyers meet first: those nothing was ever taken from. */
export function byStanding(hosts: readonly Host[]): Host[] {
  return [...hosts].sort((a, b) => (RANKS[a.end.tone] ?? 1) - (RANKS[b.end.tone] ?? 1));
}
