import { z } from 'zod';
import { CLAIM_STATES, OFFENCES } from '../chain/claim-state.ts';
import { address, bytes32, uint } from './scalars.ts';

/** Where an index says what the chain knows of a receipt: under its digest, or its payment's reference. */
export const RECEIPT_LOOK_PATH = '/receipts';

/** What `GET /receipts/:hash` of an index answers: hashes, amounts and states alone. Amounts in the smallest unit. */
export const receiptLookSchema = z.object({
  hash: bytes32,
  /** The last block that the index has read. */
  block: uint,
  /** Totals that vaults have booked for it, where it is the reference of a payment. */
  booked: z.array(
    z.object({ vault: address, licenseId: uint, client: address, total: uint, tx: bytes32, at: z.iso.datetime() }),
  ),
  /** Claims that accuse it, or receipts of that payment. */
  claims: z.array(
    z.object({ claimId: bytes32, state: z.enum(CLAIM_STATES), offence: z.enum(OFFENCES), digests: z.array(bytes32) }),
  ),
});
export type ReceiptLookJson = z.input<typeof receiptLookSchema>;
