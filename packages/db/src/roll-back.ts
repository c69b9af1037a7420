import type { Database, Transaction } from './client.ts';
import type { IndexedBlock } from './cursor.ts';

/** How many blocks can be rolled back one by one; a deeper fork is answered by reading everything again. */
export const ROLL_BACK_BLOCKS = 256n;

/** Keeps blocks, so that a fork is found by their hashes. */
export async function storeBlocks(tx: Transaction, blocks: (IndexedBlock & { at: Date })[]): Promise<void> {
  await tx.block.createMany({ data: blocks.map(({ number, hash, at }) => ({ number, hash, at })) });
}

/** The blocks that are still kept, up to one of that number, newest first. */
export function listBlocks(db: Database, upTo: bigint): Promise<IndexedBlock[]> {
  return db.block.findMany({ where: { number: { lte: upTo } }, orderBy: { number: 'desc' } });
}

/**
 * Makes what this transaction changes from here on a change of block `number`, which {@link rollBack} can roll back.
 */
export async function enterBlock(tx: Transaction, number: bigint): Promise<void> {
  await tx.$executeRaw`select set_config('oml.block', ${number.toString()}, true)`;
}

/** Rolls every row back to what it was after block `to`. */
export async function rollBack(tx: Transaction, to: bigint): Promise<void> {
  await tx.$executeRaw`select chain.roll_back(${to})`;
}

/** Drops what is only needed to roll back blocks up to this one. */
export async function dropRollBackEntries(tx: Transaction, upTo: bigint): Promise<void> {
  await tx.rollBackEntry.deleteMany({ where: { blockNumber: { lte: upTo } } });
  await tx.block.deleteMany({ where: { number: { lt: upTo } } });
}

/** Empties the chain tables: the next range is the deployment's first. */
export async function wipe(db: Database): Promise<void> {
  await db.$executeRaw`select chain.wipe()`;
}
