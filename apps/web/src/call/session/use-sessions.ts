'use client';
import { useQueryClient } from '@tanstack/react-query';
import type { PublicClient } from 'viem';
import { useFacts } from '#actions/use-facts.ts';
import { useShelf } from '#tracker/tracker.tsx';
import { readMeters, type Meter } from './meters.ts';
import { sessionsOn, type Sessions } from './sessions.ts';

/** The connected account's sessions in this browser; undefined as long as nothing is known of them. */
export function useSessions(): {
  sessions: Sessions | undefined;
  meters: readonly Meter[] | undefined;
  /** Asks anew what each holds. */
  reread(): Promise<void>;
} {
  const shelf = useShelf();
  const sessions = shelf && sessionsOn(shelf);
  const key = ['sessions', shelf?.genesis, shelf?.account];
  const { facts: meters } = useFacts(
    key,
    (reader: PublicClient, deployment) => readMeters(reader, deployment, sessions!),
    sessions !== undefined,
  );
  const queries = useQueryClient();
  return { sessions, meters, reread: () => queries.invalidateQueries({ queryKey: ['facts', ...key] }) };
}
