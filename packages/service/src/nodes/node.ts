import { BaseError, createClient, http, HttpRequestError, RpcRequestError, type Client, type Transport } from 'viem';
import { OmlError } from '@oml/protocol/error';
import { sentenceOf } from '../error-facts.ts';
import { hideUrl } from '../hidden.ts';
import { fittingFetch } from './fitting-fetch.ts';

/** Why a node is put aside. The last three are lies: who tells them is not asked even where nobody else is left. */
export type Fault = 'silent' | 'lags' | 'omits' | 'other-chain' | 'contradicts';

/** A node, without its address, which may hold a provider's key. */
export interface NodeState {
  /** Its host, numbered where two are at the same one. */
  node: string;
  /** Undefined: it is asked. */
  fault: Fault | undefined;
  /** What was found, in words. */
  why: string | undefined;
  /** The newest block that it told of. */
  head: bigint | undefined;
}

/** One node and what is known of it. */
export interface Node extends NodeState {
  /** Asks it, whatever is held against it; throws what viem throws. */
  transport: Transport;
  /** For looking at it: its calls share no request with others. */
  client: Client;
  /** When it is put aside no longer, ms since 1970. */
  asideUntil: number;
}

const ASKED_AT_ONCE = 50;
const LOOK_TIMEOUT_MS = 5_000;

export interface NodeOptions {
  url: string;
  /** For logs and metrics. */
  name: string;
  timeoutMs: number;
}

export function createNode({ url, name, timeoutMs }: NodeOptions): Node {
  hideUrl(url);
  // What is asked in the same moment is one request.
  const config = { batch: { batchSize: ASKED_AT_ONCE }, fetchFn: fittingFetch };
  return {
    node: name,
    transport: http(url, { ...config, timeout: timeoutMs }),
    client: createClient({ transport: http(url, { ...config, timeout: LOOK_TIMEOUT_MS, retryCount: 0 }) }),
    asideUntil: 0,
    fault: undefined,
    why: undefined,
    head: undefined,
  };
}

const LIES: readonly Fault[] = ['other-chain', 'contradicts'];
export const isLie = (fault: Fault | undefined): boolean => fault !== undefined && LIES.includes(fault);

/** The hosts of some addresses, told apart. Throws ENV_INVALID. */
export function namesOf(urls: readonly string[]): string[] {
  if (urls.length === 0 || !urls.every((url) => URL.canParse(url)))
    throw new OmlError(
      'ENV_INVALID',
      'RPC_URL (or --rpc) is to be the http(s) address of a node, or several with commas.',
    );
  const hosts = urls.map((url) => new URL(url).host);
  return hosts.map((host, i) => {
    const before = hosts.slice(0, i).filter((other) => other === host).length;
    return before === 0 ? host : `${host} (${before + 1})`;
  });
}

/** What a server says to a request that it does not like, e.g. to one of too many blocks: no reason to leave it. */
const isRefusal = ({ status }: HttpRequestError): boolean => status === 400 || status === 413 || status === 422;

/** What is wrong with a node that threw this; undefined where it answered, if only with a refusal. */
export function silenceOf(error: unknown): string | undefined {
  if (error instanceof BaseError) {
    if (error.walk((e) => e instanceof RpcRequestError)) return undefined;
    const request = error.walk((e) => e instanceof HttpRequestError);
    if (request instanceof HttpRequestError && isRefusal(request)) return undefined;
  }
  return sentenceOf(error);
}
