import { createPublicClient, custom, type Hex, type PublicClient } from 'viem';
import { foundry } from 'viem/chains';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { bellAbi, startAnvil, type TestChain } from '../test-support/anvil.ts';
import { createTrueLogs } from './true-logs.ts';

interface Call {
  method: string;
  params: readonly unknown[];
}
type Answer = { logs?: { blockNumber: Hex }[] } & { blockNumber: Hex }[];
/** What a node makes of an honest answer. */
type Lie = (call: Call, answer: Answer) => unknown;

let chain: TestChain;
let lie: Lie;
let asked: string[];
let client: PublicClient;
let omissions: [bigint, number][];

beforeAll(async () => {
  chain = await startAnvil();
});
afterAll(() => chain.stop());

beforeEach(() => {
  [asked, omissions, lie] = [[], [], (_, answer) => answer];
  const request = async (call: Call) => {
    asked.push(call.method);
    return lie(call, (await chain.publicClient.request(call as never)) as Answer);
  };
  client = createPublicClient({ chain: foundry, transport: custom({ request }, { retryCount: 0 }) }) as PublicClient;
});

/** So many logs in one block; its number. */
async function ring(times = 1): Promise<bigint> {
  await chain.testClient.setAutomine(false);
  const wallet = chain.wallet();
  const first = await chain.publicClient.getTransactionCount({ address: wallet.account.address });
  const hashes: Hex[] = [];
  for (let n = 0; n < times; n++)
    hashes.push(
      await wallet.writeContract({
        address: chain.bell,
        abi: bellAbi,
        functionName: 'ring',
        nonce: first + n,
        gas: 100_000n,
      }),
    );
  await chain.testClient.mine({ blocks: 1 });
  await chain.testClient.setAutomine(true);
  return (await chain.publicClient.waitForTransactionReceipt({ hash: hashes[0]! })).blockNumber;
}

const reader = (checkedBlocks?: bigint) => {
  const filter = { addresses: [chain.bell], topics: [] };
  const read = createTrueLogs({ publicClient: client, filter, ...(checkedBlocks ? { checkedBlocks } : {}) });
  return async (fromBlock: bigint, toBlock: bigint) => {
    const logs = await read({ fromBlock, toBlock }, (omitted) =>
      omissions.push([omitted[0]!.blockNumber, omitted.length]),
    );
    return logs.map(({ blockNumber }) => blockNumber);
  };
};
const leaveOut =
  (block: bigint): Lie =>
  ({ method }, answer) =>
    method === 'eth_getLogs' ? answer.filter(({ blockNumber }) => BigInt(blockNumber) !== block) : answer;

it('puts back the logs of a block that a node left out, and tells of them', async () => {
  const [one, two] = [await ring(), await ring(2)];
  await chain.testClient.mine({ blocks: 3 });
  lie = leaveOut(two);
  expect(await reader()(one, two + 3n)).toEqual([one, two, two]);
  expect(omissions).toEqual([[two, 2]]);
});

it('notices one that is missing beside others of its block', async () => {
  const block = await ring(3);
  lie = ({ method }, answer) => (method === 'eth_getLogs' ? answer.slice(1) : answer);
  expect(await reader()(block, block)).toEqual([block, block, block]);
  expect(omissions).toEqual([[block, 1]]);
});

it('asks for one header for each block that is new, and for nothing of those it knows', async () => {
  const read = reader();
  const block = await ring();
  await chain.testClient.mine({ blocks: 5 });
  await read(block, block + 5n);
  asked = [];
  expect(await read(block, block + 5n)).toEqual([block]);
  await chain.testClient.mine({ blocks: 1 });
  expect(await read(block, block + 6n)).toEqual([block]);
  expect(asked).toEqual(['eth_getBlockByNumber', 'eth_getBlockByNumber', 'eth_getLogs']);
});

it('reads anew what a rollback replaced', async () => {
  const read = reader();
  const start = await chain.publicClient.getBlockNumber();
  const snapshot = await chain.testClient.snapshot();
  const dropped = await ring();
  expect(await read(start, dropped)).toEqual([dropped]);
  await chain.testClient.revert({ id: snapshot });
  await chain.testClient.mine({ blocks: 2, interval: 7 });
  const block = await ring();
  expect(await read(start, block)).toEqual([block]);
  expect(omissions).toEqual([]);
});

it('takes what is older than the blocks it checks as it is told', async () => {
  const block = await ring();
  await chain.testClient.mine({ blocks: 5 });
  const logs = await reader(3n)(block, block + 5n);
  expect(logs).toEqual([block]);
  expect(asked.filter((method) => method === 'eth_getBlockByNumber')).toHaveLength(3);
});
