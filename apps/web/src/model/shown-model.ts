import type { TermsKindName } from '@oml/protocol/chain/terms';
import type { BatchOpening } from '@oml/protocol/evidence/batch';
import type { CardFacts } from '@oml/protocol/wire/model-card';
import type { ModelKind } from '@oml/protocol/wire/model-kind';
import type { Address, Hex } from '#kit/hex.ts';
import type { ShownModeration } from '#moderation/shown-moderation.ts';

/** A model in a list; amounts in the token's smallest unit. */
export interface ListedModel {
  modelId: bigint;
  /** Path of its page: by the names of owner and model where it has them, else by number. */
  address: string;
  /** How people call it, as registered: `owner/name`. */
  registered?: { owner: string; name: string };
  /** From the publisher's card; undefined until it was reached. */
  name?: string;
  kind?: ModelKind;
  /** What its card says in front, and its first sentence. */
  facts: CardFacts;
  summary?: string;
  hasDemo: boolean;
  owner: Address;
  mintedAt: Date;
  offers: { serve?: ShownTerms };
  hostCount: number;
  /** Of them, which a verifier found answering within the last day. */
  online: number;
  /** Keys of the latest code book: what an accusation can stand on. */
  size: number;
  useCount: number;
  revenue: bigint;
}

/** A model beside others; of its hosts, the one whose answers come soonest. */
export interface ComparedModel extends ListedModel {
  fastest?: { p50Ms: number; p95Ms: number; tokensPerSecond?: number } | undefined;
}

/** A model as its own page shows it. */
export interface ShownModel extends ListedModel {
  /** Markdown, without its front. */
  card?: string;
  /** The publisher's embedding report, as it wrote it. */
  report?: unknown;
  uri: string;
  release: number;
  codeBookRoot: Hex;
  beacon: Hex;
  commonSize: number;
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
  /** By which entry of the log it is in no list of this site, and without its demo. */
  takedown?: ShownModeration;
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

/** A release of a model, and what it binds its files and keys to. */
export interface ShownRelease {
  release: number;
  weightsDigest: Hex;
  codeBookRoot: Hex;
  controlPanelDigest: Hex;
  /** Keys of the code book. */
  size: number;
  /** Until then hosts may serve the release before. */
  graceEndsAt?: Date;
  tx: Hex;
  releasedAt: Date;
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
