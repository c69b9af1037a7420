import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { isPublicAddress, publicLookup } from './public-address.ts';

export interface FetchLimits {
  timeoutMs: number;
  maxBytes: number;
  /** May the server stand on a private or loopback address? */
  allowPrivate: boolean;
}

/**
 * The text that a server answers which a stranger named: GET, or POST where there is a JSON body; http(s) only, no
 * redirects, bounded in time and size, and only from public addresses unless allowed. Throws an error whose message
 * says what was wrong.
 */
export async function fetchText(address: string, limits: FetchLimits, body?: string): Promise<string> {
  return (await fetchBody(address, limits, { accept: 'application/json', body })).toString('utf8');
}

const BYTES = 'application/octet-stream';

/** As {@link fetchText}, for what is no text; a page that says so, or an error in words, is refused unread. */
export function fetchBytes(address: string, limits: FetchLimits & { signal?: AbortSignal }): Promise<Uint8Array> {
  return fetchBody(address, limits, { accept: BYTES }, ({ headers }) => {
    const type = headers['content-type']?.split(';')[0]!.trim();
    if (type !== BYTES) throw new Error(`it is ${type ?? 'of no type'}, not ${BYTES}`);
  });
}

interface Asked {
  accept: string;
  body?: string | undefined;
}

async function fetchBody(
  address: string,
  { timeoutMs, maxBytes, allowPrivate, signal: ended }: FetchLimits & { signal?: AbortSignal },
  asked: Asked,
  check: (response: IncomingMessage) => void = () => {},
): Promise<Buffer> {
  const url = checkedUrl(address, allowPrivate);
  const late = AbortSignal.timeout(timeoutMs);
  const response = await send(url, ended ? AbortSignal.any([late, ended]) : late, allowPrivate, asked);
  try {
    if (response.statusCode !== 200) throw new Error(`it answered ${response.statusCode}`);
    check(response);
    return await readBody(response, maxBytes);
  } finally {
    response.destroy();
  }
}

function checkedUrl(address: string, allowPrivate: boolean): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) throw new Error('its address is no http(s) URL');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!allowPrivate && isIP(host) && !isPublicAddress(host)) throw new Error(`${host} is not on the public internet`);
  return url;
}

function send(url: URL, signal: AbortSignal, allowPrivate: boolean, { accept, body }: Asked): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const options = {
      signal,
      agent: false,
      method: body === undefined ? 'GET' : 'POST',
      headers: { accept, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(allowPrivate ? {} : { lookup: publicLookup }),
    };
    request(url, options, resolve).once('error', reject).end(body);
  });
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > maxBytes) throw new Error(`it is over ${maxBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
