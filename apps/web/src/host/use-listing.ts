'use client';
import { useQuery } from '@tanstack/react-query';
import { isDev } from '@oml/protocol/chain/deployment';
import { urlFault } from '@oml/protocol/wire/public-url';
import { usePublicConfig } from '#wallet/providers.tsx';
import { fetchListing } from './host-listing.ts';

/** Why a host has no price to show. */
export const NO_PRICE = {
  unsafe: 'names no public address',
  silent: 'does not answer',
  'not-listed': 'does not list it',
  asking: '',
  listed: '',
} as const;

/** What the host of a license lists right now, asked of the host itself. */
export function useListing({ endpoint, licenseId }: { endpoint: string; licenseId: bigint }, enabled = true) {
  const reach = { allowPrivate: isDev(usePublicConfig()) };
  const isUnsafe = urlFault(endpoint, reach) !== undefined;
  const { data, errorUpdateCount } = useQuery({
    queryKey: ['listing', endpoint, String(licenseId)],
    queryFn: async ({ signal }) => (await fetchListing({ endpoint, licenseId }, reach, signal)) ?? null,
    enabled: enabled && !isUnsafe,
    refetchInterval: 30_000,
    retry: false,
  });
  // A failed query is "pending" again while it is asked anew; the host has not begun to answer by that.
  const state: keyof typeof NO_PRICE =
    data === null ? 'not-listed' : data ? 'listed' : errorUpdateCount > 0 ? 'silent' : 'asking';
  if (isUnsafe) return { state: 'unsafe', listing: undefined } as const;
  return { state, listing: data ?? undefined };
}
