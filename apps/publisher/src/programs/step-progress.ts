import type { OnProgress, Progress } from '../workshop/workshop-message.ts';

const EVERY_MS = 1_000;

/**
 * Keeps how far a step is in its line of the log, once a second, so that every replica can show it. Lost progress is no
 * failure.
 */
export function progressTo(note: (text: string) => Promise<void>): OnProgress {
  let writtenAt = 0;
  return (progress) => {
    if (Date.now() - writtenAt < EVERY_MS) return;
    writtenAt = Date.now();
    note(JSON.stringify(progress)).catch(() => {});
  };
}

/** Reads what {@link progressTo} kept; undefined where the line says something else. */
export function progressOf(note: string | null): Progress | undefined {
  if (!note?.startsWith('{')) return undefined;
  return JSON.parse(note) as Progress;
}
