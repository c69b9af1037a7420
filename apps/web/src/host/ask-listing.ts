import { urlFault } from '@oml/protocol/wire/public-url';
import { fetchListing, type Listing, type Reach } from './host-listing.ts';
import type { NoPrice } from './no-price.ts';
import type { ServingLicense } from './shown-host.ts';

/** What the host of a license lists right now, or why there is nothing to show. */
export async function askListing(
  license: Pick<ServingLicense, 'endpoint' | 'licenseId'>,
  reach: Reach,
  signal?: AbortSignal,
): Promise<Listing | NoPrice> {
  if (urlFault(license.endpoint, reach)) return 'unsafe';
  try {
    return (await fetchListing(license, reach, signal)) ?? 'not-listed';
  } catch {
    return 'silent';
  }
}
