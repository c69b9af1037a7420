import type { LicenseStateName, SuspensionName } from '@oml/protocol/chain/license-state';
import type { Address, Hex } from '#kit/hex.ts';
import type { Tone } from '@oml/ui/states';

/** A license as far as a buyer deals with it; amounts in the token's smallest unit. */
export interface ServingLicense {
  licenseId: bigint;
  account: Address;
  vault: Address;
  state: LicenseStateName;
  endpoint: string;
  bookedCount: number;
  bookedTotal: bigint;
}

/** How a host stands after everything that was claimed against it. */
export interface HostEnd {
  /** One or two words. */
  word: string;
  tone: Tone;
  sentence: string;
}

/** What one verifier measured of a license's endpoint within a window. */
export interface MeasuredEndpoint {
  verifier: Address;
  from: Date;
  to: Date;
  /** How, in the verifier's words. */
  method: string;
  /** How often it looked, and found the model listed. */
  looks: number;
  up: number;
  /** Looks in vain since the last that found it. */
  missed: number;
  /** Paid answers whose receipts verified; half and nineteen of twenty took no longer, payment included. */
  answers: number;
  p50Ms?: number;
  p95Ms?: number;
  tokensPerSecond?: number;
  /** What a call costs there at most, smallest unit, and whether the chain bears it out. */
  price?: { asked: bigint; holds: boolean };
  /** The last of those answers, be it before the window. */
  verifiedAt?: Date;
}

/** Who serves a model, and how that host stands. */
export interface ShownHost {
  license: ServingLicense;
  bond: bigint;
  end: HostEnd;
  /** Of its present endpoint, the latest first. */
  measured: readonly MeasuredEndpoint[];
}

/** A license as its host's page shows it. */
export interface ShownLicense extends ServingLicense {
  modelId: bigint;
  suspension?: SuspensionName;
  reserved: bigint;
  leakBond: bigint;
  titleCover: bigint;
  distributed: bigint;
  acceptTx: Hex;
  acceptedAt: Date;
}

/** A host's account. */
export interface ShownAccount {
  bond: bigint;
  contested: bigint;
  slashed: bigint;
  lateFees: bigint;
  reserved: bigint;
  isCovered: boolean;
  exit?: { amount: bigint; ripeAt: Date; lapsesAt: Date };
  suspendedAt?: Date;
  isClosed: boolean;
  signers: { signer: Address; boundAt: Date; revokedAt?: Date }[];
}
