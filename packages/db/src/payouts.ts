import type { Address, Hex } from 'viem';
import type { Prisma } from './generated/prisma/client.ts';
import type { Database, Transaction } from './client.ts';
import { fromAmount, pageSize, storedAddress, storedId, toAddress, toAmount, toHex } from './columns.ts';
import type { Named, VaultEvent } from './events.ts';

/** Whose share of a vault a payout is of. */
export const SHARES = ['owner', 'ancestor', 'host', 'protocol', 'pool'] as const;
export type Share = (typeof SHARES)[number];

/** Money that left a vault, or was credited because the token refused the payee. */
export interface PayoutRow {
  licenseId: bigint;
  /** Undefined where a credit was paid at last. */
  share?: Share;
  /** The model whose owner an ancestor's share went to. */
  ancestorId?: bigint;
  payee: Address;
  amount: bigint;
  refused: boolean;
  tx: Hex;
  at: Date;
}

/** A vault says first whose share it is about to pay. */
const SHARE_OF = { OwnerPaid: 'owner', AncestorPaid: 'ancestor', HostPaid: 'host' } as const satisfies Record<
  string,
  Share
>;
const isShareEvent = (name: string): name is keyof typeof SHARE_OF => name in SHARE_OF;

/** Keeps what left a vault, or was credited. */
export async function projectPayout(tx: Transaction, event: Named<VaultEvent, 'Paid' | 'Credited'>): Promise<void> {
  const { eventName, args, address: vault, tx: hash, blockNumber, logIndex, at } = event;
  const { licenseId, modelId, account } = await tx.license.findUniqueOrThrow({ where: { vault } });
  await tx.payout.create({
    data: {
      blockNumber,
      logIndex,
      licenseId,
      modelId,
      account,
      ...(await shareOf(tx, event)),
      payee: args.payee,
      amount: fromAmount(args.amount),
      refused: eventName === 'Credited',
      tx: hash,
      at,
    },
  });
}

/** The last share that the same vault named in the same transaction. */
async function shareOf(tx: Transaction, { address, tx: hash, blockNumber, logIndex }: VaultEvent) {
  const named = await tx.event.findFirst({
    where: { blockNumber, tx: hash, address, name: { in: Object.keys(SHARE_OF) }, logIndex: { lt: logIndex } },
    orderBy: { logIndex: 'desc' },
  });
  if (!named || !isShareEvent(named.name)) return {};
  const ancestorId = (named.args as { ancestorId?: string }).ancestorId;
  return { share: SHARE_OF[named.name], ...(ancestorId === undefined ? {} : { ancestorId: BigInt(ancestorId) }) };
}

/** Of protocol fee and inspection pool the vault speaks after it has paid them. */
export async function projectProtocolPayout(
  tx: Transaction,
  { args, address: vault, tx: hash, blockNumber, logIndex }: Named<VaultEvent, 'ProtocolPaid'>,
): Promise<void> {
  const paid = { blockNumber, tx: hash, license: { vault }, share: null, logIndex: { lt: logIndex } };
  const parts = [
    { share: 'protocol', payee: args.treasury, amount: args.protocolFee },
    { share: 'pool', payee: args.pool, amount: args.poolAmount },
  ] as const;
  for (const { share, payee, amount } of parts)
    await tx.payout.updateMany({ where: { ...paid, payee, amount: fromAmount(amount) }, data: { share } });
}

export interface PayoutQuery {
  licenseId?: bigint;
  /** Out of the vaults of this model's licenses, or to its owner out of those of a model built on it. */
  modelId?: bigint;
  /** Out of the vaults of this host's licenses. */
  account?: Address;
  payee?: Address;
  limit?: number;
}

/** What left the vaults, latest first. */
export async function listPayouts(db: Database, query: PayoutQuery = {}): Promise<PayoutRow[]> {
  const take = pageSize(query.limit);
  const where = {
    ...(query.licenseId === undefined ? {} : { licenseId: storedId(query.licenseId) ?? -1n }),
    ...(query.payee === undefined ? {} : { payee: storedAddress(query.payee) ?? '' }),
    ...(query.account === undefined ? {} : { account: storedAddress(query.account) ?? '' }),
  };
  // Each way of earning is an order of its own: asked for both at once, PostgreSQL would sort all there is.
  const rows = await Promise.all(
    earnedBy(query.modelId).map((earned) =>
      db.payout.findMany({
        where: { ...where, ...earned },
        orderBy: [{ blockNumber: 'desc' }, { logIndex: 'desc' }],
        take,
      }),
    ),
  );
  const newestFirst = rows.flat().toSorted((a, b) => Number(b.blockNumber - a.blockNumber) || b.logIndex - a.logIndex);
  return newestFirst.slice(0, take).map(toPayoutRow);
}

/** Out of the vaults of its own licenses, and of those of others that pay it. */
function earnedBy(modelId: bigint | undefined) {
  if (modelId === undefined) return [{}];
  const id = storedId(modelId) ?? -1n;
  return [{ modelId: id }, { ancestorId: id, modelId: { not: id } }];
}

function toPayoutRow(row: Prisma.PayoutGetPayload<object>): PayoutRow {
  const { licenseId, share, ancestorId, payee, amount, refused, tx, at } = row;
  return {
    licenseId,
    ...(share === null ? {} : { share: share as Share }),
    ...(ancestorId === null ? {} : { ancestorId }),
    payee: toAddress(payee),
    amount: toAmount(amount),
    refused,
    tx: toHex(tx),
    at,
  };
}
