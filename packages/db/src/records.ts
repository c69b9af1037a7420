import type { ClaimStateName } from '@oml/protocol/chain/claim-state';
import type { Address } from 'viem';
import type { Database } from './client.ts';
import { storedAddress, toAmount } from './columns.ts';

/** How often something came of an account's doings, and when first and last. */
export interface Tally {
  count: number;
  first: Date;
  last: Date;
}

/** What of an account's past only facts can set, counted over all of it: as the accused, and as the accuser. */
export interface AccountRecord {
  /** Claims by how they stand or ended. */
  against: Partial<Record<ClaimStateName, Tally>>;
  brought: Partial<Record<ClaimStateName, Tally>>;
  /** What the court refused: changes nobody's standing. */
  refusedAgainst?: Tally;
  refusedBrought?: Tally;
  /** Uses booked under its licenses, their money, and since when it has licenses. */
  booked: { uses: number; total: bigint };
  licensedSince?: Date;
  modelCount: number;
}

/** The record of one account, in a few queries however long it is. */
export async function recordOf(db: Database, account: Address): Promise<AccountRecord> {
  const stored = storedAddress(account) ?? '';
  const [against, brought, refusedAgainst, refusedBrought, licenses, modelCount] = await Promise.all([
    claimTallies(db, { account: stored }),
    claimTallies(db, { claimant: stored }),
    refusedTally(db, { account: stored }),
    refusedTally(db, { from: stored }),
    db.license.aggregate({
      where: { account: stored },
      _sum: { bookedCount: true, bookedTotal: true },
      _min: { acceptedAt: true },
    }),
    db.model.count({ where: { owner: stored } }),
  ]);
  const { _sum, _min } = licenses;
  return {
    against,
    brought,
    ...(refusedAgainst ? { refusedAgainst } : {}),
    ...(refusedBrought ? { refusedBrought } : {}),
    booked: { uses: _sum.bookedCount ?? 0, total: _sum.bookedTotal === null ? 0n : toAmount(_sum.bookedTotal) },
    ...(_min.acceptedAt ? { licensedSince: _min.acceptedAt } : {}),
    modelCount,
  };
}

async function claimTallies(
  db: Database,
  where: { account: string } | { claimant: string },
): Promise<Partial<Record<ClaimStateName, Tally>>> {
  const groups = await db.claim.groupBy({
    by: ['state'],
    where,
    _count: true,
    _min: { revealedAt: true },
    _max: { revealedAt: true },
  });
  return Object.fromEntries(
    groups.map(({ state, _count, _min, _max }) => [
      state,
      { count: _count, first: _min.revealedAt!, last: _max.revealedAt! },
    ]),
  );
}

async function refusedTally(db: Database, where: { account: string } | { from: string }): Promise<Tally | undefined> {
  const { _count, _min, _max } = await db.refusedClaim.aggregate({
    where,
    _count: true,
    _min: { at: true },
    _max: { at: true },
  });
  return _min.at && _max.at ? { count: _count, first: _min.at, last: _max.at } : undefined;
}
