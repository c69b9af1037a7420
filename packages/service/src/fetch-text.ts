import { OmlError } from '@oml/protocol/error';
import { guardedFetch, type Guard } from './guarded-fetch.ts';

const BYTES = 'application/octet-stream';
/** JSON in all its names, and files as plain servers and stores hand them out; no pages, pictures or programs. */
const TEXTS = /^(?:application\/(?:[a-z0-9.+-]+\+)?json|text\/plain|application\/octet-stream)$/;
const BROKEN = 500;
const BUSY = 429;

/**
 * The text that a server answers which a stranger named: GET, or POST where there is a JSON body. Throws what
 * `guardedFetch` throws, and UNAVAILABLE for an answer that is none, saying what was wrong.
 */
export async function fetchText(address: string, guard: Guard, body?: string): Promise<string> {
  const asked = body === undefined ? {} : { method: 'POST', body, headers: { 'content-type': 'application/json' } };
  const headers = { accept: 'application/json', ...asked.headers };
  const response = await guardedFetch(guard)(address, { ...asked, headers });
  return (await answered(response, (type) => type === undefined || TEXTS.test(type))).text();
}

/**
 * As {@link fetchText}, for what is no text; a page that says so, or an error in words, is refused unread. What names
 * no type may be taken for bytes (RFC 9110 §8.3).
 */
export async function fetchBytes(address: string, guard: Guard & { signal?: AbortSignal }): Promise<Uint8Array> {
  const response = await guardedFetch(guard)(address, { headers: { accept: BYTES }, signal: guard.signal ?? null });
  return new Uint8Array(await (await answered(response, (type) => type === undefined || type === BYTES)).arrayBuffer());
}

async function answered(response: Response, isType: (type: string | undefined) => boolean): Promise<Response> {
  const { status, headers, body } = response;
  const type = headers.get('content-type')?.split(';')[0]!.trim().toLowerCase();
  if (status === 200 && isType(type)) return response;
  await body?.cancel();
  const why = status === 200 ? `it is ${type ?? 'of no type'}` : `it answered ${status}`;
  throw new OmlError('UNAVAILABLE', why, { retryable: status >= BROKEN || status === BUSY });
}
