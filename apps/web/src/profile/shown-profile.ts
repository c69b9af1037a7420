import type { ClaimStateName } from '@oml/protocol/chain/claim-state';

/** How often, and when first and last. */
export interface ShownTally {
  count: number;
  first: Date;
  last: Date;
}

/** What of an account's past only facts can set. */
export interface ShownRecord {
  against: Partial<Record<ClaimStateName, ShownTally>>;
  brought: Partial<Record<ClaimStateName, ShownTally>>;
  refusedAgainst?: ShownTally;
  refusedBrought?: ShownTally;
  booked: { uses: number; total: bigint };
  licensedSince?: Date;
  modelCount: number;
}

/** A verifier's stake and what came of it. */
export interface ShownStake {
  stake: bigint;
  leavableAt?: Date;
  tickets: number;
  batchCount: number;
  openedCount: number;
  forfeitedCount: number;
  claimsWon: number;
  claimsLost: number;
  rewards: bigint;
}
