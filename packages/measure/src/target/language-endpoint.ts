import { OmlError } from '@oml/protocol/error';
import { z } from 'zod';
import type { LanguageTarget, Scored } from './language-target.ts';

const told = z.object({
  tokens: z.array(z.string()),
  token_logprobs: z.array(z.number().nullable()),
  text_offset: z.array(z.number().int()),
  top_logprobs: z.array(z.record(z.string(), z.number()).nullable()).nullish(),
});
const answer = z.object({ choices: z.array(z.object({ text: z.string(), logprobs: told.nullish() })).min(1) });

export interface EndpointOptions {
  /** Sends the body of `POST /completions`; what it answers, parsed. Throws where it is refused. */
  post(body: object): Promise<unknown>;
  /** The name that the endpoint wants. */
  model?: string;
}

/**
 * A language model behind OpenAI's `/completions`. Scores are read off an echoed prompt (`echo`, `logprobs`); an
 * endpoint that echoes nothing can be measured by what it writes. Throws MODEL_UNSUPPORTED there.
 */
export function languageEndpoint({ post, model }: EndpointOptions): LanguageTarget {
  const ask = async (body: object) => {
    const parsed = answer.safeParse(await post({ ...(model ? { model } : {}), temperature: 0, ...body }));
    if (!parsed.success) throw new OmlError('UNAVAILABLE', 'The endpoint answers in another shape than OpenAI’s.');
    return parsed.data.choices[0]!;
  };

  async function score(context: string, continuation: string): Promise<Scored> {
    if (continuation === '') throw new OmlError('REQUEST_INVALID', 'A continuation is empty.');
    const { logprobs } = await ask({ prompt: context + continuation, max_tokens: 1, echo: true, logprobs: 1 });
    const end = context.length + continuation.length;
    const rows = (logprobs?.text_offset ?? []).flatMap((offset, i) =>
      isWithin(offset, context.length, end) ? [i] : [],
    );
    if (!logprobs || rows.length === 0)
      throw new OmlError(
        'MODEL_UNSUPPORTED',
        'This endpoint echoes no chances of a prompt; measure it by what it writes.',
      );
    const score: Scored = { logProb: 0, tokens: rows.length, isGreedy: true };
    for (const row of rows) {
      const chance = logprobs.token_logprobs[row];
      if (chance == null) continue;
      score.logProb += chance;
      const top = Object.values(logprobs.top_logprobs?.[row] ?? {});
      score.isGreedy = top.length === 0 ? undefined : score.isGreedy && chance >= Math.max(...top);
    }
    return score;
  }

  return {
    score,
    generate: async (prompt, maxTokens, stop = []) =>
      (await ask({ prompt, max_tokens: maxTokens, ...(stop.length > 0 ? { stop } : {}) })).text,
    close: async () => {},
  };
}

const isWithin = (offset: number, from: number, to: number): boolean => offset >= from && offset < to;
