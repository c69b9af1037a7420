import type { Kysely, Transaction } from 'kysely';
import type { PublicClient } from 'viem';
import { readLogs, type BlockRange } from './read-logs.ts';
import type { ProgramStore, ProgramTables } from './run-tables.ts';

export interface FollowLogsOptions<Found, Tables> {
  store: ProgramStore;
  /** Under which the position stands in the store. */
  cursor: string;
  publicClient: Pick<PublicClient, 'getBlockNumber'>;
  /** Where reading begins the first time, e.g. the block of the deployment. */
  startBlock: bigint;
  /** Blocks at the head that are left for later. */
  confirmations?: bigint;
  /** Blocks that are read again each time, so that a short reorganisation hides nothing. */
  rereadBlocks?: bigint;
  sliceBlocks?: bigint;
  /** Reads what happened in a range; may look up more. */
  read: (range: BlockRange) => Promise<readonly Found[]>;
  /** Notes it, in one transaction with the position; what is noted twice must stand once. */
  note: (db: Transaction<Tables>, found: readonly Found[]) => Promise<void>;
}

/**
 * Reads on from where it stopped to the head, in slices, and moves the position with what was noted: killed at any
 * instruction it misses nothing and repeats a slice at most. Resolves to how much it found.
 */
export async function followLogs<Found, Tables extends ProgramTables = ProgramTables>({
  store,
  cursor,
  publicClient,
  startBlock,
  confirmations = 0n,
  rereadBlocks = 16n,
  sliceBlocks,
  read,
  note,
}: FollowLogsOptions<Found, Tables>): Promise<number> {
  const head = (await publicClient.getBlockNumber()) - confirmations;
  const next = (await positionOf(store.db, cursor)) ?? startBlock;
  // A chain that was set back is read again from its head.
  const reached = next > head + 1n ? head + 1n : next;
  const found = await readLogs({
    fromBlock: reached - rereadBlocks > startBlock ? reached - rereadBlocks : startBlock,
    toBlock: head,
    read,
    ...(sliceBlocks === undefined ? {} : { sliceBlocks }),
    onSlice: (logs, { toBlock }) =>
      store.transaction(async (db) => {
        if (logs.length > 0) await note(db as Transaction<Tables>, logs);
        await setPosition(db as Transaction<ProgramTables>, cursor, toBlock + 1n);
      }),
  });
  return found.length;
}

async function positionOf(db: Kysely<ProgramTables>, cursor: string): Promise<bigint | undefined> {
  const row = await db.selectFrom('cursor').select('next_block').where('name', '=', cursor).executeTakeFirst();
  return row && BigInt(row.next_block);
}

async function setPosition(db: Kysely<ProgramTables>, cursor: string, next: bigint): Promise<void> {
  const position = { next_block: Number(next) };
  await db
    .insertInto('cursor')
    .values({ name: cursor, ...position })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(position))
    .execute();
}
