import type { TermsKindName } from '@oml/protocol/chain/terms';
import type { BatchOpening } from '@oml/protocol/evidence/batch';
import type { ModelKind } from '@oml/protocol/wire/model-kind';
import type { Address, Hex } from '#kit/hex.ts';

/** A model in a list; amounts in the token's smallest unit. */
export interface ListedModel {
  modelId: bigint;
  /** From the publisher's card; undefined until it was reached. */
  name?: string;
  kind?: ModelKind;
  /** Markdown; in lists its beginning. */
  card?: string;
  hasDemo: boolean;
  owner: Address;
  mintedAt: Date;
  offers: { serve?: ShownTerms };
  hostCount: number;
  useCount: number;
  revenue: bigint;
}

/** A model as its own page shows it. */
export interface ShownModel extends ListedModel {
  /** The publisher's embedding report, as it wrote it. */
  report?: unknown;
  uri: string;
  release: number;
  codeBookRoot: Hex;
  beacon: Hex;
  commonSize: number;
  size: number;
  bits: number;
  weightsDigest: Hex;
  controlPanelDigest: Hex;
  offers: { serve?: ShownTerms; private?: ShownTerms; derive?: ShownTerms };
  parents: bigint[];
  /** What all ancestors together are owed of the net amount of a use. */
  lineageBps: number;
  commitTx: Hex;
  beaconTx: Hex;
  mintTx: Hex;
  /** An upheld blame showed that its editions answer for another model. */
  markedAt?: Date;
}

/** What a licensee accepts. */
export interface ShownTerms {
  termsId: number;
  kind: TermsKindName;
  mode: number;
  derivatives: boolean;
  approvalNeeded: boolean;
  ownerShareBps: number;
  slashBps: number;
  royaltyBps: number;
  /** Seconds. */
  period: number;
  auditPeriod: number;
  price: bigint;
  bond: bigint;
  leakBond: bigint;
  childPrice: bigint;
  childBond: bigint;
  uri: string;
}

/** What vouches for a model. */
export interface ShownTitleBond {
  bond: bigint;
  reserved: bigint;
  exit?: { amount: bigint; ripeAt: Date; lapsesAt: Date };
}

/** A batch that asked keys of a model. */
export interface ShownBatch {
  batchId: Hex;
  verifier: Address;
  number: number;
  itemCount?: number;
  opening?: BatchOpening;
  /** Out of the inspection pool of its model. */
  paid: bigint;
}
