import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bellAbi, startAnvil, type TestChain } from '../test-support/anvil.ts';
import { REFUSALS, startPublicRpc, type PublicRpc } from '../test-support/public-rpc.ts';
import { DIALECTS, openStorePlace, type StorePlace } from '../test-support/stores.ts';
import { followLogs } from './follow-logs.ts';
import { createLogTail } from './log-tail.ts';
import { readLogs, type BlockRange } from './read-logs.ts';
import { programTables, type ProgramTables } from './run-tables.ts';
import { openStore, type Store } from './store.ts';

let chain: TestChain;
const rung: bigint[] = [];

async function ring(): Promise<bigint> {
  const wallet = chain.wallet();
  // Counted anew each time: a chain that is set back takes nonces back too.
  const nonce = await chain.publicClient.getTransactionCount({ address: wallet.account.address });
  const hash = await wallet.writeContract({ address: chain.bell, abi: bellAbi, functionName: 'ring', nonce });
  return (await chain.publicClient.waitForTransactionReceipt({ hash })).blockNumber;
}

beforeAll(async () => {
  chain = await startAnvil();
  for (const blocks of [1, 300, 1, 900, 200]) {
    await chain.testClient.mine({ blocks });
    rung.push(await ring());
  }
});
afterAll(() => chain.stop());

const readBell =
  ({ publicClient }: Pick<PublicRpc, 'publicClient'>) =>
  (range: BlockRange) =>
    publicClient.getLogs({ address: chain.bell, ...range });
const blocksOf = (logs: readonly { blockNumber: bigint }[]) => logs.map(({ blockNumber }) => blockNumber);

describe('reading logs', () => {
  it('asks for slices that any endpoint answers', async () => {
    const rpc = await startPublicRpc(chain.rpcUrl, { most: 500n, refusal: REFUSALS.geth });
    const toBlock = await rpc.publicClient.getBlockNumber();
    expect(blocksOf(await readLogs({ fromBlock: 0n, toBlock, read: readBell(rpc), sliceBlocks: 500n }))).toEqual(rung);
    expect(rpc.asked).toEqual([500n, 500n, toBlock - 999n]);
    rpc.stop();
  });

  for (const [provider, refusal] of Object.entries(REFUSALS)) {
    it(`halves what is refused in the words of ${provider}, and finds everything in order`, async () => {
      const rpc = await startPublicRpc(chain.rpcUrl, { most: 60n, refusal });
      const toBlock = await rpc.publicClient.getBlockNumber();
      expect(blocksOf(await readLogs({ fromBlock: 0n, toBlock, read: readBell(rpc), sliceBlocks: 400n }))).toEqual(
        rung,
      );
      expect(rpc.asked.slice(0, 4)).toEqual([400n, 200n, 100n, 50n]);
      expect(rpc.asked.filter((blocks) => blocks > 60n)).toHaveLength(3);
      rpc.stop();
    });
  }

  it('gives up where even one block is refused, and at once where the reason is another', async () => {
    const strict = await startPublicRpc(chain.rpcUrl, { most: 0n, refusal: REFUSALS.infura });
    await expect(readLogs({ fromBlock: 0n, toBlock: 99n, read: readBell(strict) })).rejects.toThrow();
    expect(strict.asked.at(-1)).toBe(1n);
    strict.stop();
    const broken = { status: 200, error: { code: -32000, message: 'header not found' } } as never;
    const rpc = await startPublicRpc(chain.rpcUrl, { most: 0n, refusal: broken });
    await expect(readLogs({ fromBlock: 0n, toBlock: 99n, read: readBell(rpc) })).rejects.toThrow('header not found');
    expect(rpc.asked).toEqual([100n]);
    rpc.stop();
  });
});

