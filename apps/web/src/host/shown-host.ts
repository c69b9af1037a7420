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

/** Who serves a model, and how that host stands. */
export interface ShownHost {
  license: ServingLicense;
  bond: bigint;
  end: HostEnd;
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
