import type { Address, Hex } from 'viem';
import type { Prisma } from './generated/prisma/client.ts';
import type { Database, Transaction } from './client.ts';
import { fromAmount, pageSize, storedAddress, toAddress, toAmount, toHex } from './columns.ts';
import type { VerifierEvent } from './events.ts';

export interface BatchRow {
  batchId: Hex;
  verifier: Address;
  ordinal: number;
  state: 'committed' | 'drawn' | 'opened' | 'forfeited';
  account?: Address;
  modelId?: bigint;
  /** Whose code book it asked. */
  release?: number;
  itemCount?: number;
  deposit: bigint;
  /** What the inspection pool repaid. */
  refund: bigint;
  commitTx: Hex;
  at: Date;
}

/** What an event of the verifier registry changes in batches. */
export async function projectBatch(tx: Transaction, event: VerifierEvent): Promise<void> {
  const { eventName, args } = event;
  switch (eventName) {
    case 'BatchCommitted': {
      const { batchId, verifier, ordinal, deposit } = args;
      return void (await tx.batch.create({
        data: {
          batchId,
          verifier,
          ordinal: BigInt(ordinal),
          deposit: fromAmount(deposit),
          state: 'committed',
          commitTx: event.tx,
          at: event.at,
        },
      }));
    }
    case 'BatchDrawn':
      return void (await tx.batch.update({ where: { batchId: args.batchId }, data: { state: 'drawn' } }));
    case 'BatchOpened': {
      const {
        batchId,
        modelId,
        opening: { account, release, itemCount },
        refund,
      } = args;
      const data = {
        state: 'opened',
        account,
        modelId: fromAmount(modelId),
        release: BigInt(release),
        itemCount: BigInt(itemCount),
        refund: fromAmount(refund),
      };
      return void (await tx.batch.update({ where: { batchId }, data }));
    }
    case 'BatchForfeited':
      return void (await tx.batch.update({ where: { batchId: args.batchId }, data: { state: 'forfeited' } }));
  }
}

/** Batches of one verifier or of all; latest first. */
export async function listBatches(
  db: Database,
  query: { verifier?: Address; limit?: number } = {},
): Promise<BatchRow[]> {
  const rows = await db.batch.findMany({
    where: query.verifier === undefined ? {} : { verifier: storedAddress(query.verifier) ?? '' },
    orderBy: [{ at: 'desc' }, { ordinal: 'desc' }],
    take: pageSize(query.limit),
  });
  return rows.map(toBatchRow);
}

function toBatchRow(row: Prisma.BatchGetPayload<object>): BatchRow {
  return {
    batchId: row.batchId as Hex,
    verifier: toAddress(row.verifier),
    ordinal: Number(row.ordinal),
    state: row.state as BatchRow['state'],
    ...(row.account === null ? {} : { account: toAddress(row.account) }),
    ...(row.modelId === null ? {} : { modelId: toAmount(row.modelId) }),
    ...(row.release === null ? {} : { release: Number(row.release) }),
    ...(row.itemCount === null ? {} : { itemCount: Number(row.itemCount) }),
    deposit: toAmount(row.deposit),
    refund: toAmount(row.refund),
    commitTx: toHex(row.commitTx),
    at: row.at,
  };
}