describe('a tail of logs', () => {
  it('asks only for what is new, and drops what a reorganisation took back', async () => {
    const rpc = await startPublicRpc(chain.rpcUrl, { most: 2_000n, refusal: REFUSALS.geth });
    const tail = createLogTail({
      publicClient: rpc.publicClient,
      startBlock: 0n,
      rereadBlocks: 4n,
      read: readBell(rpc),
    });
    const snapshot = await chain.testClient.snapshot();
    const dropped = await ring();
    expect(blocksOf(await tail())).toEqual([...rung, dropped]);
    await chain.testClient.revert({ id: snapshot });
    await chain.testClient.mine({ blocks: 2 });
    rpc.asked.length = 0;
    expect(blocksOf(await tail())).toEqual(rung);
    expect(rpc.asked).toHaveLength(1);
    expect(rpc.asked[0]).toBeLessThan(10n);
    rpc.stop();
  });
});

interface Tables extends ProgramTables {
  heard: { block: number };
}

describe.each(DIALECTS)('following logs, with the position on %s', (dialect) => {
  let place: StorePlace;
  let store: Store<Tables>;
  let rpc: PublicRpc;
  let killed: bigint | undefined;

  beforeAll(async () => void (place = await openStorePlace(dialect)));
  afterAll(() => place.stop());
  beforeEach(async () => {
    const tables = [
      programTables,
      async ({ schema }: Parameters<typeof programTables>[0]) =>
        schema
          .createTable('heard')
          .addColumn('block', 'bigint', (column) => column.primaryKey())
          .execute(),
    ];
    store = await openStore<Tables>(await place.create(), tables, { schema: 'agent' });
    rpc = await startPublicRpc(chain.rpcUrl, { most: 500n, refusal: REFUSALS.alchemy });
    killed = undefined;
  });
  afterEach(async () => {
    rpc.stop();
    await store.close();
  });

  const heard = async () =>
    (await store.db.selectFrom('heard').select('block').orderBy('block').execute()).map(({ block }) => BigInt(block));
  const follow = (more: { confirmations?: bigint } = {}) =>
    followLogs<{ blockNumber: bigint }, Tables>({
      store,
      cursor: 'bell',
      publicClient: rpc.publicClient,
      startBlock: 0n,
      read: readBell(rpc),
      ...more,
      async note(db, logs) {
        for (const { blockNumber } of logs) {
          await db
            .insertInto('heard')
            .values({ block: Number(blockNumber) })
            .onConflict((conflict) => conflict.doNothing())
            .execute();
          if (blockNumber === killed) throw new Error('killed here');
        }
      },
    });

  it('notes everything once, and goes on from where it stopped', async () => {
    expect(await follow()).toBe(rung.length);
    expect(await heard()).toEqual(rung);
    rpc.asked.length = 0;
    await follow();
    expect(rpc.asked.every((blocks) => blocks <= 17n)).toBe(true);
    expect(await heard()).toEqual(rung);
  });

  it('keeps what it noted and its position together when it is killed', async () => {
    killed = rung[3];
    await expect(follow()).rejects.toThrow('killed here');
    expect(await heard()).toEqual(rung.slice(0, 3));
    killed = undefined;
    rpc.asked.length = 0;
    await follow();
    expect(await heard()).toEqual(rung);
    const head = await rpc.publicClient.getBlockNumber();
    expect(rpc.asked.reduce((sum, blocks) => sum + blocks, 0n)).toBeLessThan(head + 1_500n);
  });

  it('leaves the newest blocks for later where it waits for confirmations', async () => {
    const head = await rpc.publicClient.getBlockNumber();
    await follow({ confirmations: head - rung.at(-1)! + 1n });
    expect(await heard()).toEqual(rung.slice(0, -1));
    await follow();
    expect(await heard()).toEqual(rung);
  });

  it('goes on with a chain that was set back', async () => {
    await follow();
    await store.db.updateTable('cursor').set({ next_block: 1_000_000 }).execute();
    const snapshot = await chain.testClient.snapshot();
    const later = await ring();
    await follow();
    expect(await heard()).toEqual([...rung, later]);
    await chain.testClient.revert({ id: snapshot });
  });
});
