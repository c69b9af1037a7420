import { CALL_PATH } from '@oml/protocol/wire/model-kind';
import type { AskOptions, Buyer } from '@oml/sdk/buyer';
import type { Payment } from '@oml/sdk/payment';

/** A question in words, with the parameters that a buyer of words has. */
export interface LanguageBody {
  model: string;
  prompt: string;
  max_tokens: number;
  temperature?: number;
  stream?: boolean;
}

export const isLanguage = (body: Record<string, unknown>): body is Record<string, unknown> & LanguageBody =>
  typeof body['prompt'] === 'string';

/**
 * Asks through the SDK's own door for words, so that the request is letter for letter that of its users. Of a streamed
 * answer it is told how many tokens came a second, from the first piece to the last, a piece being a token.
 */
export async function askLanguage(
  buyer: Buyer<Payment> | Buyer,
  url: string,
  { model, prompt, max_tokens, temperature, stream }: LanguageBody,
  options: AskOptions,
) {
  const pieces: number[] = [];
  const paid = await buyer.complete(url.slice(0, -CALL_PATH.language.length), {
    ...options,
    model,
    prompt,
    maxTokens: max_tokens,
    ...(temperature === undefined ? {} : { temperature }),
    ...(stream ? { onText: () => void pieces.push(performance.now()) } : {}),
  });
  const ms = pieces.length > 1 ? pieces.at(-1)! - pieces[0]! : 0;
  return { ...paid, ...(ms > 0 ? { tokensPerSecond: (1_000 * (pieces.length - 1)) / ms } : {}) };
}
