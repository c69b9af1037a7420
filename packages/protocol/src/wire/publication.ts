import { z } from 'zod';
import { bytes32 } from './scalars.ts';

/** The steps of a publication, in their order. */
export const PUBLICATION_STEPS = ['inspect', 'draft', 'chance', 'commit', 'beacon', 'embed', 'verify', 'mint'] as const;
export type PublicationStep = (typeof PUBLICATION_STEPS)[number];

/** Answer to `POST /publications`. */
export const publicationOrderedSchema = z.object({ publicationId: z.string().min(1).max(200) });

/** What `GET /publications/:id` answers. Times in Unix milliseconds. */
export const publicationSchema = z.object({
  state: z.enum(['running', 'ready', 'failed']),
  steps: z.array(
    z.object({
      name: z.string(),
      state: z.enum(['waiting', 'running', 'done', 'failed']),
      startedAt: z.number().nullish(),
      endedAt: z.number().nullish(),
      /** Share of the running part, 0 to 1. */
      progress: z.number().optional(),
      part: z.string().optional(),
    }),
  ),
  transactions: z.array(z.object({ step: z.string(), hash: bytes32 })).default([]),
  modelId: z.string().nullish(),
  /** Which of the model's releases it became, from 1. */
  release: z.number().int().min(1).nullish(),
  report: z.unknown().optional(),
  error: z.object({ code: z.string(), message: z.string() }).nullish(),
});
export type Publication = z.output<typeof publicationSchema>;
export type PublicationJson = z.input<typeof publicationSchema>;
