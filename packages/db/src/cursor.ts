import type { Deployment } from '@oml/protocol/chain/deployment';
import { OmlError } from '@oml/protocol/error';
import type { Database, Transaction } from './client.ts';
import { toText } from './storable.ts';

export interface IndexStatus {
  chainId: number;
  indexedBlock: bigint;
  indexedAt: Date;
  /** Why the index does not go on: what the node says of the next blocks does not fit together. */
  doubt?: string;
}

/** The last block that the index holds. */
export interface IndexedBlock {
  number: bigint;
  hash: string;
}

/** Where the index stands, and of which deployment; undefined before its first block. */
export async function readCursor(
  db: Database,
): Promise<(IndexedBlock & { chainId: number; modelRegistry: string }) | undefined> {
  return (await db.cursor.findUnique({ where: { id: 1 } })) ?? undefined;
}

/**
 * Moves the cursor, and with it holds off any other writer until the transaction ends. Throws CONFLICT where the index
 * no longer stands at `after`: another indexer writes.
 */
export async function advanceCursor(
  tx: Transaction,
  { chainId, contracts }: Deployment,
  to: IndexedBlock & { at: Date },
  after: IndexedBlock | undefined,
): Promise<void> {
  const cursor = { number: to.number, hash: to.hash, at: to.at, doubt: null };
  const { count } = after
    ? await tx.cursor.updateMany({ where: { id: 1, number: after.number, hash: after.hash }, data: cursor })
    : await tx.cursor.createMany({
        data: [{ id: 1, chainId, modelRegistry: contracts.modelRegistry, ...cursor }],
        skipDuplicates: true,
      });
  if (count !== 1) throw new OmlError('CONFLICT', 'Another indexer writes to this database.', { retryable: true });
}

/** Lets pages say why the index stands still; the next block that it indexes ends it. */
export async function noteDoubt(db: Database, doubt: string): Promise<void> {
  await db.cursor.updateMany({ where: { id: 1 }, data: { doubt: toText(doubt) } });
}

/** How far the index has read; undefined until the indexer wrote its first block. */
export async function indexStatus(db: Database): Promise<IndexStatus | undefined> {
  const cursor = await db.cursor.findUnique({ where: { id: 1 } });
  if (!cursor) return undefined;
  const { chainId, number: indexedBlock, at: indexedAt, doubt } = cursor;
  return { chainId, indexedBlock, indexedAt, ...(doubt === null ? {} : { doubt }) };
}
