import type { Address, Hex } from 'viem';
import type { Prisma } from './generated/prisma/client.ts';
import type { Database } from './client.ts';
import { pageSize, storedAddress, toAddress, toAmount, toHex } from './columns.ts';
import type { BatchRow, VerifierRow } from './rows.ts';

type StoredVerifier = Prisma.VerifierGetPayload<object>;

/** Verifiers, highest stake first. */
export async function listVerifiers(db: Database, query: { limit?: number } = {}): Promise<VerifierRow[]> {
  const rows = await db.verifier.findMany({
    orderBy: [{ stake: 'desc' }, { verifier: 'asc' }],
    take: pageSize(query.limit, 100),
  });
  return withRecords(db, rows);
}

/** One verifier, or undefined if the address never staked. */
export async function getVerifier(db: Database, verifier: Address): Promise<VerifierRow | undefined> {
  const row = await db.verifier.findUnique({ where: { verifier: storedAddress(verifier) ?? '' } });
  return row ? (await withRecords(db, [row]))[0] : undefined;
}

/** Batches of one verifier or of all; latest first. */
export async function listBatches(
  db: Database,
  query: { verifier?: Address; limit?: number } = {},
): Promise<BatchRow[]> {
  const rows = await db.batch.findMany({
    where: query.verifier === undefined ? {} : { verifier: storedAddress(query.verifier) ?? '' },
    orderBy: [{ at: 'desc' }, { ordinal: 'desc' }],
    take: pageSize(query.limit),
  });
  return rows.map(toBatchRow);
}

/** Adds what batches and claims say about each verifier. */
async function withRecords(db: Database, verifiers: StoredVerifier[]): Promise<VerifierRow[]> {
  const names = verifiers.map((row) => row.verifier);
  const [batches, claims] = await Promise.all([
    db.batch.groupBy({ by: ['verifier', 'state'], where: { verifier: { in: names } }, _count: true }),
    db.claim.groupBy({
      by: ['claimant', 'state'],
      where: { claimant: { in: names }, state: { in: ['slashed', 'paid-late', 'cleared'] } },
      _count: true,
      _sum: { toClaimant: true },
    }),
  ]);
  return verifiers.map((row) => {
    const own = batches.filter((group) => group.verifier === row.verifier);
    const count = (state?: string): number =>
      own.reduce((sum, group) => sum + (state === undefined || group.state === state ? group._count : 0), 0);
    const ended = claims.filter((group) => group.claimant === row.verifier);
    const won = ended.filter(({ state }) => state !== 'cleared');
    return {
      verifier: toAddress(row.verifier),
      stake: toAmount(row.stake),
      ...(row.leavableAt ? { leavableAt: row.leavableAt } : {}),
      batchCount: count(),
      openedCount: count('opened'),
      forfeitedCount: count('forfeited'),
      claimsWon: won.reduce((sum, { _count }) => sum + _count, 0),
      claimsLost: ended.find(({ state }) => state === 'cleared')?._count ?? 0,
      rewards: won.reduce((sum, { _sum }) => sum + (_sum.toClaimant ? toAmount(_sum.toClaimant) : 0n), 0n),
    };
  });
}

function toBatchRow(row: Prisma.BatchGetPayload<object>): BatchRow {
  return {
    batchId: row.batchId as Hex,
    verifier: toAddress(row.verifier),
    ordinal: Number(row.ordinal),
    state: row.state as BatchRow['state'],
    ...(row.account === null ? {} : { account: toAddress(row.account) }),
    ...(row.modelId === null ? {} : { modelId: toAmount(row.modelId) }),
    ...(row.release === null ? {} : { release: Number(row.release) }),
    ...(row.itemCount === null ? {} : { itemCount: Number(row.itemCount) }),
    deposit: toAmount(row.deposit),
    refund: toAmount(row.refund),
    commitTx: toHex(row.commitTx),
    at: row.at,
  };
}
