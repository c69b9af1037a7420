import type { Address, Hex } from 'viem';
import type { Prisma } from './generated/prisma/client.ts';
import type { Database, Transaction } from './client.ts';
import { fromAmount, pageSize, storedAddress, storedId, toAddress, toAmount, toHex } from './columns.ts';
import type { Named, VaultEvent } from './events.ts';

export interface BookingRow {
  licenseId: bigint;
  vault: Address;
  paymentRef: Hex;
  client: Address;
  total: bigint;
  booker: Address;
  tx: Hex;
  at: Date;
}

/** Books a use, or raises the total of one that is booked already; keeps the sums over them. */
export async function projectBooking(
  tx: Transaction,
  { args, address: vault, tx: hash, blockNumber, logIndex, at }: Named<VaultEvent, 'Booked'>,
): Promise<void> {
  const { paymentRef, client, total, booker } = args;
  const { licenseId, modelId, account } = await tx.license.findUniqueOrThrow({ where: { vault } });
  const key = { vault_paymentRef_client: { vault, paymentRef, client } };
  const before = await tx.booking.findUnique({ where: key });
  const now = {
    total: fromAmount(total),
    booker,
    tx: hash,
    blockNumber,
    logIndex,
    at,
  };
  if (before) await tx.booking.update({ where: key, data: now });
  else await tx.booking.create({ data: { vault, paymentRef, client, licenseId, ...now } });

  const uses = before ? 0 : 1;
  const money = fromAmount(total - (before ? toAmount(before.total) : 0n));
  const [more, paid] = [{ increment: uses }, { increment: money }];
  await tx.license.update({ where: { licenseId }, data: { bookedCount: more, bookedTotal: paid } });
  const { owner } = await tx.model.update({ where: { modelId }, data: { useCount: more, revenue: paid } });
  if (client === account || client === owner) return; // who pays itself is no sign of demand
  const modelId_client_day = { modelId, client, day: at };
  await tx.payerDay.upsert({
    where: { modelId_client_day },
    create: { ...modelId_client_day, uses, paid: money },
    update: { uses: more, paid },
  });
}

/** What vaults booked: of one license, for one client, of one payment, or all; latest first. */
export async function listBookings(
  db: Database,
  query: { licenseId?: bigint; client?: Address; paymentRef?: Hex; limit?: number } = {},
): Promise<BookingRow[]> {
  const rows = await db.booking.findMany({
    where: {
      ...(query.licenseId === undefined ? {} : { licenseId: storedId(query.licenseId) ?? -1n }),
      ...(query.client === undefined ? {} : { client: storedAddress(query.client) ?? '' }),
      ...(query.paymentRef === undefined ? {} : { paymentRef: query.paymentRef.toLowerCase() }),
    },
    orderBy: [{ blockNumber: 'desc' }, { logIndex: 'desc' }],
    take: pageSize(query.limit),
  });
  return rows.map(toBookingRow);
}

function toBookingRow(row: Prisma.BookingGetPayload<object>): BookingRow {
  return {
    licenseId: row.licenseId,
    vault: toAddress(row.vault),
    paymentRef: toHex(row.paymentRef),
    client: toAddress(row.client),
    total: toAmount(row.total),
    booker: toAddress(row.booker),
    tx: toHex(row.tx),
    at: row.at,
  };
}
