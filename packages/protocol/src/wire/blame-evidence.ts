import type { Address, Hex } from 'viem';
import { z } from 'zod';
import { receiptSchema } from './receipt-json.ts';
import { address, bytes32, uint } from './scalars.ts';

// What a host that blames its editions shows the jurors (protocol §5, Blame), each sealed to the key that a juror
// staked with (HPKE in base mode, RFC 9180), so that nobody else reads keys or weights.

/** The document to which the host's evidence on chain leads. */
export const blameEvidenceSchema = z.object({
  /** Base of what the jurors fetch; see {@link blamedHitsPath} and {@link blamedEditionPath}. */
  url: z.url({ protocol: /^https?$/ }).max(500),
});
export type BlameEvidence = z.output<typeof blameEvidenceSchema>;

/** The hits of the claim, in the order in which the court counted them, each with the body that was asked. */
export const blamedHitsSchema = z.array(z.object({ receipt: receiptSchema, body: z.string().max(1_048_576) })).max(256);
export type BlamedHitsJson = z.input<typeof blamedHitsSchema>;

/** Under the document's URL: {@link blamedHitsSchema} as JSON, sealed to the juror for {@link blamedHitsInfo}. */
export const blamedHitsPath = (juror: Address): string => `/hits/${juror}`;
/** Under the document's URL: the file of an edition as it was delivered, sealed for {@link blamedEditionInfo}. */
export const blamedEditionPath = (licenseId: bigint, juror: Address): string => `/editions/${licenseId}/${juror}`;

export const blamedHitsInfo = (claimId: Hex): string => `oml/blame/${claimId}/hits`;
export const blamedEditionInfo = (claimId: Hex, licenseId: bigint): string =>
  `oml/blame/${claimId}/edition/${licenseId}`;

/** What the paths of a blame's hits and editions name, as a gateway reads them. */
export const blamedHitsParams = z.object({ claimId: bytes32, juror: address });
export const blamedEditionParams = blamedHitsParams.extend({ licenseId: uint });
