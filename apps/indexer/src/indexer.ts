import type { Database } from '@oml/db/client';
import type { Logger } from '@oml/service/logger';
import { readHeader, readRange, type ReadableChain } from './chain-reader.ts';
import { rollBack, wipe, writeRange, type IndexedBlock } from './write-range.ts';

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
  /** Reads the next range, or takes back blocks that the chain dropped; true where more is to be done at once. */
  step(): Promise<boolean>;
  /** Undefined until the first step. */
  progress(): Progress | undefined;
}

const RANGE = 50n;

/**
 * Turns the chain into rows, step by step. All that it remembers stands in the database, so it may be killed at any
 * moment.
 */
export function createIndexer({ db, chain, confirmations, logger }: IndexerParts): Indexer {
  const { deployment } = chain;
  let progress: Progress | undefined;

  async function step(): Promise<boolean> {
    const tip = await chain.publicClient.getBlockNumber();
    const cursor = await db.cursor.findUnique({ where: { id: 1 } });
    if (
      cursor &&
      (cursor.chainId !== deployment.chainId || cursor.modelRegistry !== deployment.contracts.modelRegistry)
    ) {
      return startOver('the index is of another deployment');
    }
    if (cursor && (await readHeader(chain, cursor.number))?.hash !== cursor.hash) return takeBack(cursor, tip);
    return readOn(tip - BigInt(confirmations), cursor ?? undefined);
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

  /** Returns to the newest block that index and chain share. */
  async function takeBack(cursor: IndexedBlock, tip: bigint): Promise<boolean> {
    const kept = await db.block.findMany({ where: { number: { lte: tip } }, orderBy: { number: 'desc' } });
    for (const block of kept) {
      const header = await readHeader(chain, block.number);
      if (header?.hash !== block.hash) continue;
      logger.warn({ from: cursor.number, to: block.number }, 'the chain dropped blocks: taking them back');
      await rollBack(db, deployment, header, cursor);
      return true;
    }
    return startOver('the chain shares no block with the index');
  }

  async function startOver(why: string): Promise<boolean> {
    logger.warn({ why }, 'reading again from the first block');
    await wipe(db);
    return true;
  }

  return { step, progress: () => progress };
}
