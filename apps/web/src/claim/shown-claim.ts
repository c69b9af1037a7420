import type { BlameStateName } from '@oml/protocol/chain/blame-state';
import type { ClaimStateName, OffenceName } from '@oml/protocol/chain/claim-state';
import type { CommitteeStateName, ReportOutcome } from '@oml/protocol/chain/report-state';
import type { Address, Hex } from '#kit/hex.ts';

/** A claim as lists show it; amounts in the token's smallest unit. */
export interface ListedClaim {
  claimId: Hex;
  offence: OffenceName;
  state: ClaimStateName;
  claimant: Address;
  account: Address;
  modelId: bigint;
  /** 0 for disguised use. */
  licenseId: bigint;
  bond: bigint;
  /** Most that it can take of the account's bond. */
  reach: bigint;
  score: number;
  needed: number;
  itemCount: number;
  itemsProven: number;
  answerBy?: Date;
  /** Of the account's bond, and of title bonds. */
  taken: bigint;
  fromTitles: bigint;
  toClaimant: bigint;
  toOwner: bigint;
  burned: bigint;
  revealedAt: Date;
  curedAt?: Date;
}

/** A claim with its story. */
export interface ShownClaim extends ListedClaim {
  /** The payments that a claim of unpaid use contests. */
  uses: ContestedUse[];
  timeline: ClaimEvent[];
}

/** A payment that a claim contests: `cumulative` is what the receipts say of it. */
export interface ContestedUse {
  vault: Address;
  paymentRef: Hex;
  client: Address;
  cumulative: bigint;
}

/** An event of the court, the vault or the blames in the story of a claim. */
export interface ClaimEvent {
  name: string;
  tx: Hex;
  blockNumber: bigint;
  at: Date;
  args: Record<string, string>;
}

/** A claim that the court reverted: its transaction is all that is left of it. */
export interface ShownRefusal {
  tx: Hex;
  blockNumber: bigint;
  from: Address;
  functionName: string;
  errorName: string;
  errorArgs: Record<string, string>;
  account?: Address;
  licenseId?: bigint;
  at: Date;
}

/** A host's word that editions it was delivered answer a claim's keys by themselves. */
export interface ShownBlame {
  blameId: bigint;
  claimId: Hex;
  state: BlameStateName;
  /** Undefined while it is heard. */
  upheld?: boolean;
  payer: Address;
  deposit: bigint;
  /** The licenses that the hits name, and how many each. */
  licenses: { licenseId: bigint; hits: number }[];
  committee?: ShownCommittee;
  appealBy?: Date;
}

/** Verifiers that were drawn to look for themselves. */
export interface ShownCommittee {
  state: CommitteeStateName;
  /** 1 to 3. */
  draw: number;
  jurors: Address[];
  /** Seats that voted, by what they said. */
  votes: Partial<Record<ReportOutcome, number>>;
  voteBy?: Date;
  revealBy?: Date;
}
