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
 * GETs a text from a server that a stranger named: http(s) only, no redirects, bounded in time and size, and only from
 * public addresses unless allowed. Throws an error whose message says what was wrong.
 */
export async function fetchText(address: string, { timeoutMs, maxBytes, allowPrivate }: FetchLimits): Promise<string> {
  const url = checkedUrl(address, allowPrivate);
  const signal = AbortSignal.timeout(timeoutMs);
  const response = await get(url, signal, allowPrivate);
  try {
    if (response.statusCode !== 200) throw new Error(`it answered ${response.statusCode}`);
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

function get(url: URL, signal: AbortSignal, allowPrivate: boolean): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const options = {
      signal,
      agent: false,
      headers: { accept: 'application/json' },
      ...(allowPrivate ? {} : { lookup: publicLookup }),
    };
    request(url, options, resolve).once('error', reject).end();
  });
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > maxBytes) throw new Error(`it is over ${maxBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
