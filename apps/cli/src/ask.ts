import type { Ask } from '@oml/fingerprint/evidence/verify-target';
import type { Prompt } from '@oml/fingerprint/subject/prompt';
import { OmlError } from '@oml/protocol/error';
import { MOST_CHOICES } from '@oml/protocol/evidence/completion';
import { headOf } from '@oml/protocol/evidence/head';
import { guardedFetch } from '@oml/service/guarded-fetch';
import type { Hex } from 'viem';
import { z } from 'zod';

/** Whoever types an address may mean a machine of their own; what it answers is a stranger's all the same. */
const send = guardedFetch({ allowPrivate: true, timeoutMs: 60_000, maxBytes: 1 << 20 });
const ANSWER_TOKENS = 4;
const completion = z.object({ choices: z.array(z.object({ text: z.string() })).min(1) });
const reply = z.object({ choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1) });

export interface EndpointOptions {
  model?: string;
  apiKey?: string;
  /** Keys are the only message of a conversation, not raw prompts: the endpoint writes its template around them. */
  chat?: boolean;
  signal: AbortSignal;
}

/** Heads of so many answers to one prompt; fewer where some are refused. */
export type AskMany = (prompt: Prompt, count: number) => Promise<Hex[]>;

/**
 * Asks an OpenAI-compatible endpoint, greedily: POST /completions, or /chat/completions. Refusals, errors and time-outs
 * are no answers; an address that nobody answers at throws UNAVAILABLE, and one without that path NOT_FOUND, so that
 * keys are not burnt against nothing.
 */
export function askEndpoint(baseUrl: string, options: EndpointOptions): Ask {
  const ask = askingTexts(baseUrl, options);
  return async (prompt) => {
    const [text] = await ask(prompt, { temperature: 0 });
    return text === undefined ? undefined : headOf(text);
  };
}

/** The same at temperature 1, as often as is wished: several choices at once where the endpoint gives them. */
export function sampleEndpoint(baseUrl: string, options: EndpointOptions): AskMany {
  const ask = askingTexts(baseUrl, options);
  return async (prompt, count) => {
    const texts: string[] = [];
    let most = MOST_CHOICES;
    while (texts.length < count) {
      const wanted = Math.min(most, count - texts.length);
      const some = await ask(prompt, { temperature: 1, ...(wanted > 1 ? { n: wanted } : {}) });
      if (some.length === 0 && wanted === 1) break;
      if (some.length === 0) most = 1;
      texts.push(...some.slice(0, wanted));
    }
    return texts.map(headOf);
  };
}

/** Sends one prompt; no text where it is refused. */
function askingTexts(baseUrl: string, { model, apiKey, chat = false, signal }: EndpointOptions) {
  const path = chat ? 'chat/completions' : 'completions';
  const url = new URL(path, baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`);
  const headers = { 'content-type': 'application/json', ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}) };
  return async (prompt: Prompt, wishes: { temperature: number; n?: number }): Promise<string[]> => {
    if (prompt.kind !== 'text')
      throw new OmlError('MODEL_UNSUPPORTED', `Only language models can be asked through /${path}.`);
    const asked = chat ? { messages: [{ role: 'user', content: prompt.text }] } : { prompt: prompt.text };
    const body = JSON.stringify({ model, ...asked, ...wishes, max_tokens: ANSWER_TOKENS });
    const response = await askOnce(url, { method: 'POST', headers, body, signal });
    refuseHopeless(url, response.status, chat);
    if (!response.ok) return [];
    return textsOf(await response.json().catch(() => undefined), chat);
  };
}

function textsOf(body: unknown, chat: boolean): string[] {
  return chat
    ? (reply.safeParse(body).data?.choices ?? []).map(({ message }) => message.content)
    : (completion.safeParse(body).data?.choices ?? []).map(({ text }) => text);
}

/** What another key would meet as well. Throws UNAUTHORIZED, NOT_FOUND. */
function refuseHopeless({ origin, pathname }: URL, status: number, chat: boolean): void {
  if (status === 401 || status === 402 || status === 403)
    throw new OmlError(
      'UNAUTHORIZED',
      `${origin} answers ${status}: it wants an account or a payment first. Give --api-key-file, or ask through a verifier that pays.`,
    );
  if (status === 404 || status === 405)
    throw new OmlError(
      'NOT_FOUND',
      `${origin} answers ${status} at ${pathname}. ${chat ? 'Leave --chat away' : 'Ask with --chat'}, or look at --endpoint and --model again.`,
    );
}

async function askOnce(url: URL, init: RequestInit & { signal: AbortSignal }): Promise<Response> {
  try {
    return await send(url, init);
  } catch (cause) {
    if (init.signal.aborted) throw new OmlError('ABORTED', 'Asking was cancelled.');
    throw new OmlError('UNAVAILABLE', `Nobody answers at ${url.origin}.`, { retryable: true, cause });
  }
}
