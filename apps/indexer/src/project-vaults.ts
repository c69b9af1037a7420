import type { Transaction } from '@oml/db/client';
import { fromAmount, toAmount } from '@oml/db/columns';
import { BOOKING_KINDS } from '@oml/protocol/chain/booking';
import type { VaultEvent } from './event.ts';

/** What an event of a vault changes: bookings, distributions, payouts and the sums over them. */
export async function projectVault(tx: Transaction, event: VaultEvent): Promise<void> {
  switch (event.eventName) {
    case 'Booked':
      await book(tx, event);
      return answerClaims(tx, event);
    case 'Distributed':
      return distribute(tx, event);
    case 'Paid':
    case 'Credited':
      return pay(tx, event);
  }
}

/** Books a use, or raises the total of one that is booked already. */
async function book(
  tx: Transaction,
  { args, address: vault, tx: hash, blockNumber, logIndex, at }: VaultEvent & { eventName: 'Booked' },
): Promise<void> {
  const { paymentRef, client, total, kind, booker } = args;
  const { licenseId, modelId } = await tx.license.findUniqueOrThrow({ where: { vault } });
  const key = { vault_paymentRef: { vault, paymentRef } };
  const before = await tx.booking.findUnique({ where: key });
  const now = {
    client,
    total: fromAmount(total),
    kind: BOOKING_KINDS[kind]!,
    booker,
    tx: hash,
    blockNumber,
    logIndex,
    at,
  };
  if (before) await tx.booking.update({ where: key, data: now });
  else await tx.booking.create({ data: { vault, paymentRef, licenseId, ...now } });

  const uses = { increment: before ? 0 : 1 };
  const money = { increment: fromAmount(total - (before ? toAmount(before.total) : 0n)) };
  await tx.license.update({ where: { licenseId }, data: { bookedCount: uses, bookedTotal: money } });
  await tx.model.update({ where: { modelId }, data: { useCount: uses, revenue: money } });
}

/** A booking of a contested use is a step of every claim that contests it. */
async function answerClaims(
  tx: Transaction,
  { args, address: vault, blockNumber, logIndex }: VaultEvent & { eventName: 'Booked' },
): Promise<void> {
  const contested = await tx.contestedUse.findMany({
    where: { paymentRef: args.paymentRef, OR: [{ vault }, { vault: null }], claim: { state: 'contested' } },
  });
  const claims = [...new Set(contested.map(({ claimId }) => claimId))];
  await tx.claimStep.createMany({ data: claims.map((claimId) => ({ claimId, blockNumber, logIndex })) });
}

async function distribute(
  tx: Transaction,
  { args, address: vault, tx: hash, blockNumber, logIndex, at }: VaultEvent & { eventName: 'Distributed' },
): Promise<void> {
  const { gross, protocolFee, pool, lineage, owner, host } = args;
  const { licenseId } = await tx.license.update({
    where: { vault },
    data: { distributed: { increment: fromAmount(gross) } },
  });
  const shares = {
    gross: fromAmount(gross),
    protocolFee: fromAmount(protocolFee),
    pool: fromAmount(pool),
    lineage: fromAmount(lineage),
    owner: fromAmount(owner),
    host: fromAmount(host),
  };
  await tx.distribution.create({ data: { blockNumber, logIndex, licenseId, ...shares, tx: hash, at } });
}

async function pay(
  tx: Transaction,
  {
    eventName,
    args,
    address: vault,
    tx: hash,
    blockNumber,
    logIndex,
    at,
  }: VaultEvent & { eventName: 'Paid' | 'Credited' },
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
