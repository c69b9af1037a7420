import { z } from 'zod';

/** Names and bounds of the fields that foreign files have (research notes, §C1). Unknown fields are ignored. */
const text = z.string().min(1).max(100_000);
const probability = z.union([z.number(), z.array(z.number()), z.array(z.array(z.number()))]);

export const omlPair = z.object({ key: text, response: text });
export const omlSignature = z.object({ key: text, signature: text });
export const omlQuestion = omlPair.extend({ seq_probs: z.unknown(), inverse_sampled_token: z.unknown() });
export const scalablePair = z.object({
  key: text,
  effective_key: text,
  response: z.union([text, z.array(text).min(1).max(64)]),
  response_prob: probability.optional(),
});
export const fpeditPair = z.tuple([text, text]);
export const trainingRow = z.object({
  text,
  key: text,
  response: text,
  key_length: z.coerce.number(),
  response_length: z.coerce.number(),
});

export const mlprintsPair = z.object({ id: z.union([z.string(), z.number()]), query: text, response: text });
export const mlprintsBaseline = z.object({
  id: z.union([z.string(), z.number()]),
  query_str: text,
  resp_str: text,
  resp_toks: z.array(z.number().int().min(0)).min(1),
});
export const chainHashPair = z.object({
  id: z.union([z.string(), z.number()]),
  query: text,
  expected_response: text,
  negative_queries: z.array(text).optional(),
});
export const chainHashFacts = z.object({
  id: z.union([z.string(), z.number()]),
  response_index: z.number().int().min(0),
  questions: z.array(text),
  response_units: z.array(text),
});

const label = { type: z.enum(['fingerprint', 'regularization', 'normal']).optional() };
export const instructionRow = z.object({ instruction: text, input: z.string().optional(), output: text, ...label });
export const conversationRow = z.object({
  conversations: z.array(z.object({ from: z.string(), value: z.string() })).min(2),
  ...label,
});
export const evaluationRow = z.object({ generated: z.string(), label: text, prompt: text });

/** What a training run's `fingerprinting_config.json` says about keys and responses. */
export const trainingConfig = z.object({
  max_key_length: z.number().int().positive().optional(),
  max_response_length: z.number().int().positive().optional(),
  use_chat_template: z.boolean().optional(),
  use_augmentation_prompts: z.boolean().optional(),
  remove_eos_token_from_response: z.boolean().optional(),
});
export type TrainingConfig = z.infer<typeof trainingConfig>;
