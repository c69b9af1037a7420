import type { ClaimStateName, OffenceName } from '@oml/protocol/chain/claim-state';
import type { Address, Hex } from '#kit/hex.ts';

/** A receipt, or the payment that receipts name, as the chain knows it. */
export interface ShownReceipt {
  hash: Hex;
  bookings: { licenseId: bigint; vault: Address; client: Address; total: bigint; tx: Hex; at: Date }[];
  claims: { claimId: Hex; offence: OffenceName; state: ClaimStateName; digests: Hex[] }[];
}
