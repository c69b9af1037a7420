import { createApp } from '@oml/service/app';
import type { Logger } from '@oml/service/logger';
import type { Hono } from 'hono';
import { Gauge, Registry } from 'prom-client';
import type { Progress } from './indexer.ts';

/** Ready means: at most this many blocks behind, and a step not older than this. */
const MAX_LAG = 5n;
const MAX_SILENCE_MS = 15_000;

/** The indexer over HTTP: how far it has read, and whether it can believe what it reads. */
export function indexerApp({ progress, logger }: { progress: () => Progress | undefined; logger: Logger }): Hono {
  const metrics = new Registry();
  measure(metrics, progress);
  const { app } = createApp({ name: 'indexer', logger, metrics, isReady: () => isCaughtUp(progress()) });
  app.get('/status', (c) => {
    const now = progress();
    if (!now) return c.json({ head: null, indexedBlock: null, lag: null, lagSeconds: null });
    const { head, indexedBlock, lagSeconds, omittedLogs, doubt } = now;
    return c.json({
      head: head.toString(),
      indexedBlock: indexedBlock.toString(),
      lag: lagOf(now).toString(),
      lagSeconds,
      omittedLogs,
      ...(doubt ? { doubt: doubt.message } : {}),
    });
  });
  return app;
}

/** Throws CHAIN_IN_DOUBT, which /ready repeats. */
function isCaughtUp(progress: Progress | undefined): boolean {
  if (progress?.doubt) throw progress.doubt;
  return (
    progress !== undefined && lagOf(progress) <= MAX_LAG && Date.now() - progress.steppedAt.getTime() < MAX_SILENCE_MS
  );
}

const lagOf = ({ head, indexedBlock }: Progress): bigint => (head > indexedBlock ? head - indexedBlock : 0n);

function measure(registry: Registry, progress: () => Progress | undefined): void {
  const show = (name: string, help: string, read: (now: Progress) => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        const now = progress();
        if (now) this.set(read(now));
      },
    });
  show('oml_index_lag_blocks', 'Blocks between the chain’s head and the index', (now) => Number(lagOf(now)));
  show('oml_index_lag_seconds', 'Chain time between the chain’s head and the index', (now) => now.lagSeconds);
  show('oml_index_omitted_logs', 'Logs that the node left out, repaired from receipts', (now) => now.omittedLogs);
  show('oml_index_in_doubt', '1 while the node contradicts itself about the next blocks', (now) => (now.doubt ? 1 : 0));
}
