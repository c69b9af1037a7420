'use client';
import { isDev } from '@oml/protocol/chain/deployment';
import { useQuery } from '@tanstack/react-query';
import { usePublicConfig } from '#kit/config-context.tsx';
import { askListing } from './ask-listing.ts';
import type { Listing } from './host-listing.ts';
import type { NoPrice } from './no-price.ts';
import type { ServingLicense } from './shown-host.ts';

/** What the host of a license lists right now, asked of the host itself; `asking` until it has answered once. */
export function useListing(
  license: Pick<ServingLicense, 'endpoint' | 'licenseId'>,
  enabled = true,
): { state: 'asking' | 'listed' | NoPrice; listing: Listing | undefined } {
  const reach = { allowPrivate: isDev(usePublicConfig()) };
  const { data } = useQuery({
    queryKey: ['listing', license.endpoint, String(license.licenseId)],
    queryFn: ({ signal }) => askListing(license, reach, signal),
    enabled,
    refetchInterval: 30_000,
    retry: false,
  });
  if (data === undefined) return { state: 'asking', listing: undefined };
  return typeof data === 'string' ? { state: data, listing: undefined } : { state: 'listed', listing: data };
}
