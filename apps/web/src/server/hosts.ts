import 'server-only';
import type { Database } from '@oml/db/client';
import { endsOf } from '@oml/db/accounts';
import { endpointsOf, type EndpointRow } from '@oml/db/endpoint-figures';
import { listHosts, type HostQuery } from '@oml/db/hosts';
import { getLicense, type LicenseRow } from '@oml/db/licenses';
import { hostEnd } from '#host/host-end.ts';
import type { MeasuredEndpoint, ServingLicense, ShownHost } from '#host/shown-host.ts';

/** Hosts of one page of a list, and how many there are on all pages. */
export interface HostsPage {
  hosts: ShownHost[];
  serving: number;
  others: number;
}

/**
 * Licenses of a model with their hosts' bonds and standing, and what verifiers measured there: in as many queries for a
 * page as for one.
 */
export async function hostsOf(db: Database, query: HostQuery): Promise<HostsPage> {
  const { licenses, serving, others } = await listHosts(db, query);
  return { hosts: await showHosts(db, licenses), serving, others };
}

/** One license of a model, whoever else serves it; none where it is of another or not in force. */
export async function hostAt(db: Database, modelId: bigint, licenseId: bigint): Promise<ShownHost[]> {
  const license = await getLicense(db, licenseId);
  return license?.modelId === modelId && license.state === 'active' ? showHosts(db, [license]) : [];
}

async function showHosts(db: Database, licenses: readonly LicenseRow[]): Promise<ShownHost[]> {
  const [measured, ends] = await Promise.all([
    endpointsOf(
      db,
      licenses.map(({ licenseId }) => licenseId),
    ),
    endsOf(db, [...new Set(licenses.map(({ account }) => account))]),
  ]);
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
