import { z } from 'zod';
import { OmlError } from '../error.ts';
import { MOST_CHOICES } from '../evidence/completion.ts';

// Members that OpenAI's two bodies share. What this protocol's hosts do not do is taken where it asks for nothing
// (null, an empty list, the default), and refused by name otherwise: the whole body is hashed into the receipt.

const refusal = 'is not done here: leave it out, or send what changes nothing';

/** A member that may only say what is so anyway. */
export const neutral = <const Value extends string | number | boolean>(...values: Value[]) =>
  z.literal([null, ...values], { error: refusal }).optional();
export const neutralList = z.array(z.never()).max(0, { error: refusal }).nullish();
export const neutralObject = z.strictObject({}, { error: refusal }).nullish();

/** Half a surrogate pair is no text: it has no UTF-8, so nothing could be hashed or signed for it. */
export const text = z.string().refine((value) => value.isWellFormed(), 'holds half a surrogate pair');

const MAX_TOKENS = 4_096;
const tokens = z.int().min(1).max(MAX_TOKENS).nullish();

/** Steers the drawing of tokens; ids are texts, as JSON has no other keys. */
const logitBias = z.record(z.string().regex(/^(0|[1-9][0-9]{0,8})$/, 'no token id'), z.number().min(-100).max(100));

const streamOptions = z.strictObject({
  include_usage: z.boolean().nullish(),
  include_obfuscation: neutral(false),
});

export const openAiMembers = {
  model: z.string().min(1),
  max_tokens: tokens,
  max_completion_tokens: tokens,
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  logit_bias: logitBias.nullish(),
  seed: z.int().nullish(),
  stop: z.union([text, z.array(text).max(4)]).nullish(),
  stream: z.boolean().nullish(),
  stream_options: streamOptions.nullish(),
  user: z.string().nullish(),
  n: z.int().min(1).max(MOST_CHOICES).nullish(),
};

/** How a text is to be drawn, with what OpenAI takes where nothing is said. */
export interface Drawing {
  maxTokens: number | undefined;
  temperature: number;
  topP: number;
  seed: number | undefined;
  stop: string[];
  frequencyPenalty: number;
  presencePenalty: number;
  logitBias: ReadonlyMap<number, number>;
  /** Answers that are wanted, each with a seed of its own. */
  choices: number;
}

type OpenAiBody = z.output<z.ZodObject<typeof openAiMembers>>;

/** The limit under either of its names. Throws REQUEST_INVALID where they differ. */
function limitOf({ max_tokens: old, max_completion_tokens: limit }: OpenAiBody): number | undefined {
  if (old != null && limit != null && old !== limit)
    throw new OmlError('REQUEST_INVALID', 'max_tokens and max_completion_tokens say different things: send one.', {
      details: { param: 'max_tokens' },
    });
  return limit ?? old ?? undefined;
}

/** What a body says of the drawing. Throws REQUEST_INVALID. */
export const drawingOf = (body: OpenAiBody): Drawing => ({
  maxTokens: limitOf(body),
  temperature: body.temperature ?? 1,
  topP: body.top_p ?? 1,
  seed: body.seed ?? undefined,
  stop: typeof body.stop === 'string' ? [body.stop] : (body.stop ?? []),
  frequencyPenalty: body.frequency_penalty ?? 0,
  presencePenalty: body.presence_penalty ?? 0,
  choices: body.n ?? 1,
  logitBias: new Map(Object.entries(body.logit_bias ?? {}).map(([id, bias]) => [Number(id), bias])),
});
