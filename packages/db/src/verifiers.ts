import type { Address } from 'viem';
import type { Prisma } from './generated/prisma/client.ts';
import type { Database, Transaction } from './client.ts';
import { fromAmount, pageSize, storedAddress, toAddress, toAmount } from './columns.ts';
import type { VerifierEvent } from './events.ts';
import { toDate } from './storable.ts';

export interface VerifierRow {
  verifier: Address;
  stake: bigint;
  leavableAt?: Date;
  /** Living ones, from which committees are drawn. */
  tickets: number;
  batchCount: number;
  openedCount: number;
  forfeitedCount: number;
  claimsWon: number;
  /** Lapsed: the bond burned. */
  claimsLost: number;
  rewards: bigint;
}

/** What an event of the verifier registry changes in stakes. */
export async function projectVerifier(tx: Transaction, { eventName, args }: VerifierEvent): Promise<void> {
  switch (eventName) {
    case 'Staked': {
      const { verifier, stake, encryptionKey } = args;
      const now = { stake: fromAmount(stake), encryptionKey, leavableAt: null };
      return void (await tx.verifier.upsert({ where: { verifier }, create: { verifier, ...now }, update: now }));
    }
    case 'UnstakeRequested':
      return void (await tx.verifier.update({
        where: { verifier: args.verifier },
        data: { leavableAt: toDate(args.leavableAt) },
      }));
    case 'TicketsEnrolled':
      return void (await tx.verifier.update({
        where: { verifier: args.verifier },
        data: { tickets: args.tickets },
      }));
    case 'TicketsStruck':
      return void (await tx.verifier.update({ where: { verifier: args.verifier }, data: { tickets: 0 } }));
    case 'StakeTaken':
      return void (await tx.verifier.update({
        where: { verifier: args.verifier },
        data: { stake: fromAmount(args.stake) },
      }));
    case 'Unstaked':
      return void (await tx.verifier.update({
        where: { verifier: args.verifier },
        data: { stake: { decrement: fromAmount(args.amount) }, leavableAt: null },
      }));
  }
}

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

/** Adds what batches and claims say about each verifier. */
async function withRecords(db: Database, verifiers: StoredVerifier[]): Promise<VerifierRow[]> {
  const names = verifiers.map((row) => row.verifier);
  const [batches, claims] = await Promise.all([
    db.batch.groupBy({ by: ['verifier', 'state'], where: { verifier: { in: names } }, _count: true }),
    db.claim.groupBy({
      by: ['claimant', 'state'],
      where: { claimant: { in: names }, state: { in: ['slashed', 'paid-late', 'lapsed', 'excused'] } },
      _count: true,
      _sum: { toClaimant: true },
    }),
  ]);
  return verifiers.map((row) => {
    const own = batches.filter((group) => group.verifier === row.verifier);
    const count = (state?: string): number =>
      own.reduce((sum, group) => sum + (state === undefined || group.state === state ? group._count : 0), 0);
    const ended = claims.filter((group) => group.claimant === row.verifier);
    const won = ended.filter(({ state }) => state !== 'lapsed');
    return {
      verifier: toAddress(row.verifier),
      stake: toAmount(row.stake),
      ...(row.leavableAt ? { leavableAt: row.leavableAt } : {}),
      tickets: Number(row.tickets),
      batchCount: count(),
      openedCount: count('opened'),
      forfeitedCount: count('forfeited'),
      claimsWon: won.reduce((sum, { _count }) => sum + _count, 0),
      claimsLost: ended.find(({ state }) => state === 'lapsed')?._count ?? 0,
      rewards: won.reduce((sum, { _sum }) => sum + (_sum.toClaimant ? toAmount(_sum.toClaimant) : 0n), 0n),
    };
  });
}
