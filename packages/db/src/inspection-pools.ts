import type { Database, Transaction } from './client.ts';
import { fromAmount, toAmount } from './columns.ts';
import type { PoolEvent } from './events.ts';

/** What an event of the inspection pools changes in pools, and in the batches that were paid for. */
export async function projectPool(tx: Transaction, { eventName, args }: PoolEvent): Promise<void> {
  const modelId = fromAmount(args.modelId);
  const amount = fromAmount(args.amount);
  switch (eventName) {
    case 'PoolFed':
      return void (await tx.inspectionPool.upsert({
        where: { modelId },
        create: { modelId, amount },
        update: { amount: { increment: amount } },
      }));
    case 'BatchPaid':
      await tx.inspectionPool.update({ where: { modelId }, data: { amount: { decrement: amount } } });
      return void (await tx.batch.update({ where: { batchId: args.batchId }, data: { paid: amount } }));
  }
}

/** What lies in the inspection pool of a model. */
export async function getPool(db: Database, modelId: bigint): Promise<bigint> {
  const row = await db.inspectionPool.findUnique({ where: { modelId: fromAmount(modelId) } });
  return row ? toAmount(row.amount) : 0n;
}
