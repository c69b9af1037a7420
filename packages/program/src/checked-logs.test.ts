import { createPublicClient, http, type Hex, type PublicClient } from 'viem';
import { foundry } from 'viem/chains';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bellAbi, startAnvil, type TestChain } from '../test-support/anvil.ts';
import { startRpcProxy, type RpcCall, type RpcProxy } from '../test-support/rpc-proxy.ts';
import { readCheckedLogs, type CheckableBlock } from './checked-logs.ts';

interface Spoken {
  logs?: unknown[];
  transactionIndex?: Hex;
}

let chain: TestChain;
let proxy: RpcProxy;
let client: PublicClient;
let blocks: CheckableBlock[];
/** The block in which the bell rang twice. */
let twice: bigint;

beforeAll(async () => {
  chain = await startAnvil();
  proxy = await startRpcProxy(chain.rpcUrl);
  const transport = http(proxy.url, { retryCount: 0 });
  client = createPublicClient({ chain: foundry, transport, cacheTime: 0 }) as PublicClient;
  const wallet = chain.wallet();
  const ring = () => wallet.writeContract({ address: chain.bell, abi: bellAbi, functionName: 'ring' });
  const first = (await client.getBlockNumber()) + 1n;
  await ring();
  await chain.testClient.mine({ blocks: 3 });
  await chain.testClient.setAutomine(false);
  await ring();
  await ring();
  await chain.testClient.mine({ blocks: 1 });
  twice = await client.getBlockNumber();
  const numbers = Array.from({ length: Number(twice - first) + 1 }, (_, i) => first + BigInt(i));
  blocks = (await Promise.all(numbers.map((blockNumber) => client.getBlock({ blockNumber })))) as CheckableBlock[];
}, 600_000);
afterAll(async () => {
  await proxy?.stop();
  await chain?.stop();
});
beforeEach(() => {
  proxy.mend();
  proxy.requests.length = 0;
});

const read = () => readCheckedLogs(client, blocks, { addresses: [chain.bell] });
const asked = (method: string) => proxy.requests.flat().filter((call) => call.method === method).length;
/** From now on these methods leave out the last log of the block in which the bell rang twice. */
function omitIn(...methods: string[]): void {
  proxy.answerWith(({ method }: RpcCall, said) => {
    if (!methods.includes(method)) return undefined;
    if (method === 'eth_getLogs') return (said as unknown[]).slice(0, -1);
    const bare = (receipt: Spoken) => (receipt.transactionIndex === '0x1' ? { ...receipt, logs: [] } : receipt);
    return Array.isArray(said) ? said.map(bare) : bare(said as Spoken);
  });
}

describe('logs that are checked', { timeout: 600_000 }, () => {
  it('come with nothing left out from a node that leaves nothing out', async () => {
    const { logs, omitted } = await read();
    expect(logs.map(({ blockNumber, logIndex }) => [blockNumber, logIndex])).toEqual([
      [twice - 4n, 0],
      [twice, 0],
      [twice, 1],
    ]);
    expect(omitted).toEqual([]);
    const told = await client.getLogs({ address: chain.bell, fromBlock: twice - 4n, toBlock: twice });
    expect(told).toMatchObject(logs);
  });

  it('ask for receipts only of blocks whose bloom allows for a log', async () => {
    await read();
    expect(asked('eth_getBlockReceipts')).toBe(2);
    proxy.requests.length = 0;
    await readCheckedLogs(client, blocks, { addresses: [chain.wall] });
    expect(asked('eth_getBlockReceipts') + asked('eth_getTransactionReceipt')).toBe(0);
  });

  it('are repaired from the receipts of their block', async () => {
    const { logs } = await read();
    omitIn('eth_getLogs');
    const repaired = await read();
    expect(repaired).toEqual({ logs, omitted: logs.slice(2) });
  });

  it('are repaired one transaction at a time where the block’s receipts are short, too', async () => {
    const { logs } = await read();
    omitIn('eth_getLogs', 'eth_getBlockReceipts');
    expect(await read()).toEqual({ logs, omitted: logs.slice(2) });
  });

  it('need no eth_getBlockReceipts', async () => {
    const { logs } = await read();
    proxy.answerWith(({ method }) => (method === 'eth_getBlockReceipts' ? null : undefined));
    expect(await read()).toEqual({ logs, omitted: [] });
    expect(asked('eth_getTransactionReceipt')).toBe(3);
  });

  it('are doubted, by the block’s number, where nothing that the node says has the root', async () => {
    omitIn('eth_getLogs', 'eth_getBlockReceipts', 'eth_getTransactionReceipt');
    await expect(read()).rejects.toMatchObject({
      code: 'CHAIN_IN_DOUBT',
      retryable: true,
      details: { blockNumber: String(twice) },
    });
  });

  it('are repaired where what should be receipts of a block is something else', async () => {
    proxy.answerWith(({ method }) => (method === 'eth_getBlockReceipts' ? [{}, { logs: 7 }] : undefined));
    expect(await read()).toMatchObject({ logs: [{}, {}, {}], omitted: [] });
  });

  it('are doubted where a receipt is missing', async () => {
    proxy.answerWith(({ method }) => (method.endsWith('Receipts') || method.endsWith('Receipt') ? null : undefined));
    await expect(read()).rejects.toMatchObject({ code: 'CHAIN_IN_DOUBT' });
  });

  it.each([
    ['was altered', (log: object) => [{ ...log, data: '0x01' }]],
    ['is invented', (log: object) => [log, { ...log, logIndex: '0x7' }]],
  ])('are doubted where one %s', async (_, alter) => {
    proxy.answerWith(({ method }, said) =>
      method === 'eth_getLogs' ? (said as object[]).flatMap((log) => alter(log)) : undefined,
    );
    await expect(read()).rejects.toMatchObject({ code: 'CHAIN_IN_DOUBT' });
  });
});
