import type { Database, Transaction } from './client.ts';
import { fromAmount, toAmount } from './columns.ts';
import type { Named, TitleEvent } from './events.ts';
import { exitOf, leftOf, type Exit } from './exits.ts';
import { toDate } from './storable.ts';

/** What vouches that a model hides no parent. */
export interface TitleBondRow {
  bond: bigint;
  /** By licenses. */
  reserved: bigint;
  /** An exit that has neither left nor lapsed. */
  exit?: Exit;
}

/** What an event of the title bonds changes. */
export async function projectTitleBond(tx: Transaction, { eventName, args }: TitleEvent): Promise<void> {
  const modelId = fromAmount(args.modelId);
  switch (eventName) {
    case 'TitleBondPosted': {
      const bond = fromAmount(args.bond);
      return void (await tx.titleBond.upsert({ where: { modelId }, create: { modelId, bond }, update: { bond } }));
    }
    case 'TitleExitAnnounced': {
      const exit = { announced: fromAmount(args.amount), ripeAt: toDate(args.ripeAt), lapsesAt: toDate(args.lapsesAt) };
      await tx.titleBond.upsert({ where: { modelId }, create: { modelId, bond: 0, ...exit }, update: exit });
      return;
    }
    case 'TitleBondWithdrawn':
      return void (await tx.titleBond.update({
        where: { modelId },
        data: { bond: fromAmount(args.bond), announced: { decrement: fromAmount(args.amount) } },
      }));
    case 'TitleCoverChanged':
      return changeCover(tx, args);
  }
}

type Cover = Named<TitleEvent, 'TitleCoverChanged'>['args'];

/** Also what an upheld blame took, of announced money first. */
async function changeCover(tx: Transaction, { licenseId, modelId: id, cover, reserved, bond }: Cover): Promise<void> {
  const modelId = fromAmount(id);
  await tx.license.update({ where: { licenseId }, data: { titleCover: fromAmount(cover) } });
  const row = await tx.titleBond.findUnique({ where: { modelId } });
  const announced = leftOf(row, bond);
  const now = { bond: fromAmount(bond), reserved: fromAmount(reserved), announced: fromAmount(announced) };
  await tx.titleBond.upsert({ where: { modelId }, create: { modelId, ...now }, update: now });
}

/** What vouches for a model's title; undefined where nobody ever posted. */
export async function titleBondOf(db: Database, modelId: bigint): Promise<TitleBondRow | undefined> {
  const row = await db.titleBond.findUnique({ where: { modelId: fromAmount(modelId) } });
  if (!row) return undefined;
  const exit = exitOf(row);
  return {
    bond: toAmount(row.bond),
    reserved: toAmount(row.reserved),
    ...(exit ? { exit } : {}),
  };
}
