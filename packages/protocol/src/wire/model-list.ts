import { z } from 'zod';

/** What an OpenAI-compatible endpoint answers at `MODEL_LIST_PATH`: the names under which it serves. */
export const modelListSchema = z.object({ data: z.array(z.object({ id: z.string().max(200) })).min(1) });
export const MODEL_LIST_PATH = '/v1/models';
