import { metricsOf } from '@oml/service/app';
import { checkChain, connectChain, type Chain } from '@oml/service/chain';
import { createLogger } from '@oml/service/logger';
import { trueLogs } from '@oml/service/true-logs';
import type { Hex } from 'viem';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BUYER, controlsOf, freePort, KEYS } from '../../test-support/chain-fixture.ts';
import { gatewayEnv, giveDollars, startGateway } from '../../test-support/host-fixture.ts';
import { startRpcProxy, type RpcProxy } from '@oml/program/test-support/rpc-proxy';
import { completionAt, openScene, type Scene } from '../../test-support/scene.ts';
import { payFor, post } from '../../test-support/x402-fixture.ts';
import { checkNode } from './chain-checks.ts';

const PROVIDER_KEY = 'PROVIDERKEYab12cd34';
let scene: Scene;
let proxies: RpcProxy[];
let log: string;
const logger = createLogger('test', (line) => void (log += line));
logger.level = 'info';

beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.chain.stop());
beforeEach(async () => {
  log = '';
  proxies = await Promise.all([0, 1, 2].map(() => startRpcProxy(scene.chain.rpcUrl)));
});
afterEach(() => Promise.all(proxies.map((proxy) => proxy.stop())));

const urlsOf = (...some: RpcProxy[]) => some.map(({ url }) => `${url}/${PROVIDER_KEY}`).join(',');
const connect = (...some: RpcProxy[]): Chain =>
  connectChain({ rpcUrl: urlsOf(...some), deployment: scene.chain.deployment, key: KEYS.GAS, logger });
const faultsOf = ({ nodes }: Chain) => nodes.states().map(({ fault }) => fault);
const nameOf = ({ url }: RpcProxy) => new URL(url).host;

describe('of several nodes', () => {
  it('the next is asked where one does not answer, breaks off, or leaves out answers', async () => {
    const [one, two] = proxies as [RpcProxy, RpcProxy];
    const chain = connect(one, two);
    one.truncate(true);
    const head = await chain.publicClient.getBlockNumber();
    expect(head).toBeGreaterThan(0n);
    expect(faultsOf(chain)).toEqual(['silent', undefined]);
    expect(chain.nodes.inUse()).toBe(nameOf(two));
    one.mend();
    await chain.nodes.look();
    expect(faultsOf(chain)).toEqual([undefined, undefined]);

    one.loseAnswers(1);
    const { token, licenseRegistry } = scene.chain.deployment.contracts;
    const codes = await Promise.all(
      [token, BUYER.address, licenseRegistry].map((address) => chain.publicClient.getCode({ address })),
    );
    expect(codes.map((code) => code !== undefined)).toEqual([true, false, true]);
    expect(faultsOf(chain)).toEqual(['silent', undefined]);
    expect(log).toContain(nameOf(one));
    expect(log).not.toContain(PROVIDER_KEY);
  });

  it('one of another chain is never asked, and where all are the agent does not start', async () => {
    const [one, two] = proxies as [RpcProxy, RpcProxy];
    const lie = ({ method }: { method: string }) => (method === 'eth_chainId' ? '0x1' : undefined);
    one.answerWith(lie);
    const chain = connect(one, two);
    await checkChain(chain);
    expect(faultsOf(chain)).toEqual(['other-chain', undefined]);
    one.requests.length = 0;
    await chain.publicClient.getBlockNumber();
    expect(one.requests).toEqual([]);
    two.answerWith(lie);
    const error = await checkChain(connect(one, two)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'CHAIN_MISMATCH', message: expect.stringContaining('chain 1, not 31337') });
  });

  it('one that rewrites a final block is found out, though it be alone', async () => {
    const [one] = proxies as [RpcProxy];
    const chain = connect(one);
    await checkChain(chain);
    const at: Hex = `0x${scene.chain.deployment.deployedAtBlock.toString(16)}`;
    const block = await scene.chain.as(KEYS.GAS).publicClient.request({
      method: 'eth_getBlockByNumber',
      params: [at, false],
    });
    one.answerWith(({ method, params }) =>
      method === 'eth_getBlockByNumber' && params?.[0] === at ? { ...block, hash: `0x${'f'.repeat(64)}` } : undefined,
    );
    await expect(checkChain(chain)).rejects.toMatchObject({ code: 'CHAIN_MISMATCH' });
    await expect(chain.publicClient.getBlockNumber()).rejects.toThrow(/put aside/);
  });

  it('one that says another balance or nonce than the others is put aside', async () => {
    for (const [method, word] of [
      ['eth_getBalance', '0x1'],
      ['eth_getTransactionCount', '0xffff'],
    ]) {
      const chain = connect(...proxies);
      proxies[0]!.answerWith((call) => (call.method === method ? word : undefined));
      await chain.nodes.look();
      expect(faultsOf(chain)).toEqual(['contradicts', undefined, undefined]);
    }
  });

  it('one that leaves out logs is put aside, and what it left out is read from the block', async () => {
    const [one, two] = proxies as [RpcProxy, RpcProxy];
    const chain = connect(one, two);
    const fromBlock = await chain.publicClient.getBlockNumber();
    await giveDollars(scene.chain, BUYER.address, 1n);
    const toBlock = await chain.publicClient.getBlockNumber();
    one.answerWith(({ method }) => (method === 'eth_getLogs' ? [] : undefined));
    const filter = { addresses: [scene.chain.deployment.contracts.token], topics: [] };
    expect(await trueLogs(chain, filter)({ fromBlock: fromBlock + 1n, toBlock })).toHaveLength(1);
    expect(faultsOf(chain)).toEqual(['omits', undefined]);
    await chain.nodes.look();
    expect(faultsOf(chain)).toEqual(['omits', undefined]);
  });
});

