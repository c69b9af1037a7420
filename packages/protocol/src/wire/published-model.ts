import { z } from 'zod';
import { modelKind } from './model-kind.ts';

/** What `GET /models/:id` of a publisher says to a verifier: no word of the chain carries a model's kind. */
export const publishedModelSchema = z.object({ kind: modelKind });
