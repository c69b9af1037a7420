import { batchFate, type BatchingProvider } from '#wallet/batch.ts';
import type { Tracked } from './tracked.ts';

/**
 * Looks once where a batch stands, and returns what is known now; the same object where nothing changed. Once its
 * transaction is known, the chain is asked for it as for any other. Throws where the wallet does not answer.
 */
export async function lookAtBatch(
  provider: BatchingProvider,
  tracked: Tracked,
  batch: string,
  now: number,
): Promise<Tracked> {
  const fate = await batchFate(provider, batch);
  if (fate === 'pending') return tracked;
  if (fate === 'unknown') return tracked.state === 'unknown' ? tracked : { ...tracked, state: 'unknown', since: now };
  const { batch: _, ...known } = tracked;
  return { ...known, hash: fate.hash, state: 'pending' };
}
