'use client';
import { useQuery } from '@tanstack/react-query';
import type { Health } from '#kit/index-words.ts';

const OFTEN_MS = 1_000;
const SELDOM_MS = 4_000;

/** What this site says of chain and index; asked oftener while somebody waits for the index. */
export function useHealth(isWaiting = false): { health: Health | undefined; indexedBlock: number | undefined } {
  const { data: health } = useQuery({
    queryKey: ['health'],
    refetchInterval: isWaiting ? OFTEN_MS : SELDOM_MS,
    queryFn: async ({ signal }): Promise<Health> => (await fetch('/api/health', { signal })).json() as Promise<Health>,
  });
  const indexedBlock = health?.indexedBlock === undefined ? undefined : Number(health.indexedBlock);
  return { health, indexedBlock };
}
