import type { Ask } from '@oml/fingerprint/evidence/verify-target';
import { OmlError } from '@oml/protocol/error';
import { headOf } from '@oml/protocol/evidence/head';
import { guardedFetch } from '@oml/service/guarded-fetch';
import { z } from 'zod';

/** Whoever types an address may mean a machine of their own; what it answers is a stranger's all the same. */
const send = guardedFetch({ allowPrivate: true, timeoutMs: 60_000, maxBytes: 1 << 20 });
const ANSWER_TOKENS = 4;
const completion = z.object({ choices: z.array(z.object({ text: z.string() })).min(1) });

/**
 * Asks an OpenAI-compatible endpoint (POST /completions, greedy). Refusals, errors and time-outs are no answers; an
 * address that nobody answers at
 * throws UNAVAILABLE, so that keys are not burnt against nothing.
 */
export function askEndpoint(baseUrl: string, options: { model?: string; apiKey?: string; signal: AbortSignal }): Ask {
  const url = new URL('completions', baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`);
  return async (prompt) => {
    if (prompt.kind !== 'text')
      throw new OmlError('MODEL_UNSUPPORTED', 'Only language models can be asked through /completions.');
    const body = JSON.stringify({
      model: options.model,
      prompt: prompt.text,
      temperature: 0,
      max_tokens: ANSWER_TOKENS,
    });
    const headers = {
      'content-type': 'application/json',
      ...(options.apiKey ? { authorization: `Bearer ${options.apiKey}` } : {}),
    };
    const response = await askOnce(url, { method: 'POST', headers, body, signal: options.signal });
    if (response.status === 401 || response.status === 402 || response.status === 403) {
      throw new OmlError(
        'UNAUTHORIZED',
        `${url.origin} answers ${response.status}: it wants an account or a payment first. Give --api-key-file, or ask through a verifier that pays.`,
      );
    }
    if (!response.ok) return undefined;
    const parsed = completion.safeParse(await response.json().catch(() => undefined));
    return parsed.success ? headOf(parsed.data.choices[0]!.text) : undefined;
  };
}

async function askOnce(url: URL, init: RequestInit & { signal: AbortSignal }): Promise<Response> {
  try {
    return await send(url, init);
  } catch (cause) {
    if (init.signal.aborted) throw new OmlError('ABORTED', 'Asking was cancelled.');
    throw new OmlError('UNAVAILABLE', `Nobody answers at ${url.origin}.`, { retryable: true, cause });
  }
}
