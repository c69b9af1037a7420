import type { OmlError } from '@oml/protocol/error';
import type { Hex } from 'viem';
import type { Bill, InHand } from './in-hand.ts';
import type { Offer } from './terms.ts';

/** What a call is to be paid for. */
export interface Use extends Offer {
  licenseId: bigint;
  /** The client's nonce, if it names one. */
  requestNonce: Hex | undefined;
  /** What it costs at most, the answer decides; a single payment pays that all the same. */
  isMetered: boolean;
  /** Hash of nonce, path and body: a payment is bound to it on first use. */
  requestHash: Hex;
  /** Where it comes from. */
  peer: string;
  /** Hears that the chain bears its payment out, before that is settled. */
  borneOut(): void;
}

/** A payment that was taken for a use. */
export interface Admitted {
  payment: InHand;
  /** The x402 headers of the answer; without a bill, of one whose charge is not known yet, or that failed. */
  headersOf(bill: Bill | undefined): Record<string, string>;
  /** To be called when the answer is complete: until then the same payment is not admitted again. */
  release(): void;
}

/** Settled and final, or why not, with the x402 headers of the answer. */
export type Admission = Admitted | { refusal: OmlError; headers: Record<string, string> };

/** What is settled tells of a payment; no shared cache may keep it. */
export const PRIVATE = { 'cache-control': 'private, no-store' };
