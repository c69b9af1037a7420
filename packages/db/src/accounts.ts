import type { Address } from 'viem';
import type { Database, Transaction } from './client.ts';
import { fromAmount, storedAddress, toAddress, toAmount } from './columns.ts';
import type { LicenseEvent } from './events.ts';
import { toDate } from './storable.ts';

export interface AccountRow {
  account: Address;
  bond: bigint;
  contested: bigint;
  slashed: bigint;
  lateFees: bigint;
  signers: { signer: Address; boundAt: Date; revokedAt?: Date }[];
}

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

/** A host account with its signers, or undefined if the address never deposited a bond nor bound a signer. */
export async function accountOf(db: Database, account: Address): Promise<AccountRow | undefined> {
  const row = await db.account.findUnique({
    where: { account: storedAddress(account) ?? '' },
    include: { signers: { orderBy: [{ boundAt: 'asc' }, { signer: 'asc' }] } },
  });
  if (!row) return undefined;
  return {
    account: toAddress(row.account),
    bond: toAmount(row.bond),
    contested: toAmount(row.contested),
    slashed: toAmount(row.slashed),
    lateFees: toAmount(row.lateFees),
    signers: row.signers.map(({ signer, boundAt, revokedAt }) => ({
      signer: toAddress(signer),
      boundAt,
      ...(revokedAt ? { revokedAt } : {}),
    })),
  };
}
