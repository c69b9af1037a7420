import 'server-only';
import type { Database } from '@oml/db/client';
import { endsOf } from '@oml/db/accounts';
import { endpointsOfModel, type EndpointRow } from '@oml/db/endpoint-figures';
import { listLicenses, type LicenseRow } from '@oml/db/licenses';
import type { Tone } from '@oml/ui/states';
import { hostEnd } from '#host/host-end.ts';
import type { MeasuredEndpoint, ServingLicense, ShownHost } from '#host/shown-host.ts';

/**
 * The licenses of a model with their hosts' bonds and standing, and what verifiers measured there: in as many queries
 * for a thousand hosts as for one.
 */
export async function hostsOf(db: Database, modelId: bigint): Promise<ShownHost[]> {
  const [licenses, measured] = await Promise.all([listLicenses(db, { modelId }), endpointsOfModel(db, modelId)]);
  const ends = await endsOf(db, [...new Set(licenses.map(({ account }) => account))]);
  return licenses.map((license) => {
    const { account, claims, refused } = ends.get(license.account)!;
    return {
      license: serving(license),
      bond: account?.bond ?? 0n,
      end: hostEnd(account, claims, refused),
      measured: measuredAt(license, measured.get(license.licenseId) ?? []),
    };
  });
}

/** What was measured where it answers now; elsewhere it was another one. */
const measuredAt = ({ endpoint }: LicenseRow, rows: readonly EndpointRow[]): MeasuredEndpoint[] =>
  rows
    .filter((row) => row.endpoint === endpoint)
    .map(({ licenseId: _, endpoint: __, ...row }) => row)
    .sort((a, b) => b.to.getTime() - a.to.getTime());

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
