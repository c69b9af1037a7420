import type { Database } from '@oml/db/client';
import { noteDoubt, readCursor, type IndexedBlock } from '@oml/db/cursor';
import { wipe } from '@oml/db/roll-back';
import { isOmlError, OmlError } from '@oml/protocol/error';
import type { Logger } from '@oml/service/logger';
import { readHeader, readRange, type BlockRange, type ReadableChain } from './chain/read-range.ts';
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
  /** Seconds of chain time between the two. */
  lagSeconds: number;
  /** Logs that the node left out so far, and that were repaired from the receipts of their blocks. */
  omittedLogs: number;
  /** Why the next blocks can't be believed; the index goes on once the node, or another, is clear about them. */
  doubt?: OmlError;
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
  let omittedLogs = 0;

  /** A doubt is told to pages and to /ready before it is thrown on. */
  async function step(): Promise<boolean> {
    try {
      return await stepOn();
    } catch (error) {
      if (isOmlError(error) && error.code === 'CHAIN_IN_DOUBT') {
        if (progress) progress = { ...progress, doubt: error };
        await noteDoubt(db, error.message);
      }
      throw error;
    }
  }

  async function stepOn(): Promise<boolean> {
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
      tellOf(range);
    }
    const indexedBlock = from <= to ? to : from - 1n;
    progress = { head, indexedBlock, ...(await lagOf(head, indexedBlock)), omittedLogs, steppedAt: new Date() };
    return indexedBlock < head;
  }

  function tellOf({ blocks, events, refusals, omittedLogs: omitted }: BlockRange): void {
    const [from, to] = [blocks[0]!.number, blocks.at(-1)!.number];
    omittedLogs += omitted;
    if (omitted > 0) logger.warn({ from, to, omitted }, 'the node left logs out: repaired from the receipts');
    if (events.length + refusals.length > 0)
      logger.info({ from, to, events: events.length, refusals: refusals.length }, 'indexed');
  }

  async function lagOf(head: bigint, indexedBlock: bigint): Promise<{ lagSeconds: number }> {
    if (head <= indexedBlock) return { lagSeconds: 0 };
    const [newest, indexed] = await Promise.all([readHeader(chain, head), readHeader(chain, indexedBlock)]);
    return { lagSeconds: newest && indexed ? (newest.at.getTime() - indexed.at.getTime()) / 1000 : 0 };
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
