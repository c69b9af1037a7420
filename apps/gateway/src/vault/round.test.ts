import { revenueVaultAbi } from '@oml/contracts/abis';
import { startRpcProxy, type RpcProxy } from '@oml/program/test-support/rpc-proxy';
import { keccak256, parseTransaction, toFunctionSelector, type Hex } from 'viem';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor } from '../../test-support/chain-fixture.ts';
import { gatewayEnv, startGateway } from '../../test-support/host-fixture.ts';
import { stored } from '../../test-support/launched.ts';
import { buyAt, openScene, type Scene } from '../../test-support/scene.ts';

let scene: Scene;
let node: RpcProxy;

beforeAll(async () => {
  scene = await openScene();
  node = await startRpcProxy(scene.chain.rpcUrl);
});
afterAll(async () => {
  await node?.stop();
  await scene?.chain.stop();
});

const DISTRIBUTE = toFunctionSelector(
  revenueVaultAbi.find((item) => item.type === 'function' && item.name === 'distribute')!,
);

it('books on while a split is in no block yet', async () => {
  const env = gatewayEnv(scene.chain, [scene.listing], { RPC_URL: node.url });
  const splits = new Set<Hex>();
  // As long as its block does not come, for the gateway.
  node.answerWith(({ method, params }) => {
    const [first] = (params ?? []) as Hex[];
    if (method === 'eth_sendRawTransaction' && parseTransaction(first!).data?.startsWith(DISTRIBUTE))
      splits.add(keccak256(first!));
    return method === 'eth_getTransactionReceipt' && splits.has(first!) ? null : undefined;
  });
  const gateway = await startGateway(env, { loops: true });
  const count = (where: string) => stored(env, `SELECT 1 FROM payment WHERE ${where}`).length;
  await buyAt(scene.chain, gateway.url);
  await waitFor(async () => splits.size === 1);
  await buyAt(scene.chain, gateway.url);
  await waitFor(async () => count('booked_at IS NOT NULL') === 2);
  expect(count('distributed_at IS NOT NULL')).toBe(0);
  node.mend();
  await waitFor(async () => count('distributed_at IS NOT NULL') === 2);
  await gateway.stop();
});
