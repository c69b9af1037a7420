'use client';
import { OmlError } from '@oml/protocol/error';
import { createContext, use } from 'react';
import type { OwnJobName, OwnWork } from './own-jobs.ts';
import type { OwnAnswer, OwnRequest } from './own-keys.worker.ts';

export interface Doing {
  /** The part of the job that is being done, and the share of it, 0 to 1. */
  onProgress: (part: string, share: number) => void;
  signal: AbortSignal;
}

export type RunJob = <Name extends OwnJobName>(
  name: Name,
  input: OwnWork[Name]['input'],
  doing: Doing,
) => Promise<OwnWork[Name]['result']>;

/** Runs a job in a worker of its own, which a signal ends at once. Throws what the job throws, and ABORTED. */
const runInWorker: RunJob = async <Name extends OwnJobName>(
  name: Name,
  input: OwnWork[Name]['input'],
  { onProgress, signal }: Doing,
) => {
  const worker = new Worker(new URL('./own-keys.worker.ts', import.meta.url), { type: 'module' });
  try {
    return await new Promise<OwnWork[Name]['result']>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<OwnAnswer>) => {
        if ('progress' in data) onProgress(data.progress.part, data.progress.share);
        else if ('error' in data) reject(new OmlError(data.error.code, data.error.message));
        else resolve(data.result);
      };
      worker.onerror = () => reject(new OmlError('INTERNAL', 'This browser could not do the work.'));
      const abort = () => reject(new OmlError('ABORTED', 'The work was cancelled.'));
      if (signal.aborted) return abort();
      signal.addEventListener('abort', abort, { once: true });
      const request: OwnRequest = { name, input, wasmPaths: `${location.origin}/ort/` };
      worker.postMessage(request);
    });
  } finally {
    worker.terminate();
  }
};

/** Who does the heavy work: a worker, unless a test says otherwise. */
export const JobsContext = createContext<RunJob>(runInWorker);
export const useRunJob = (): RunJob => use(JobsContext);
