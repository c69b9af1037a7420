'use client';
import { useQuery } from '@tanstack/react-query';
import { fetchOffer } from './host-listing.ts';

/** What the host of a license offers right now, asked of the host itself. */
export function useOffer({ endpoint, licenseId }: { endpoint: string; licenseId: bigint }, enabled = true) {
  return useQuery({
    queryKey: ['offer', endpoint, String(licenseId)],
    queryFn: async ({ signal }) => (await fetchOffer(endpoint, licenseId, signal)) ?? null,
    enabled,
    refetchInterval: 30_000,
    retry: false,
  });
}
