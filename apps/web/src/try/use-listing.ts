'use client';
import { useQuery } from '@tanstack/react-query';
import { fetchOffer } from './host-listing.ts';

/** What the host of a license offers right now, asked of the host itself. */
export function useOffer({ endpoint, licenseId }: { endpoint: string; licenseId: bigint }, enabled = true) {
  const { data, errorUpdateCount } = useQuery({
    queryKey: ['offer', endpoint, String(licenseId)],
    queryFn: async ({ signal }) => (await fetchOffer(endpoint, licenseId, signal)) ?? null,
    enabled,
    refetchInterval: 30_000,
    retry: false,
  });
  // A failed query is "pending" again while it is asked anew; the host has not begun to answer by that.
  const state = data === null ? 'not-listed' : data ? 'offered' : errorUpdateCount > 0 ? 'silent' : 'asking';
  return { state, offer: data ?? undefined } as const;
}
