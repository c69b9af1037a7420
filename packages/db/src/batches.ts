import type { BatchOpening } from '@oml/protocol/evidence/batch';
import type { Address, Hex } from 'viem';
import type { Prisma } from './generated/prisma/client.ts';
import type { Database, Transaction } from './client.ts';
import { fromAmount, pageSize, storedAddress, toAddress, toAmount, toHex } from './columns.ts';
import type { BeaconEvent, VerifierEvent } from './events.ts';
import { toJson } from './storable.ts';

export interface BatchRow {
  batchId: Hex;
  verifier: Address;
  /** Counted over all verifiers. */
  number: number;
  state: 'committed' | 'drawn' | 'opened' | 'forfeited' | 'void';
  account?: Address;
  modelId?: bigint;
  /** Whose code book it asked. */
  release?: number;
  itemCount?: number;
  /** What was committed, once it is shown. */
  opening?: BatchOpening;
  deposit: bigint;
  /** Out of the inspection pool of its model. */
  paid: bigint;
  commitTx: Hex;
  at: Date;
}

/** What an event of the verifier registry changes in batches. */
export async function projectBatch(tx: Transaction, event: VerifierEvent): Promise<void> {
  const { eventName, args } = event;
  switch (eventName) {
    case 'BatchCommitted': {
      const { batchId, verifier, number, round, deposit } = args;
      return void (await tx.batch.create({
        data: {
          batchId,
          verifier,
          number,
          round,
          deposit: fromAmount(deposit),
          state: 'committed',
          commitTx: event.tx,
          at: event.at,
        },
      }));
    }
    case 'BatchOpened': {
      const { batchId, modelId, opening } = args;
      const { account, release, itemCount } = opening;
      const data = {
        state: 'opened',
        account,
        modelId: fromAmount(modelId),
        release: BigInt(release),
        itemCount: BigInt(itemCount),
        opening: toJson(opening) as object,
      };
      return void (await tx.batch.update({ where: { batchId }, data }));
    }
    case 'BatchClosed': {
      const state = args.isVoid ? 'void' : 'forfeited';
      return void (await tx.batch.update({ where: { batchId: args.batchId }, data: { state } }));
    }
  }
}

/** A round draws the keys of every batch that waits for it. */
export async function projectDraw(tx: Transaction, { args: { round } }: BeaconEvent): Promise<void> {
  await tx.batch.updateMany({ where: { round, state: 'committed' }, data: { state: 'drawn' } });
}

/** Batches of one verifier or on one model, or all; latest first. */
export async function listBatches(
  db: Database,
  query: { verifier?: Address; modelId?: bigint; limit?: number } = {},
): Promise<BatchRow[]> {
  const rows = await db.batch.findMany({
    where: {
      ...(query.verifier === undefined ? {} : { verifier: storedAddress(query.verifier) ?? '' }),
      ...(query.modelId === undefined ? {} : { modelId: fromAmount(query.modelId) }),
    },
    orderBy: [{ at: 'desc' }, { number: 'desc' }],
    take: pageSize(query.limit),
  });
  return rows.map(toBatchRow);
}

function toBatchRow(row: Prisma.BatchGetPayload<object>): BatchRow {
  return {
    batchId: row.batchId as Hex,
    verifier: toAddress(row.verifier),
    number: Number(row.number),
    state: row.state as BatchRow['state'],
    ...(row.account === null ? {} : { account: toAddress(row.account) }),
    ...(row.modelId === null ? {} : { modelId: toAmount(row.modelId) }),
    ...(row.release === null ? {} : { release: Number(row.release) }),
    ...(row.itemCount === null ? {} : { itemCount: Number(row.itemCount) }),
    deposit: toAmount(row.deposit),
    ...(row.opening === null ? {} : { opening: toOpening(row.opening) }),
    paid: toAmount(row.paid),
    commitTx: toHex(row.commitTx),
    at: row.at,
  };
}

function toOpening(stored: Prisma.JsonValue): BatchOpening {
  const { modelId, licenseIds, ...rest } = stored as unknown as BatchOpening & {
    modelId: string;
    licenseIds: string[];
  };
  return { ...rest, modelId: BigInt(modelId), licenseIds: licenseIds.map(BigInt) };
}
