import type { Database } from '@oml/db/client';
import { advanceCursor, type IndexedBlock } from '@oml/db/cursor';
import { listBlocks, rollBack as rollBackRows } from '@oml/db/roll-back';
import { readHeader, type BlockHeader, type ReadableChain } from './read-range.ts';
import { TIMEOUTS } from './write-range.ts';

/**
 * Rolls the index back to the newest block that it shares with the chain, in one transaction; returns that block, or
 * undefined where it keeps none. Throws CONFLICT where the index no longer stands at `cursor`.
 */
export async function rollBack(
  db: Database,
  chain: ReadableChain,
  cursor: IndexedBlock,
): Promise<BlockHeader | undefined> {
  const shared = await findShared(db, chain);
  if (!shared) return undefined;
  await db.$transaction(async (tx) => {
    await advanceCursor(tx, chain.deployment, shared, cursor);
    await rollBackRows(tx, shared.number);
  }, TIMEOUTS);
  return shared;
}

async function findShared(db: Database, chain: ReadableChain): Promise<BlockHeader | undefined> {
  const tip = await chain.publicClient.getBlockNumber();
  for (const block of await listBlocks(db, tip)) {
    const header = await readHeader(chain, block.number);
    if (header?.hash === block.hash) return header;
  }
  return undefined;
}
