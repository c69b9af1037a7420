import { z } from 'zod';
import { publishFiles, fingerprintSizes, modelId, uploadId } from './publish-request.ts';
import { address } from './scalars.ts';

/** A hundred years: the contract keeps seconds in 40 bits, and the order signs them in 32. */
const MOST_GRACE_S = 3_155_760_000;

/**
 * Body of `POST /models/:modelId/releases`: a release with a fresh code book, in place of release `after`. Strict, so
 * that no member of a signed body is left unread. What is not said stays as it was in that release, so that an order
 * that says nothing more only re-keys.
 */
export const releaseOrderSchema = z.strictObject({
  modelId,
  /** The latest release there is: an order that was carried out is never carried out again. */
  after: z.number().int().min(1).max(0xffff_fffe),
  /** Seconds that licensees may stay on that release, from when the new one stands on chain. */
  graceSeconds: z.number().int().min(1).max(MOST_GRACE_S),
  /** All files of the release, the same or others. */
  files: publishFiles.optional(),
  panel: z.array(uploadId).max(8).optional(),
  fingerprints: fingerprintSizes.optional(),
  owner: address,
});
export type ReleaseOrder = z.output<typeof releaseOrderSchema>;
export type ReleaseOrderJson = z.input<typeof releaseOrderSchema>;
