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

/** What left the vaults: of one license, to one payee, or all; latest first. */
export async function listPayouts(
  db: Database,
  query: { licenseId?: bigint; payee?: Address; limit?: number } = {},
): Promise<PayoutRow[]> {
  const rows = await db.payout.findMany({
    where: {
      ...(query.licenseId === undefined ? {} : { licenseId: storedId(query.licenseId) ?? -1n }),
      ...(query.payee === undefined ? {} : { payee: storedAddress(query.payee) ?? '' }),
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
