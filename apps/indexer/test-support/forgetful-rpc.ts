import { startRpcProxy, type RpcProxy } from '@oml/program/test-support/rpc-proxy';
import { createPublicClient, http, type Hex, type PublicClient } from 'viem';
import { foundry } from 'viem/chains';

interface SpokenLog {
  blockHash: Hex;
  logIndex: Hex;
  topics: Hex[];
}

/** A node that leaves one log of each kind of event out of what it is asked for. */
export interface ForgetfulRpc {
  proxy: RpcProxy;
  publicClient: PublicClient;
  /** The first topics of the events of which it left one out. */
  forgotten(): Hex[];
  stop(): Promise<void>;
}

export async function startForgetfulRpc(rpcUrl: string): Promise<ForgetfulRpc> {
  const proxy = await startRpcProxy(rpcUrl);
  const places = new Map<Hex, string>();
  const forget = (log: SpokenLog): boolean => {
    const place = `${log.blockHash} ${log.logIndex}`;
    const kind = log.topics[0]!;
    if (!places.has(kind)) places.set(kind, place);
    return places.get(kind) === place;
  };
  proxy.answerWith(({ method }, said) =>
    method === 'eth_getLogs' ? (said as SpokenLog[]).filter((log) => !forget(log)) : undefined,
  );
  const transport = http(proxy.url, { batch: true });
  return {
    proxy,
    publicClient: createPublicClient({ chain: foundry, transport, cacheTime: 0 }) as PublicClient,
    forgotten: () => [...places.keys()],
    stop: () => proxy.stop(),
  };
}
