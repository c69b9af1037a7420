import 'server-only';
import type { Database } from '@oml/db/client';
import { endsOf } from '@oml/db/accounts';
import type { LicenseRow } from '@oml/db/licenses';
import type { Tone } from '@oml/ui/states';
import { hostEnd } from '#host/host-end.ts';
import type { ServingLicense, ShownHost } from '#host/shown-host.ts';

/** Each license with its host's bond and standing, in as many queries for a thousand hosts as for one. */
export async function hostsOf(db: Database, licenses: readonly LicenseRow[]): Promise<ShownHost[]> {
  const ends = await endsOf(db, [...new Set(licenses.map(({ account }) => account))]);
  return licenses.map((license) => {
    const { account, claims, refused } = ends.get(license.account)!;
    return { license: serving(license), bond: account?.bond ?? 0n, end: hostEnd(account, claims, refused) };
  });
}

/** What of a license goes to a visitor's browser. */
const serving = ({
  licenseId,
  account,
  vault,
  state,
  endpoint,
  bookedCount,
  bookedTotal,
}: LicenseRow): ServingLicense => ({
  licenseId,
  account,
  vault,
  state,
  endpoint,
  bookedCount,
  bookedTotal,
});

const RANKS: Partial<Record<Tone, number>> = { money: 0, accent: 0, plain: 1, risk: 2, slashed: 3 };

/** Hosts that buyers meet first: those nothing was ever taken from. */
export function byStanding(hosts: readonly ShownHost[]): ShownHost[] {
  return [...hosts].sort((a, b) => (RANKS[a.end.tone] ?? 1) - (RANKS[b.end.tone] ?? 1));
}
