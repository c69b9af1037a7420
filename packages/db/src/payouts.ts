import type { Address, Hex } from 'viem';
import type { Database, Transaction } from './client.ts';
import { fromAmount, pageSize, storedAddress, storedId, toAddress, toAmount, toHex } from './columns.ts';
import type { Named, VaultEvent } from './events.ts';

/** Money that left a vault, or was credited because the token refused the payee. */
export interface PayoutRow {
  licenseId: bigint;
  payee: Address;
  amount: bigint;
  refused: boolean;
  tx: Hex;
  at: Date;
}

/** Keeps what left a vault, or was credited. */
export async function projectPayout(
  tx: Transaction,
  { eventName, args, address: vault, tx: hash, blockNumber, logIndex, at }: Named<VaultEvent, 'Paid' | 'Credited'>,
): Promise<void> {
  const { licenseId } = await tx.license.findUniqueOrThrow({ where: { vault } });
  await tx.payout.create({
    data: {
      blockNumber,
      logIndex,
      licenseId,
      payee: args.payee,
      amount: fromAmount(args.amount),
      refused: eventName === 'Credited',
      tx: hash,
      at,
    },
  });
}

export interface PayoutQuery {
  licenseId?: bigint;
  /** Out of the vaults of this model's licenses. */
  modelId?: bigint;
  /** Out of the vaults of this host's licenses. */
  account?: Address;
  payee?: Address;
  limit?: number;
}

/** What left the vaults, latest first. */
export async function listPayouts(db: Database, query: PayoutQuery = {}): Promise<PayoutRow[]> {
  const rows = await db.payout.findMany({
    where: {
      ...(query.licenseId === undefined ? {} : { licenseId: storedId(query.licenseId) ?? -1n }),
      ...(query.payee === undefined ? {} : { payee: storedAddress(query.payee) ?? '' }),
      license: {
        ...(query.modelId === undefined ? {} : { modelId: storedId(query.modelId) ?? -1n }),
        ...(query.account === undefined ? {} : { account: storedAddress(query.account) ?? '' }),
      },
    },
    orderBy: [{ blockNumber: 'desc' }, { logIndex: 'desc' }],
    take: pageSize(query.limit),
  });
  return rows.map(({ licenseId, payee, amount, refused, tx, at }) => ({
    licenseId,
    payee: toAddress(payee),
    amount: toAmount(amount),
    refused,
    tx: toHex(tx),
    at,
  }));
}
