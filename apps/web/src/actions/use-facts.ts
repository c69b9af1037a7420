'use client';
import { useQuery } from '@tanstack/react-query';
import type { PublicClient } from 'viem';
import { usePublicClient } from 'wagmi';
import { usePublicConfig } from '#kit/config-context.tsx';
import type { Deployment } from '@oml/protocol/chain/deployment';

const EVERY_MS = 4_000;

/** What the chain says now, asked again and again; `key` names what is asked. */
export function useFacts<T>(
  key: readonly (string | number | undefined)[],
  read: (client: PublicClient, deployment: Deployment) => Promise<T>,
  isOn = true,
): { facts: T | undefined; error: Error | null } {
  const client = usePublicClient();
  const { deployment } = usePublicConfig();
  const { data: facts, error } = useQuery({
    queryKey: ['facts', ...key],
    enabled: isOn && client !== undefined,
    refetchInterval: EVERY_MS,
    queryFn: () => read(client as PublicClient, deployment),
    structuralSharing: false,
  });
  return { facts, error };
}
