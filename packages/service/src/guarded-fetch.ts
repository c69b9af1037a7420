import { isDev, type Deployment } from '@oml/protocol/chain/deployment';
import { OmlError } from '@oml/protocol/error';
import { urlFault } from '@oml/protocol/wire/public-url';
import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent, fetch as undiciFetch, type Dispatcher, type RequestInit as UndiciInit } from 'undici';
import { boundedBody } from './bounded-body.ts';
import { publicLookup } from './public-lookup.ts';

/** What a stranger's server may take of whoever asks it. */
export interface Guard {
  /** May it stand on a private or loopback address? {@link guardFor} says where. */
  allowPrivate: boolean;
  /** From the first lookup to the last byte. */
  timeoutMs: number;
  /** Of a body, after decompression. */
  maxBytes: number;
  /** A body may pause for so long. */
  idleMs?: number;
  /** How many redirects of a GET are followed, each checked as the first address was; 0 if not said. */
  redirects?: number;
  /** Asks the system if not given. */
  lookup?: LookupFunction;
}

/** Connections into nowhere are given up sooner than answers. */
const CONNECT_MS = 10_000;
const REDIRECT = [301, 302, 303, 307, 308];

/** Private addresses are reached where the deployment is for development, and nowhere else. */
export const guardFor = <Limits extends object>(
  { chainId }: Pick<Deployment, 'chainId'>,
  limits: Limits,
): Limits & { allowPrivate: boolean } => ({ ...limits, allowPrivate: isDev({ chainId }) });

/**
 * A fetch for every address that somebody else named: http(s) on ports of the web, only public addresses unless
 * allowed, connected to the very address that was checked, redirects refused or checked, bounded in time and size;
 * proxies and cookies of this machine have no part in it. What it answers is data. Throws ADDRESS_REFUSED, which no
 * repetition heals, and UNAVAILABLE; an abort of the caller's stays what it is.
 */
export function guardedFetch(guard: Guard): typeof fetch {
  const agent = agentOf(guard);
  return async (input, init) => {
    // Not `instanceof`: servers put a Request of their own into the place of Node's.
    checkUrl(typeof input === 'object' && 'url' in input ? input.url : String(input), guard);
    const request = new Request(input, init);
    request.signal.throwIfAborted();
    const limits = startClock(guard, request.signal);
    try {
      return await follow(request, guard, agent, limits);
    } catch (error) {
      limits.end();
      throw request.signal.aborted ? request.signal.reason : refusalOf(error, limits.signal);
    }
  };
}

interface Clock {
  signal: AbortSignal;
  end(): void;
}

/** Fires at the caller's abort or when the time is over, until the body has ended. */
function startClock({ timeoutMs }: Guard, caller: AbortSignal): Clock {
  const late = new AbortController();
  const over = () => late.abort(unavailable(`it takes longer than ${timeoutMs / 1_000} s`));
  const timer = setTimeout(over, timeoutMs).unref();
  const onAbort = () => late.abort(caller.reason);
  caller.addEventListener('abort', onAbort, { once: true });
  return {
    signal: late.signal,
    end() {
      clearTimeout(timer);
      caller.removeEventListener('abort', onAbort);
    },
  };
}

async function follow(request: Request, guard: Guard, agent: Dispatcher, clock: Clock): Promise<Response> {
  const { method, headers } = request;
  const body = request.body === null ? undefined : await bytesOf(request, guard, clock.signal);
  let hops = method === 'GET' ? (guard.redirects ?? 0) : 0;
  for (let address = request.url; ; hops--) {
    checkUrl(address, guard);
    const sent: UndiciInit = {
      method,
      headers: Object.fromEntries(headers),
      redirect: 'manual',
      signal: clock.signal,
      dispatcher: agent,
      ...(body ? { body } : {}),
    };
    const response = await undiciFetch(address, sent);
    const { status } = response;
    if (!REDIRECT.includes(status)) return answerOf(response as unknown as Response, guard, clock);
    await response.body?.cancel();
    const next = URL.parse(response.headers.get('location') ?? '', address);
    if (hops <= 0 || !next) throw refused(`it answered ${status}`);
    if (new URL(address).protocol === 'https:' && next.protocol !== 'https:') throw refused('it redirects to http');
    if (next.origin !== new URL(address).origin) dropSecrets(headers);
    address = next.href;
  }
}

function checkUrl(address: string, guard: Guard): void {
  const fault = urlFault(address, guard);
  if (fault) throw refused(fault);
}

/** What is sent is ours, but a stream of a caller's may have no end. */
async function bytesOf(request: Request, { maxBytes }: Guard, signal: AbortSignal): Promise<ArrayBuffer> {
  const bounded = boundedBody(request.body!, { maxBytes: Math.max(maxBytes, 1 << 20), signal, onEnd: () => {} });
  return new Response(bounded).arrayBuffer();
}

function dropSecrets(headers: Headers): void {
  for (const name of ['authorization', 'cookie', 'payment-signature']) headers.delete(name);
}

function answerOf({ status, headers, body }: Response, { maxBytes, idleMs }: Guard, clock: Clock): Response {
  if (!body) clock.end();
  const bounded = body && boundedBody(body, { maxBytes, idleMs, signal: clock.signal, onEnd: clock.end });
  return new Response(bounded, { status, headers: new Headers([...headers]) });
}

const agents = new Map<string, Dispatcher>();

/** Connections are shared by all whose guard lets them go to the same places. */
function agentOf({ allowPrivate, lookup }: Guard): Dispatcher {
  if (lookup) return newAgent(allowPrivate ? lookup : publicLookup(lookup as typeof systemLookup));
  const name = String(allowPrivate);
  const agent = agents.get(name) ?? newAgent(allowPrivate ? undefined : publicLookup());
  agents.set(name, agent);
  return agent;
}

const newAgent = (lookup: LookupFunction | undefined): Dispatcher =>
  new Agent({ connect: { timeout: CONNECT_MS, ...(lookup ? { lookup } : {}) } }).compose(asNode);

/** Calls itself what Node's own fetch does: who guards itself looks to a host like who does not. */
const asNode: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) => {
  const headers = { ...(options.headers as Record<string, string>) };
  if (headers['user-agent'] === 'undici') headers['user-agent'] = 'node';
  return dispatch({ ...options, headers }, handler);
};

const refused = (why: string): OmlError => new OmlError('ADDRESS_REFUSED', why);
const unavailable = (why: string, cause?: unknown): OmlError =>
  new OmlError('UNAVAILABLE', why, { retryable: true, cause });

function refusalOf(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof OmlError) return error;
  const cause = (error as Error).cause ?? error;
  const why = cause instanceof Error ? cause.message : String(cause);
  return why.endsWith('is not on the public internet') ? refused(why) : unavailable(why || 'it does not answer', error);
}
