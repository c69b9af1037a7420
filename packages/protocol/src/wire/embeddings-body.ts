import { z } from 'zod';
import { text } from './openai-members.ts';

/** Where OpenAI's clients ask for embeddings. */
export const EMBEDDINGS_PATH = '/v1/embeddings';

const ids = z.array(z.int().min(0)).min(1);

/** A body of `POST /v1/embeddings`, as OpenAI has it. */
export const embeddingsBody = z.strictObject({
  model: z.string().min(1),
  input: z.union([text.min(1), z.array(text.min(1)).min(1), ids, z.array(ids).min(1)], {
    error: 'is a text, a list of texts, or tokens',
  }),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.int().min(1).nullish(),
  user: z.string().nullish(),
});
