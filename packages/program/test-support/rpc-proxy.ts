import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One JSON-RPC call. */
export interface RpcCall {
  jsonrpc: string;
  id: number;
  method: string;
  params?: unknown[];
}

/** A node that stands between an agent and its chain, and does as it is told. */
export interface RpcProxy {
  url: string;
  /** Bodies of the HTTP requests so far, each a call or a batch of them. */
  requests: RpcCall[][];
  /** What it answers from now on in place of what the chain said: a result, or undefined for the chain's. */
  answerWith(answer: (call: RpcCall, said: unknown) => unknown): void;
  /** From now on it knows of no block after this one. */
  lagAt(block: bigint): void;
  /** From now on it breaks off in the middle of what it says. */
  truncate(isOn: boolean): void;
  /** From now on it gives so many answers too few to several calls at once. */
  loseAnswers(count: number): void;
  /** It is honest again. */
  mend(): void;
  stop(): Promise<void>;
}

const hexOf = (n: bigint): string => `0x${n.toString(16)}`;

export async function startRpcProxy(rpcUrl: string): Promise<RpcProxy> {
  const requests: RpcCall[][] = [];
  let lag: bigint | undefined;
  let isTruncating = false;
  let lost = 0;
  let answer: (call: RpcCall, said: unknown) => unknown = () => undefined;

  async function relay(body: string): Promise<string> {
    const read = JSON.parse(body) as RpcCall | RpcCall[];
    const calls = [read].flat();
    requests.push(calls);
    const asked = lag === undefined ? calls : calls.map((call) => behind(call, lag!));
    const response = await fetch(rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(asked),
    });
    const answers = (await response.json()) as { id: number; result?: unknown }[];
    const said = calls.map((call) => {
      const true_ = answers.find(({ id }) => id === call.id)!;
      let other = answer(call, true_.result);
      if (other === undefined && lag !== undefined) other = unseen(call, true_.result, lag);
      return other === undefined ? true_ : { jsonrpc: '2.0', id: call.id, result: other };
    });
    return JSON.stringify(Array.isArray(read) ? said.slice(lost) : said[0]);
  }

  const server = createServer((request, response: ServerResponse) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      relay(body).then(
        (text) =>
          response.writeHead(200, { 'content-type': 'application/json' }).end(isTruncating ? text.slice(0, -9) : text),
        () => response.writeHead(502).end(),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answerWith: (other) => void (answer = other),
    lagAt: (block) => void (lag = block),
    truncate: (isOn) => void (isTruncating = isOn),
    loseAnswers: (count) => void (lost = count),
    mend() {
      lag = undefined;
      isTruncating = false;
      lost = 0;
      answer = () => undefined;
    },
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** What is asked of the newest block is asked of an older one. */
function behind(call: RpcCall, lag: bigint): RpcCall {
  const older = (value: unknown): unknown => {
    if (value === 'latest' || value === 'pending') return hexOf(lag);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    if (call.method !== 'eth_getLogs') return value;
    return { ...value, toBlock: hexOf(lag) };
  };
  return { ...call, params: (call.params ?? []).map(older) };
}

/** What it can't know yet; undefined: what the chain said. */
function unseen({ method }: RpcCall, result: unknown, lag: bigint): unknown {
  if (method === 'eth_blockNumber') return hexOf(lag);
  const { blockNumber } = (result ?? {}) as { blockNumber?: string };
  if (method === 'eth_getTransactionReceipt' && blockNumber && BigInt(blockNumber) > lag) return null;
  return undefined;
}
