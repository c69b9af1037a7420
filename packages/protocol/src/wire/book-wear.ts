import { z } from 'zod';

const count = z.number().int().min(0);

/** What `GET /models/:modelId/wear?askedAt=…` answers to the owner of a model: `Wear` of its latest release. */
export const bookWearSchema = z.object({
  release: z.number().int().min(1),
  commonKeys: count,
  keysNeeded: count,
  batches: count,
  probes: count,
  asked: count,
  fresh: count,
  state: z.enum(['small', 'fresh', 'due', 'worn']),
  /** Unix milliseconds. */
  wornAt: z.number().optional(),
});
export type BookWear = z.output<typeof bookWearSchema>;
