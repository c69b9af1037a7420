import type { Database } from '@oml/db/client';
import { indexStatus } from '@oml/db/cursor';
import { refreshFigures, refreshOnline, refreshTrends } from '@oml/db/market';

/** Figures are at most this old while the chain moves, … */
const EVERY_MS = 2_000;
/** … or this many times what counting them took: large markets are counted less often. */
const REST = 20;

/**
 * What pages show of the whole market, worked out now and then and only after new blocks, so that no page reads whole
 * tables. To be called between ranges: it writes rows that indexing writes, too.
 */
export function createMarketRefresher(db: Database, now: () => number = Date.now): () => Promise<void> {
  let last: { block: bigint; endedAt: number; tookMs: number } | undefined;
  return async () => {
    if (last && now() - last.endedAt < Math.max(EVERY_MS, REST * last.tookMs)) return;
    const status = await indexStatus(db);
    if (!status || status.indexedBlock === last?.block) return;
    const begunAt = now();
    await refreshTrends(db, status.indexedAt);
    await refreshOnline(db, status.indexedAt);
    await refreshFigures(db, status.indexedAt);
    last = { block: status.indexedBlock, endedAt: now(), tookMs: now() - begunAt };
  };
}
