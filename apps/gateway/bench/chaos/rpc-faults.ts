import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What a node does to its gateways: `down` refuses, `slow` answers late, `lag` shows the chain as it was some blocks
 * ago, `lie` gives empty answers to what is read and no events at all, `cut` ends in the middle of an answer.
 */
export const RPC_FAULTS = ['down', 'slow', 'lag', 'lie', 'cut'] as const;
export type RpcFault = (typeof RPC_FAULTS)[number] | 'none';

/** Stands between gateways and their node. */
export interface FaultyRpc {
  url: string;
  setFault(fault: RpcFault): void;
  close(): Promise<void>;
}

interface Asked {
  id: unknown;
  method: string;
  params?: unknown[];
}

const LAG_BLOCKS = 3n;
const SLOW_MS = 700;

export async function startFaultyRpc(rpcUrl: string): Promise<FaultyRpc> {
  let fault: RpcFault = 'none';
  const ask = async (body: unknown): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' };
    return (await fetch(rpcUrl, { method: 'POST', headers, body: JSON.stringify(body) })).json();
  };
  const answer = async (asked: Asked): Promise<unknown> => {
    if (fault === 'lag') return ask(await asOfBefore(asked, ask));
    if (fault === 'lie' && asked.method === 'eth_getLogs') return { jsonrpc: '2.0', id: asked.id, result: [] };
    if (fault === 'lie' && asked.method === 'eth_call') return { jsonrpc: '2.0', id: asked.id, result: '0x' };
    return ask(asked);
  };
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      let body = '';
      for await (const piece of incoming) body += String(piece);
      if (fault === 'down') return void outgoing.writeHead(503).end();
      if (fault === 'slow') await sleep(SLOW_MS);
      const asked = JSON.parse(body) as Asked | Asked[];
      const text = JSON.stringify(Array.isArray(asked) ? await Promise.all(asked.map(answer)) : await answer(asked));
      outgoing.writeHead(200, { 'content-type': 'application/json' });
      if (fault === 'cut') return void outgoing.end(text.slice(0, text.length / 2));
      outgoing.end(text);
    })().catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    setFault: (next) => void (fault = next),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The same question about a block that is not the newest. */
async function asOfBefore(asked: Asked, ask: (body: unknown) => Promise<unknown>): Promise<Asked> {
  const { result } = (await ask({ jsonrpc: '2.0', id: 1, method: 'eth_blockNumber', params: [] })) as {
    result: string;
  };
  const old = `0x${(BigInt(result) - LAG_BLOCKS).toString(16)}`;
  if (asked.method === 'eth_getBlockByNumber' || asked.method === 'eth_call')
    return { ...asked, params: asked.params!.map((given) => (given === 'latest' ? old : given)) };
  return asked;
}
