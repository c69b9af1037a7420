'use client';
import { useQuery } from '@tanstack/react-query';
import type { Address } from '#kit/hex.ts';
import { holdingsOfText, type Holdings } from './holdings.ts';

const EVERY_MS = 4_000;

/** What the index knows of an account; undefined as long as it has not answered. */
export function useHoldings(account: Address | undefined): { holdings: Holdings | undefined; error: Error | null } {
  const { data: holdings, error } = useQuery({
    queryKey: ['holdings', account],
    enabled: account !== undefined,
    refetchInterval: EVERY_MS,
    structuralSharing: false,
    queryFn: async ({ signal }) => {
      const response = await fetch(`/api/accounts/${account}`, { signal });
      if (!response.ok) throw new Error('The index does not answer. What the chain says is shown again in a moment.');
      return holdingsOfText(await response.text());
    },
  });
  return { holdings, error };
}
