import type { BookingKindName } from '@oml/protocol/chain/booking';
import type { LicenseStateName, SuspensionName } from '@oml/protocol/chain/license-state';
import type { TermsKindName } from '@oml/protocol/chain/terms';
import type { Address, Hex } from 'viem';

/** What pages read. Amounts are bigint in the token's smallest unit, times are JavaScript dates of block timestamps. */
export interface ModelRow {
  modelId: bigint;
  /** From the publisher's public card; undefined until it was reached. */
  name?: string;
  kind?: 'language' | 'classifier';
  /** Markdown. */
  card?: string;
  /** The publisher's embedding report, as it wrote it. */
  report?: unknown;
  hasDemo: boolean;
  owner: Address;
  agent: Address;
  uri: string;
  /** The code book that the model was minted with. */
  commitId: Hex;
  /** Share of a host's bond that a claim of disguised use takes. */
  slashBps: number;
  /** The latest; the code book and the digests are its own. */
  release: number;
  codeBookRoot: Hex;
  beacon: Hex;
  commonSize: number;
  size: number;
  bits: number;
  weightsDigest: Hex;
  controlPanelDigest: Hex;
  /** What new licensees accept. */
  offers: { serve?: TermsRow; private?: TermsRow; derive?: TermsRow };
  parents: bigint[];
  /** What all ancestors together are owed of the net amount of a use. */
  lineageBps: number;
  /** Do the licenses it was built under let others build on it? */
  derivable: boolean;
  /** Of the owner's share; empty where all of it is the owner's. */
  payees: { account: Address; bps: number }[];
  /** ERC-2981. */
  resale?: { receiver: Address; bps: number };
  commitTx: Hex;
  beaconTx: Hex;
  mintTx: Hex;
  mintedAt: Date;
  hostCount: number;
  useCount: number;
  revenue: bigint;
}

export interface TermsRow {
  termsId: number;
  kind: TermsKindName;
  /** How the license is enforced (protocol §8). */
  mode: number;
  derivatives: boolean;
  approvalNeeded: boolean;
  ownerShareBps: number;
  slashBps: number;
  royaltyBps: number;
  /** Seconds. */
  period: number;
  auditPeriod: number;
  /** The floor price of a use, the price of a period, or of the right to build on the model. */
  price: bigint;
  bond: bigint;
  leakBond: bigint;
  uri: string;
}

/** One version of a model's weights. */
export interface ReleaseRow {
  release: number;
  commitId: Hex;
  codeBookRoot: Hex;
  beacon: Hex;
  commonSize: number;
  size: number;
  bits: number;
  weightsDigest: Hex;
  controlPanelDigest: Hex;
  graceEndsAt?: Date;
  tx: Hex;
  releasedAt: Date;
}

/** A model that another pays on every use. */
export interface AncestorRow {
  modelId: bigint;
  bps: number;
}

export interface LicenseRow {
  licenseId: bigint;
  modelId: bigint;
  account: Address;
  vault: Address;
  termsId: number;
  kind: TermsKindName;
  state: LicenseStateName;
  /** Why, while it is suspended. */
  suspension?: SuspensionName;
  endpoint: string;
  reserved: bigint;
  leakBond: bigint;
  editionRoot?: Hex;
  /** Latest release delivered, and latest in use; 0 for none. */
  delivered: number;
  activated: number;
  /** Until then the licensee may stay on the release before. */
  activateBy?: Date;
  /** Of a private license, since its first use. */
  paidUntil?: Date;
  frozenUntil?: Date;
  acceptTx: Hex;
  deliverTx?: Hex;
  acceptedAt: Date;
  bookedCount: number;
  bookedTotal: bigint;
  distributed: bigint;
}

export interface BookingRow {
  licenseId: bigint;
  vault: Address;
  paymentRef: Hex;
  client: Address;
  total: bigint;
  kind: BookingKindName;
  booker: Address;
  tx: Hex;
  at: Date;
}

export interface DistributionRow {
  licenseId: bigint;
  gross: bigint;
  protocolFee: bigint;
  pool: bigint;
  lineage: bigint;
  owner: bigint;
  host: bigint;
  tx: Hex;
  at: Date;
}

/** Money that left a vault, or was credited because the token refused the payee. */
export interface PayoutRow {
  licenseId: bigint;
  payee: Address;
  amount: bigint;
  refused: boolean;
  tx: Hex;
  at: Date;
}

export interface AccountRow {
  account: Address;
  bond: bigint;
  contested: bigint;
  slashed: bigint;
  lateFees: bigint;
  signers: { signer: Address; boundAt: Date; revokedAt?: Date }[];
}

export type OffenceName = 'unpaid-use' | 'disguised-use' | 'equivocation';
export type ClaimStateName = 'proving' | 'contested' | 'slashed' | 'paid-late' | 'cleared' | 'lapsed';

export interface ClaimRow {
  /** The digest of the receipt that it accuses, or its batch. */
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
  /** What it added to the money that open claims set aside. */
  reserved: bigint;
  /**
   * Disguised use only: the score when it was admitted or last cleared, what it needed, and the items it is made of.
   */
  score: number;
  needed: number;
  itemCount: number;
  itemsProven: number;
  /** The model whose title bond answers first. */
  titleModelId?: bigint;
  answerBy?: Date;
  /** Of the account's bond, and of a title bond. */
  taken: bigint;
  fromTitle: bigint;
  toClaimant: bigint;
  toOwner: bigint;
  toPool: bigint;
  burned: bigint;
  revealedAt: Date;
  finalisedAt?: Date;
  timeline: ClaimEventRow[];
}

/** One step of a claim, oldest first; `name` is the contract's event name. */
export interface ClaimEventRow {
  name: string;
  tx: Hex;
  blockNumber: bigint;
  at: Date;
  args: Record<string, string>;
}

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

export interface VerifierRow {
  verifier: Address;
  stake: bigint;
  leavableAt?: Date;
  batchCount: number;
  openedCount: number;
  forfeitedCount: number;
  claimsWon: number;
  /** Cleared: the bond went to the host. */
  claimsLost: number;
  rewards: bigint;
}

export interface BatchRow {
  batchId: Hex;
  verifier: Address;
  ordinal: number;
  state: 'committed' | 'drawn' | 'opened' | 'forfeited';
  account?: Address;
  modelId?: bigint;
  /** Whose code book it asked. */
  release?: number;
  itemCount?: number;
  deposit: bigint;
  /** What the inspection pool repaid. */
  refund: bigint;
  commitTx: Hex;
  at: Date;
}

/** What vouches that a model hides no parent. */
export interface TitleBondRow {
  bond: bigint;
  /** By open claims. */
  reserved: bigint;
  leaving: bigint;
  leavableAt?: Date;
}

export interface IndexStatus {
  chainId: number;
  indexedBlock: bigint;
  indexedAt: Date;
}

export interface Counts {
  models: number;
  hosts: number;
  uses: number;
  revenue: bigint;
  claims: number;
  slashed: bigint;
}
