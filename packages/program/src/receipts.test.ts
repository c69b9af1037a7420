import type { Hex } from 'viem';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bellAbi, startAnvil, type TestChain } from '../test-support/anvil.ts';
import { waitForReceipt } from './receipts.ts';

let chain: TestChain;
/** What the watcher asked for, in that order. */
let asked: string[];
let client: Parameters<typeof waitForReceipt>[0];

beforeAll(async () => {
  chain = await startAnvil();
});
afterAll(() => chain.stop());
beforeEach(() => {
  asked = [];
  const { publicClient } = chain;
  client = {
    pollingInterval: 3_600_000,
    getBlockNumber: () => (asked.push('head'), publicClient.getBlockNumber({ cacheTime: 0 })),
    getTransactionReceipt: (of) => (asked.push('receipt'), publicClient.getTransactionReceipt(of)),
  };
});

const ring = (): Promise<Hex> =>
  chain.wallet().writeContract({ address: chain.bell, abi: bellAbi, functionName: 'ring', gas: 100_000n });
const wait = (hash: Hex, depth = 1) => waitForReceipt(client, { hashes: () => [hash], depth, timeoutMs: 60_000 });

describe('a receipt', () => {
  it('that is there is had by one look', async () => {
    const hash = await ring();
    await chain.publicClient.waitForTransactionReceipt({ hash }); // the node names a hash before it has mined it
    expect((await wait(hash)).transactionHash).toBe(hash);
    expect(asked).toEqual(['head', 'receipt']);
  });

  it('is looked for as soon as somebody comes to wait, while others wait for longer', async () => {
    const deep = wait(await ring(), 3);
    for (let n = 0; n < 3; n++) await new Promise((resolve) => setTimeout(resolve, 40));
    const hash = await ring(); // the next look would be in minutes
    expect((await wait(hash)).transactionHash).toBe(hash);
    await chain.testClient.mine({ blocks: 3 });
    await wait(await ring());
    expect((await deep).status).toBe('success');
  });

  it('is asked for again only when there is a new block', async () => {
    client = { ...client, pollingInterval: 20 };
    const late = wait(await ring(), 2);
    const until = () => asked.filter((what) => what === 'head').length >= 5;
    while (!until()) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(asked.filter((what) => what === 'receipt')).toHaveLength(1);
    await chain.testClient.mine({ blocks: 1 });
    await late;
    expect(asked.filter((what) => what === 'receipt')).toHaveLength(2);
  });
});
