import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPublicClient, http, type PublicClient } from 'viem';
import { foundry } from 'viem/chains';

/** How providers say that a range of logs is too long. */
export const REFUSALS = {
  alchemy: {
    status: 400,
    error: { code: -32600, message: 'You can make eth_getLogs requests with up to a 10 block range.' },
  },
  infura: { status: 200, error: { code: -32005, message: 'query returned more than 10000 results' } },
  geth: { status: 200, error: { code: -32000, message: 'exceed maximum block range: 5000' } },
  quicknode: { status: 413, error: { code: -32614, message: 'eth_getLogs is limited to a 10,000 range' } },
} as const;

export interface PublicRpc {
  publicClient: PublicClient;
  /** Lengths of the ranges that were asked for, refused ones too. */
  asked: bigint[];
  stop(): void;
}

/** An endpoint in front of a chain that refuses logs of more than `most` blocks, in a provider's way. */
export async function startPublicRpc(
  rpcUrl: string,
  { most, refusal }: { most: bigint; refusal: (typeof REFUSALS)[keyof typeof REFUSALS] },
): Promise<PublicRpc> {
  const asked: bigint[] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const { id, method, params } = JSON.parse(body) as { id: number; method: string; params: LogFilter[] };
    if (method === 'eth_getLogs') {
      const blocks = BigInt(params[0]!.toBlock) - BigInt(params[0]!.fromBlock) + 1n;
      asked.push(blocks);
      if (blocks > most) {
        response.writeHead(refusal.status, { 'content-type': 'application/json' });
        return response.end(JSON.stringify({ jsonrpc: '2.0', id, error: refusal.error }));
      }
    }
    const answer = await fetch(rpcUrl, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const transport = http(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { retryCount: 0 });
  const publicClient = createPublicClient({ chain: foundry, transport, cacheTime: 0 }) as PublicClient;
  return { publicClient, asked, stop: () => void server.close() };
}

interface LogFilter {
  fromBlock: `0x${string}`;
  toBlock: `0x${string}`;
}
