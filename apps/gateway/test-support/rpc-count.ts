import type { RpcCall, RpcProxy } from '@oml/program/test-support/rpc-proxy';
import type { TestChain } from './chain-fixture.ts';

/** What is asked once per block or second, however many calls there are. */
const WATCHER = ['eth_blockNumber', 'eth_getTransactionReceipt', 'eth_getBlockByNumber', 'eth_getLogs'];

/** How many requests the node got for the sake of calls. */
export function requestsOfCalls({ deployment }: TestChain, { requests }: RpcProxy): () => number {
  const registry = deployment.contracts.licenseRegistry.toLowerCase();
  const isWatchers = ({ method, params }: RpcCall) =>
    WATCHER.includes(method) ||
    (method === 'eth_getTransactionCount' && params?.[1] === 'latest') ||
    JSON.stringify(params ?? [])
      .toLowerCase()
      .includes(registry);
  return () => requests.filter((calls) => !calls.every(isWatchers)).length;
}
