import { OmlError } from '@oml/protocol/error';

export interface Progress {
  /** What is being done, and how much of it (0 to 1). */
  onProgress?: (step: string, share: number) => void;
  signal?: AbortSignal;
}

/** Reports a step and lets the caller stop the work here. Throws ABORTED. */
export function report({ onProgress, signal }: Progress, step: string, share: number): void {
  if (signal?.aborted) throw new OmlError('ABORTED', 'The work was cancelled.');
  onProgress?.(step, share);
}
