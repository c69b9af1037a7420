import { z } from 'zod';
import { CODES, type OmlErrorCode } from '../error.ts';

const problem = {
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(Object.keys(CODES) as [OmlErrorCode, ...OmlErrorCode[]]),
  detail: z.string(),
  retryable: z.boolean(),
};

/** A refusal on OpenAI's routes: problem details with OpenAI's member, which names what is refused. */
export const openAiRefusal = z.looseObject({
  ...problem,
  error: z.strictObject({ message: z.string(), type: z.string(), param: z.string().nullable(), code: z.string() }),
});

/** A refusal on the Open Inference Protocol's routes, whose `error` is a text. */
export const inferRefusal = z.looseObject({ ...problem, error: z.string() });
