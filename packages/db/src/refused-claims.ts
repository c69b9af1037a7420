import type { Address, Hex } from 'viem';
import type { Prisma } from './generated/prisma/client.ts';
import type { Database, Transaction } from './client.ts';
import { fromAmount, pageSize, storedAddress, storedId, toAddress, toAmount, toHex, toTexts } from './columns.ts';
import { toJson } from './storable.ts';

/** A claim transaction that the court reverted: it leaves no log, only the transaction. */
export interface RefusedClaimRow {
  tx: Hex;
  blockNumber: bigint;
  from: Address;
  functionName: string;
  errorName: string;
  errorArgs: Record<string, string>;
  /** Read from the call data where it names them. */
  account?: Address;
  licenseId?: bigint;
  modelId?: bigint;
  at: Date;
}

/** A transaction to the court with status 0, and what its call data accuses. */
export interface Refusal {
  tx: Hex;
  blockNumber: bigint;
  txIndex: number;
  from: Address;
  functionName: string;
  errorName: string;
  errorArgs: Record<string, unknown>;
  /** Host and model, where the call names them, … */
  account?: Address;
  modelId?: bigint;
  /** … or the license that they are read from. */
  licenseId?: bigint;
  at: Date;
}

/** Keeps a refusal, with the account and the model of the license that it names. */
export async function projectRefusal(tx: Transaction, refusal: Refusal): Promise<void> {
  const { licenseId, ...named } = refusal;
  const license = licenseId === undefined ? undefined : await licenseOf(tx, licenseId);
  const { account, modelId, ...rest } = { ...license, ...named };
  await tx.refusedClaim.create({
    data: {
      ...rest,
      errorArgs: toJson(refusal.errorArgs) as object,
      ...(account === undefined ? {} : { account }),
      ...(licenseId === undefined ? {} : { licenseId: fromAmount(licenseId) }),
      ...(modelId === undefined ? {} : { modelId: fromAmount(modelId) }),
    },
  });
}

async function licenseOf(
  tx: Transaction,
  licenseId: bigint,
): Promise<{ account: string; modelId: bigint } | undefined> {
  const id = storedId(licenseId);
  if (id === undefined) return undefined;
  const license = await tx.license.findUnique({ where: { licenseId: id }, select: { account: true, modelId: true } });
  return license ?? undefined;
}

/** Transactions that the court reverted, against an account, by one, over a model, or all; latest first. */
export async function listRefusedClaims(
  db: Database,
  query: { account?: Address; from?: Address; modelId?: bigint; limit?: number } = {},
): Promise<RefusedClaimRow[]> {
  const rows = await db.refusedClaim.findMany({
    where: {
      ...(query.account === undefined ? {} : { account: storedAddress(query.account) ?? '' }),
      ...(query.from === undefined ? {} : { from: storedAddress(query.from) ?? '' }),
      ...(query.modelId === undefined ? {} : { modelId: fromAmount(query.modelId) }),
    },
    orderBy: [{ blockNumber: 'desc' }, { txIndex: 'desc' }],
    take: pageSize(query.limit),
  });
  return rows.map(toRefusedClaimRow);
}

/** Those of these transactions, as stored. */
export async function refusedClaims(db: Database, txs: string[]): Promise<Map<string, RefusedClaimRow>> {
  const rows = await db.refusedClaim.findMany({ where: { tx: { in: txs } } });
  return new Map(rows.map((row) => [row.tx, toRefusedClaimRow(row)]));
}

/** One of them by its transaction, however old; undefined if the court reverted none of that hash. */
export async function getRefusedClaim(db: Database, tx: Hex): Promise<RefusedClaimRow | undefined> {
  const row = await db.refusedClaim.findUnique({ where: { tx: tx.toLowerCase() } });
  return row ? toRefusedClaimRow(row) : undefined;
}

function toRefusedClaimRow(row: Prisma.RefusedClaimGetPayload<object>): RefusedClaimRow {
  return {
    tx: toHex(row.tx),
    blockNumber: row.blockNumber,
    from: toAddress(row.from),
    functionName: row.functionName,
    errorName: row.errorName,
    errorArgs: toTexts(row.errorArgs),
    ...(row.account === null ? {} : { account: toAddress(row.account) }),
    ...(row.licenseId === null ? {} : { licenseId: toAmount(row.licenseId) }),
    ...(row.modelId === null ? {} : { modelId: toAmount(row.modelId) }),
    at: row.at,
  };
}
