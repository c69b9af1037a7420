'use client';
import { useQuery } from '@tanstack/react-query';
import { fetchListing } from './host-listing.ts';

/** What the host of a license lists right now, asked of the host itself. */
export function useListing({ endpoint, licenseId }: { endpoint: string; licenseId: bigint }, enabled = true) {
  const { data, errorUpdateCount } = useQuery({
    queryKey: ['listing', endpoint, String(licenseId)],
    queryFn: async ({ signal }) => (await fetchListing(endpoint, licenseId, signal)) ?? null,
    enabled,
    refetchInterval: 30_000,
    retry: false,
  });
  // A failed query is "pending" again while it is asked anew; the host has not begun to answer by that.
  const state = data === null ? 'not-listed' : data ? 'listed' : errorUpdateCount > 0 ? 'silent' : 'asking';
  return { state, listing: data ?? undefined } as const;
}
