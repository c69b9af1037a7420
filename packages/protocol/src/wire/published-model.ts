import { z } from 'zod';
import { modelKind } from './model-kind.ts';
import { publicationPlanSchema } from './publication-plan.ts';

/**
 * What `GET /models/:id` of a publisher says to a verifier: no word of the chain carries a model's kind, nor how many
 * of its keys are taken to survive. A report that is none says nothing.
 */
export const publishedModelSchema = z.object({
  kind: modelKind,
  report: z
    .object({ plan: publicationPlanSchema.pick({ survival: true }) })
    .optional()
    .catch(undefined),
});
export type PublishedModel = z.output<typeof publishedModelSchema>;
