import { z } from 'zod';
import { neutral, openAiMembers, text } from './openai-members.ts';

const ids = z.array(z.int().min(0)).min(1);
const written = text.min(1);
const prompt = z.union([written, z.array(written).length(1), ids, z.array(ids).length(1)], {
  error: 'is one text that is whole and not empty, or one list of tokens, alone or in a list of one',
});

/** A body of `POST /v1/completions`, as OpenAI has it. */
export const completionBody = z.strictObject({
  ...openAiMembers,
  prompt,
  best_of: neutral(1),
  echo: neutral(false),
  /** So many of the likeliest tokens beside each. */
  logprobs: z.int().min(0).max(5).nullish(),
  suffix: neutral(''),
});
export type CompletionBody = z.output<typeof completionBody>;

/** What a language model is asked, by itself. */
export const promptBody = z.object({ prompt });

/** The one prompt of a body: a text, or tokens. */
export function onePrompt(given: CompletionBody['prompt']): string | number[] {
  if (typeof given === 'string') return given;
  const [first] = given;
  return typeof first === 'number' ? (given as number[]) : first!;
}
