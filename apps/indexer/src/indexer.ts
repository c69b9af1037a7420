import type { Database } from '@oml/db/client';
import type { Logger } from '@oml/service/logger';
import { readCursor, type IndexedBlock } from '@oml/db/cursor';
import { wipe } from '@oml/db/roll-back';
import { readHeader, readRange, type ReadableChain } from './chain/read-range.ts';
import { rollBack } from './chain/roll-back.ts';
import { writeRange } from './chain/write-range.ts';

export interface IndexerParts {
  db: Database;
  chain: ReadableChain;
  /** Blocks to stay behind the head. */
  confirmations: number;
  logger: Logger;
}

export interface Progress {
  /** The chain's head less confirmations, as of the last step. */
  head: bigint;
  indexedBlock: bigint;
  /** When the last step that reached both chain and database ended. */
  steppedAt: Date;
}

export interface Indexer {
  /** Reads the next range, or rolls back blocks that the chain dropped; true where more is to be done at once. */
  step(): Promise<boolean>;
  /** Undefined until the first step. */
  progress(): Progress | undefined;
}

const RANGE = 50n;

/**
 * Turns the chain into rows, step by step. All that it knows stands in the database, so it may be killed at any
 * moment.
 */
export function createIndexer({ db, chain, confirmations, logger }: IndexerParts): Indexer {
  const { deployment } = chain;
  let progress: Progress | undefined;

  async function step(): Promise<boolean> {
    const tip = await chain.publicClient.getBlockNumber();
    const cursor = await readCursor(db);
    if (
      cursor &&
      (cursor.chainId !== deployment.chainId || cursor.modelRegistry !== deployment.contracts.modelRegistry)
    ) {
      return startOver('the index is of another deployment');
    }
    if (cursor && (await readHeader(chain, cursor.number))?.hash !== cursor.hash) return rollBackDropped(cursor);
    return readOn(tip - BigInt(confirmations), cursor);
  }

  /** Indexes the blocks after the cursor, up to `head` or as many as one transaction takes. */
  async function readOn(head: bigint, cursor: IndexedBlock | undefined): Promise<boolean> {
    const from = cursor ? cursor.number + 1n : BigInt(deployment.deployedAtBlock);
    const to = head < from + RANGE ? head : from + RANGE - 1n;
    if (from <= to) {
      const range = await readRange(chain, from, to);
      // dropped since we looked: the next step sees it
      if (cursor && range.blocks[0]!.parentHash !== cursor.hash) return true;
      await writeRange(db, deployment, range, cursor);
      if (range.events.length + range.refusals.length > 0)
        logger.info({ from, to, events: range.events.length, refusals: range.refusals.length }, 'indexed');
    }
    const indexedBlock = from <= to ? to : from - 1n;
    progress = { head, indexedBlock, steppedAt: new Date() };
    return indexedBlock < head;
  }

  /** Rolls back what the chain dropped. */
  async function rollBackDropped(cursor: IndexedBlock): Promise<boolean> {
    const shared = await rollBack(db, chain, cursor);
    if (!shared) return startOver('the chain shares no block with the index');
    logger.warn({ from: cursor.number, to: shared.number }, 'the chain dropped blocks: rolled back');
    return true;
  }

  async function startOver(why: string): Promise<boolean> {
    logger.warn({ why }, 'reading again from the first block');
    await wipe(db);
    return true;
  }

  return { step, progress: () => progress };
}
