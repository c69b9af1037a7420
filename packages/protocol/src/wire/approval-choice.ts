import { z } from 'zod';
import { address } from './scalars.ts';

/** Body of `PUT /licenses/:licenseId/approval`: may this licensee have its license? `askedAt` in Unix seconds. */
export const approvalChoiceSchema = z.strictObject({ approved: z.boolean(), askedAt: z.int().min(0) });
export type ApprovalChoiceJson = z.input<typeof approvalChoiceSchema>;

/** What that answers, and each of those that `GET /models/:modelId/requests` lists. */
export const licenseRequestSchema = z.object({
  licenseId: z.string(),
  account: address,
  /** In the order of `TERMS_KINDS`. */
  kind: z.number().int(),
  state: z.enum(['waiting', 'approved', 'declined']),
});
export type LicenseRequestJson = z.input<typeof licenseRequestSchema>;
