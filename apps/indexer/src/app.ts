import type { ReceiptRow } from '@oml/db/receipts';
import { OmlError } from '@oml/protocol/error';
import { readRequest } from '@oml/protocol/wire/read-request';
import { RECEIPT_LOOK_PATH, type ReceiptLookJson } from '@oml/protocol/wire/receipt-look';
import { bytes32 } from '@oml/protocol/wire/scalars';
import { createApp } from '@oml/service/app';
import type { Logger } from '@oml/service/logger';
import type { Hono } from 'hono';
import { Gauge, Registry } from 'prom-client';
import type { Hex } from 'viem';
import type { Progress } from './indexer.ts';

/** Ready means: at most this many blocks behind, and a step not older than this. */
const MAX_LAG = 5n;
const MAX_SILENCE_MS = 15_000;

export interface IndexerParts {
  progress: () => Progress | undefined;
  /** What the index knows of a receipt's digest or a payment's reference. */
  lookUp?: (hash: Hex) => Promise<ReceiptRow | undefined>;
  logger: Logger;
}

/** The indexer over HTTP: how far it has read, whether it can believe what it reads, and receipts by their hashes. */
export function indexerApp({ progress, lookUp, logger }: IndexerParts): Hono {
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
  if (lookUp)
    app.get(`${RECEIPT_LOOK_PATH}/:hash`, async (c) => {
      c.header('cache-control', 'no-store');
      const hash = readRequest(bytes32, c.req.param('hash'), 'The hash is refused');
      const now = progress();
      if (!now) throw new OmlError('UNAVAILABLE', 'The index has read nothing yet.', { retryable: true });
      return c.json(toJson(hash, now.indexedBlock, await lookUp(hash)));
    });
  return app;
}

function toJson(hash: Hex, block: bigint, row: ReceiptRow | undefined): ReceiptLookJson {
  if (!row) throw new OmlError('NOT_FOUND', `Up to block ${block} nothing on chain names ${hash}.`);
  const booked = row.bookings.map(({ vault, licenseId, client, total, tx, at }) => ({
    vault,
    licenseId: String(licenseId),
    client,
    total: String(total),
    tx,
    at: at.toISOString(),
  }));
  return { hash, block: String(block), booked, claims: row.claims };
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