it('a gateway of several nodes sells while one is down, and says so to its operator alone', async () => {
  const { chain, listing } = scene;
  const [one] = proxies as [RpcProxy];
  const down = `http://127.0.0.1:${await freePort()}`;
  const RPC_URL = `${down}/${PROVIDER_KEY},${urlsOf(one)}`;
  const env = gatewayEnv(chain, [listing], { RPC_URL });
  const gateway = await startGateway(env);
  try {
    const call = completionAt(gateway.url);
    expect((await post(call, await payFor(chain, call))).status).toBe(200);
    const ready = await (await fetch(`${gateway.url}/ready`)).text();
    expect(JSON.parse(ready)).toEqual({ ready: true, nodes: { good: 1, aside: 1 } });
    const page = await metricsOf(gateway.app)!.metrics();
    expect(page).toMatch(new RegExp(`oml_rpc_node_up\\{node="${new URL(down).host}"[^}]*\\} 0`));
    expect(page).toMatch(new RegExp(`oml_rpc_node_up\\{node="${nameOf(one)}"[^}]*\\} 1`));
    const examined = connectChain({ rpcUrl: RPC_URL, deployment: chain.deployment });
    const findings = [await checkNode({ chain: examined })()].flat();
    expect(findings.map(({ state }) => state)).toEqual(['ok', 'warn']);
    expect(findings[1]!.says).toContain(new URL(down).host);
    for (const text of [ready, page, JSON.stringify(findings)]) expect(text).not.toContain(PROVIDER_KEY);
  } finally {
    await gateway.stop();
  }
});

// Last, since it moves the clock of the chain.
it('a node that lags is put aside until it has caught up', async () => {
  const [one, two] = proxies as [RpcProxy, RpcProxy];
  const controls = controlsOf(scene.chain);
  const chain = connect(one, two);
  one.lagAt(await chain.publicClient.getBlockNumber());
  await controls.increaseTime({ seconds: 60 });
  await controls.mine({ blocks: 1 });
  await chain.nodes.look();
  expect(faultsOf(chain)).toEqual(['lags', undefined]);
  one.mend();
  await chain.nodes.look();
  expect(faultsOf(chain)).toEqual([undefined, undefined]);
});
