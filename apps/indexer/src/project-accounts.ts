import type { Transaction } from '@oml/db/client';
import { fromAmount } from '@oml/db/columns';
import type { LicenseEvent } from './event.ts';
import { toDate } from './stored.ts';

/** What an event of the license registry changes in host accounts: bonds and signers. */
export async function projectAccount(tx: Transaction, { eventName, args, at }: LicenseEvent): Promise<void> {
  switch (eventName) {
    case 'BondDeposited':
    case 'BondWithdrawn':
      return setBond(tx, args.account, args.bond);
    case 'BondContested':
    case 'BondReturned':
      return void (await tx.account.update({
        where: { account: args.account },
        data: { contested: fromAmount(args.contested) },
      }));
    case 'BondTaken': {
      const taken = { increment: fromAmount(args.amount) };
      const data = {
        bond: fromAmount(args.bond),
        contested: { decrement: fromAmount(args.contested) },
        ...(args.slash ? { slashed: taken } : { lateFees: taken }),
      };
      return void (await tx.account.update({ where: { account: args.account }, data }));
    }
    case 'SignerBound':
      await tx.account.createMany({ data: [{ account: args.account }], skipDuplicates: true });
      return void (await tx.signer.create({ data: { signer: args.signer, account: args.account, boundAt: at } }));
    case 'SignerRevoked':
      return void (await tx.signer.update({
        where: { signer: args.signer },
        data: { revokedAt: toDate(args.effectiveAt) },
      }));
  }
}

async function setBond(tx: Transaction, account: string, amount: bigint): Promise<void> {
  const bond = fromAmount(amount);
  await tx.account.upsert({ where: { account }, create: { account, bond }, update: { bond } });
}
