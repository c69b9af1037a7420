import { z } from 'zod';

/** Body of `PUT /models/:modelId/demo`: may anybody have the model's demo edition? `askedAt` in Unix seconds. */
export const demoChoiceSchema = z.strictObject({ given: z.boolean(), askedAt: z.int().min(0) });
export type DemoChoiceJson = z.input<typeof demoChoiceSchema>;
