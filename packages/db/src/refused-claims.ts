import type { Address, Hex } from 'viem';
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
  at: Date;
}

/** A transaction to the court with status 0, and whom its call data accuses. */
export interface Refusal {
  tx: Hex;
  blockNumber: bigint;
  txIndex: number;
  from: Address;
  functionName: string;
  errorName: string;
  errorArgs: Record<string, unknown>;
  /** Of the host, where the call names it. */
  account?: Address;
  /** Where the call names a license instead. */
  licenseId?: bigint;
  at: Date;
}

/** Keeps a refusal, with the account of the license that it names. */
export async function projectRefusal(tx: Transaction, { licenseId, ...refusal }: Refusal): Promise<void> {
  const account = refusal.account ?? (licenseId === undefined ? undefined : await accountBehind(tx, licenseId));
  await tx.refusedClaim.create({
    data: {
      ...refusal,
      errorArgs: toJson(refusal.errorArgs) as object,
      ...(account === undefined ? {} : { account }),
      ...(licenseId === undefined ? {} : { licenseId: fromAmount(licenseId) }),
    },
  });
}

async function accountBehind(tx: Transaction, licenseId: bigint): Promise<string | undefined> {
  const id = storedId(licenseId);
  const license = id === undefined ? null : await tx.license.findUnique({ where: { licenseId: id } });
  return license?.account;
}

/** Transactions that the court reverted, against an account or all; latest first. */
export async function listRefusedClaims(
  db: Database,
  query: { account?: Address; limit?: number } = {},
): Promise<RefusedClaimRow[]> {
  const rows = await db.refusedClaim.findMany({
    where: query.account === undefined ? {} : { account: storedAddress(query.account) ?? '' },
    orderBy: [{ blockNumber: 'desc' }, { txIndex: 'desc' }],
    take: pageSize(query.limit),
  });
  return rows.map((row) => ({
    tx: toHex(row.tx),
    blockNumber: row.blockNumber,
    from: toAddress(row.from),
    functionName: row.functionName,
    errorName: row.errorName,
    errorArgs: toTexts(row.errorArgs),
    ...(row.account === null ? {} : { account: toAddress(row.account) }),
    ...(row.licenseId === null ? {} : { licenseId: toAmount(row.licenseId) }),
    at: row.at,
  }));
}
