'use client';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useRunJob } from './jobs-context.tsx';
import type { OwnJobName, OwnWork } from './own-jobs.ts';

export interface JobState {
  isPending: boolean;
  error: Error | null;
  /** How far it is. */
  at: { part: string; share: number } | undefined;
  cancel: () => void;
}

/** One job of the owner's own, with how far it is; it ends with the page that shows it. */
export function useJob<Name extends OwnJobName>(name: Name) {
  const run = useRunJob();
  const [at, setAt] = useState<JobState['at']>();
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const { mutateAsync, mutate, data, error, isPending } = useMutation({
    mutationFn: async (input: () => Promise<OwnWork[Name]['input']>) => {
      const { signal } = (running.current = new AbortController());
      setAt(undefined);
      return run(name, await input(), { signal, onProgress: (part, share) => setAt({ part, share }) });
    },
  });
  const state: JobState = { isPending, error, at, cancel: () => running.current?.abort() };
  return { mutateAsync, mutate, data, state };
}
