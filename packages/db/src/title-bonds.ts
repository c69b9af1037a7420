import type { Database, Transaction } from './client.ts';
import { fromAmount, toAmount } from './columns.ts';
import type { TitleEvent } from './events.ts';
import { toDate } from './storable.ts';

/** What vouches that a model hides no parent. */
export interface TitleBondRow {
  bond: bigint;
  /** By open claims. */
  reserved: bigint;
  leaving: bigint;
  leavableAt?: Date;
}

/** What an event of the title bonds changes. */
export async function projectTitleBond(tx: Transaction, { eventName, args }: TitleEvent): Promise<void> {
  const modelId = fromAmount(args.modelId);
  switch (eventName) {
    case 'TitleBondPosted': {
      const bond = fromAmount(args.bond);
      return void (await tx.titleBond.upsert({ where: { modelId }, create: { modelId, bond }, update: { bond } }));
    }
    case 'TitleWithdrawalRequested':
      return void (await tx.titleBond.update({
        where: { modelId },
        data: { leaving: fromAmount(args.amount), leavableAt: toDate(args.leavableAt) },
      }));
    case 'TitleBondWithdrawn':
      return void (await tx.titleBond.update({
        where: { modelId },
        data: { bond: fromAmount(args.bond), leaving: { decrement: fromAmount(args.amount) } },
      }));
    case 'TitleBondReserved':
    case 'TitleBondReturned':
      return void (await tx.titleBond.upsert({
        where: { modelId },
        create: { modelId, bond: 0 },
        update: { reserved: fromAmount(args.reserved) },
      }));
    case 'TitleBondTaken':
      return void (await tx.titleBond.update({
        where: { modelId },
        data: { bond: fromAmount(args.bond), reserved: fromAmount(args.reserved) },
      }));
  }
}

/** What vouches for a model's title; undefined where nobody ever posted. */
export async function titleBondOf(db: Database, modelId: bigint): Promise<TitleBondRow | undefined> {
  const row = await db.titleBond.findUnique({ where: { modelId: fromAmount(modelId) } });
  if (!row) return undefined;
  return {
    bond: toAmount(row.bond),
    reserved: toAmount(row.reserved),
    leaving: toAmount(row.leaving),
    ...(row.leavableAt ? { leavableAt: row.leavableAt } : {}),
  };
}
