import type { BookingKindName } from '@oml/protocol/chain/booking';
import type { LicenseStateName, SuspensionName } from '@oml/protocol/chain/license-state';
import { TERMS_KINDS } from '@oml/protocol/chain/terms';
import type { Address } from 'viem';
import type { Prisma } from './generated/prisma/client.ts';
import type { Database } from './client.ts';
import { pageSize, storedAddress, storedId, toAddress, toAmount, toHex } from './columns.ts';
import type { AccountRow, BookingRow, DistributionRow, LicenseRow, PayoutRow } from './rows.ts';

/** Licenses of a model, of an account, or all; newest first. */
export async function listLicenses(
  db: Database,
  query: { modelId?: bigint; account?: Address; limit?: number; after?: bigint } = {},
): Promise<LicenseRow[]> {
  const rows = await db.license.findMany({
    where: {
      ...(query.modelId === undefined ? {} : { modelId: storedId(query.modelId) ?? -1n }),
      ...(query.account === undefined ? {} : { account: storedAddress(query.account) ?? '' }),
      ...(query.after === undefined ? {} : { licenseId: { lt: storedId(query.after) ?? 0n } }),
    },
    orderBy: { licenseId: 'desc' },
    take: pageSize(query.limit, 100),
  });
  return rows.map(toLicenseRow);
}

/** One license, or undefined if none has that id. */
export async function getLicense(db: Database, licenseId: bigint): Promise<LicenseRow | undefined> {
  const id = storedId(licenseId);
  if (id === undefined) return undefined;
  const row = await db.license.findUnique({ where: { licenseId: id } });
  return row ? toLicenseRow(row) : undefined;
}

/** What vaults booked: of one license, for one client, or all; latest first. */
export async function listBookings(
  db: Database,
  query: { licenseId?: bigint; client?: Address; limit?: number } = {},
): Promise<BookingRow[]> {
  const rows = await db.booking.findMany({
    where: {
      ...(query.licenseId === undefined ? {} : { licenseId: storedId(query.licenseId) ?? -1n }),
      ...(query.client === undefined ? {} : { client: storedAddress(query.client) ?? '' }),
    },
    orderBy: [{ blockNumber: 'desc' }, { logIndex: 'desc' }],
    take: pageSize(query.limit),
  });
  return rows.map(toBookingRow);
}

/** How vaults split what had arrived; latest first. */
export async function listDistributions(
  db: Database,
  query: { licenseId?: bigint; limit?: number } = {},
): Promise<DistributionRow[]> {
  const rows = await db.distribution.findMany({
    where: query.licenseId === undefined ? {} : { licenseId: storedId(query.licenseId) ?? -1n },
    orderBy: [{ blockNumber: 'desc' }, { logIndex: 'desc' }],
    take: pageSize(query.limit),
  });
  return rows.map(toDistributionRow);
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

function toLicenseRow(row: Prisma.LicenseGetPayload<object>): LicenseRow {
  return {
    licenseId: row.licenseId,
    modelId: row.modelId,
    account: toAddress(row.account),
    vault: toAddress(row.vault),
    termsId: Number(row.termsId),
    kind: TERMS_KINDS[row.kind]!,
    state: row.state as LicenseStateName,
    ...(row.suspension === null ? {} : { suspension: row.suspension as SuspensionName }),
    endpoint: row.endpoint,
    reserved: toAmount(row.reserved),
    leakBond: toAmount(row.leakBond),
    ...(row.editionRoot === null ? {} : { editionRoot: toHex(row.editionRoot) }),
    delivered: Number(row.delivered),
    activated: Number(row.activated),
    ...(row.activateBy === null ? {} : { activateBy: row.activateBy }),
    ...(row.paidUntil === null ? {} : { paidUntil: row.paidUntil }),
    ...(row.frozenUntil === null ? {} : { frozenUntil: row.frozenUntil }),
    acceptTx: toHex(row.acceptTx),
    ...(row.deliverTx === null ? {} : { deliverTx: toHex(row.deliverTx) }),
    acceptedAt: row.acceptedAt,
    bookedCount: row.bookedCount,
    bookedTotal: toAmount(row.bookedTotal),
    distributed: toAmount(row.distributed),
  };
}

function toBookingRow(row: Prisma.BookingGetPayload<object>): BookingRow {
  return {
    licenseId: row.licenseId,
    vault: toAddress(row.vault),
    paymentRef: toHex(row.paymentRef),
    client: toAddress(row.client),
    total: toAmount(row.total),
    kind: row.kind as BookingKindName,
    booker: toAddress(row.booker),
    tx: toHex(row.tx),
    at: row.at,
  };
}

function toDistributionRow(row: Prisma.DistributionGetPayload<object>): DistributionRow {
  return {
    licenseId: row.licenseId,
    gross: toAmount(row.gross),
    protocolFee: toAmount(row.protocolFee),
    pool: toAmount(row.pool),
    lineage: toAmount(row.lineage),
    owner: toAmount(row.owner),
    host: toAmount(row.host),
    tx: toHex(row.tx),
    at: row.at,
  };
}
