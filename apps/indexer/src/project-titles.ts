import type { Transaction } from '@oml/db/client';
import { fromAmount } from '@oml/db/columns';
import type { TitleEvent } from './event.ts';
import { toDate } from './stored.ts';

/** What an event of the title bonds changes. */
export async function projectTitle(tx: Transaction, { eventName, args }: TitleEvent): Promise<void> {
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
