import { OmlError } from '@oml/protocol/error';
import { guardedFetch } from '@oml/service/guarded-fetch';
import { readFile } from 'node:fs/promises';

/** Whoever types an address may mean a machine of their own; what it answers is a stranger's all the same. */
const send = guardedFetch({ allowPrivate: true, timeoutMs: 120_000, maxBytes: 8 << 20 });

export interface EndpointOptions {
  apiKeyFile?: string;
  signal: AbortSignal;
}

/** Sends bodies to `POST /completions` of an OpenAI-compatible base URL; throws where they are refused. */
export async function completionsAt(
  baseUrl: string,
  { apiKeyFile, signal }: EndpointOptions,
): Promise<(body: object) => Promise<unknown>> {
  const url = new URL('completions', baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`);
  const apiKey = apiKeyFile && (await readFile(apiKeyFile, 'utf8')).trim();
  const headers = { 'content-type': 'application/json', ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}) };
  return async (body) => {
    const response = await send(url, { method: 'POST', headers, body: JSON.stringify(body), signal }).catch(
      (cause: unknown) => {
        if (signal.aborted) throw new OmlError('ABORTED', 'Measuring was cancelled.');
        throw new OmlError('UNAVAILABLE', `Nobody answers at ${url.origin}.`, { cause });
      },
    );
    const text = await response.text();
    if (response.ok) return parsed(text);
    throw refusalOf(response.status, url.origin, text);
  };
}

function refusalOf(status: number, origin: string, text: string): OmlError {
  const said = `${origin} answers ${status}: ${text.slice(0, 200)}`;
  if (status === 401 || status === 402 || status === 403)
    return new OmlError('UNAUTHORIZED', `${said} Give --api-key-file, or the address of oml pay serve, which pays.`);
  if (status === 429 || status >= 500) return new OmlError('UNAVAILABLE', said);
  return new OmlError('REQUEST_INVALID', said);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
