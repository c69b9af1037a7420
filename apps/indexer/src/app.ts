import { createApp } from '@oml/service/app';
import type { Logger } from '@oml/service/logger';
import type { Hono } from 'hono';
import type { Progress } from './indexer.ts';

/** Ready means: at most this many blocks behind, and a step not older than this. */
const MAX_LAG = 5n;
const MAX_SILENCE_MS = 15_000;

/** The indexer over HTTP: how far it has read. */
export function indexerApp({ progress, logger }: { progress: () => Progress | undefined; logger: Logger }): Hono {
  const { app } = createApp({ name: 'indexer', logger, isReady: () => isCaughtUp(progress()) });
  app.get('/status', (c) => {
    const now = progress();
    if (!now) return c.json({ head: null, indexedBlock: null, lag: null });
    return c.json({ head: now.head.toString(), indexedBlock: now.indexedBlock.toString(), lag: lagOf(now).toString() });
  });
  return app;
}

function isCaughtUp(progress: Progress | undefined): boolean {
  return (
    progress !== undefined && lagOf(progress) <= MAX_LAG && Date.now() - progress.steppedAt.getTime() < MAX_SILENCE_MS
  );
}

const lagOf = ({ head, indexedBlock }: Progress): bigint => (head > indexedBlock ? head - indexedBlock : 0n);
