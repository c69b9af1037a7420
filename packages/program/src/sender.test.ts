import { setTimeout as sleep } from 'node:timers/promises';
import type { Hex } from 'viem';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { bellAbi, startAnvil, type TestChain } from '../test-support/anvil.ts';
import { sendOnce } from './look-first.ts';
import { coinTo, createSender, type Sender } from './sender.ts';

let chain: TestChain;
let startBlock: bigint;
beforeAll(async () => void (chain = await startAnvil()));
afterAll(() => chain.stop());
beforeEach(async () => void (startBlock = await chain.publicClient.getBlockNumber()));
afterEach(() => chain.testClient.setAutomine(true));

/** Another process of this account. */
const senderOf = (account = 0, stuckAfterMs = 30_000): Sender =>
  createSender({
    publicClient: chain.publicClient,
    account: chain.wallet(account).account,
    stuckAfterMs,
    explain: (cause, functionName) => new Error(`${functionName} was refused`, { cause }),
  });
const ring = () => ({ address: chain.bell, abi: bellAbi, functionName: 'ring' });
const rung = async () =>
  (await chain.publicClient.getLogs({ address: chain.bell, fromBlock: startBlock }))
    .map((log) => log.blockNumber)
    .filter((block) => block > startBlock);
const sent = () => chain.publicClient.getTransactionCount({ address: senderOf().address });

const gateAt = (address: Hex) => ({ ...ring(), address });
const once = (address: Hex, sender: Sender): Promise<bigint> =>
  sendOnce({
    alreadyDone: async () =>
      (await chain.publicClient.getLogs({ address, fromBlock: startBlock })).map((log) => log.blockNumber)[0],
    send: () => sender.send(gateAt(address)),
  });
/** Blocks come late enough for all to meet in the pool. */
async function whileMining<Result>(work: Promise<Result>): Promise<Result> {
  let isOver = false;
  const over = () => void (isOver = true);
  work.then(over, over);
  while (!isOver) {
    await sleep(700);
    await chain.testClient.mine({ blocks: 1 });
  }
  return work;
}

describe('a sender', () => {
  it('sends what comes at once one after another', async () => {
    const sender = senderOf();
    const receipts = await Promise.all(Array.from({ length: 8 }, () => sender.send(ring())));
    expect(new Set(receipts.map(({ transactionHash }) => transactionHash)).size).toBe(8);
    expect(await rung()).toHaveLength(8);
  });

  it('sends plain coins, without call data, and says why it cannot', async () => {
    const sender = senderOf();
    const to = `0x${'c0'.repeat(20)}` as const;
    const { transactionHash } = await sender.send(coinTo(to, 7n));
    expect(await chain.publicClient.getBalance({ address: to })).toBe(7n);
    expect((await chain.publicClient.getTransaction({ hash: transactionHash })).input).toBe('0x');
    const before = await sent();
    await expect(sender.send(coinTo(to, 10n ** 30n))).rejects.toThrow('coin was refused');
    expect(await sent()).toBe(before);
  });

  it('explains what the contract refuses, spends nothing on it, and goes on', async () => {
    const [sender, before] = [senderOf(), await sent()];
    await expect(sender.send({ ...ring(), address: chain.wall })).rejects.toThrow('ring was refused');
    expect(await sent()).toBe(before);
    expect((await sender.send(ring())).status).toBe('success');
  });

  it('lets even a refused call land on chain where it is told to', async () => {
    const { status } = await senderOf().send({ ...ring(), address: chain.wall }, { force: true });
    expect(status).toBe('reverted');
  });

  it('has gas left where others empty a slot before it in the block', async () => {
    const [till, hurried] = [{ ...ring(), address: chain.till }, chain.wallet(1)];
    await senderOf().send({ ...till, value: 1n });
    await chain.testClient.setAutomine(false);
    const sender = senderOf();
    const hash = await sender.write({ ...till, value: 1n }); // a slot that holds this very value already
    const tip = 10n ** 12n;
    await hurried.sendTransaction({ to: chain.till, gas: 100_000n, maxPriorityFeePerGas: tip, maxFeePerGas: 2n * tip });
    await chain.testClient.mine({ blocks: 1 });
    const { status, transactionIndex } = await sender.receipt(hash);
    expect([status, transactionIndex]).toEqual(['success', 1]);
  });

  it('counts anew when another process took its nonce', async () => {
    const sender = senderOf();
    await sender.send(ring());
    const elsewhere = { ...chain.wallet() };
    const nonce = await sent();
    await elsewhere.sendTransaction({ to: chain.bell, nonce });
    await chain.testClient.mine({ blocks: 1 });
    expect((await sender.send(ring())).status).toBe('success');
  });

  it('has many transactions on their way at once, which get into one block', async () => {
    await chain.testClient.setAutomine(false);
    const sender = senderOf();
    const hashes = await Promise.all(
      Array.from({ length: 30 }, () => sender.write(ring(), { gas: 100_000n, isSimulated: true })),
    );
    await chain.testClient.mine({ blocks: 1 });
    const blocks = await Promise.all(hashes.map(async (hash) => (await sender.receipt(hash)).blockNumber));
    expect(new Set(hashes).size).toBe(30);
    expect(new Set(blocks).size).toBe(1);
  });

  it('sends again with a higher fee what is stuck, and finds the receipt of what replaced it', async () => {
    await chain.testClient.setAutomine(false);
    const sender = senderOf(0, 200);
    const hash = await sender.write(ring());
    const inPool = async () => (await chain.testClient.getTxpoolContent()).pending;
    await vi.waitFor(async () => expect(JSON.stringify(await inPool())).not.toContain(hash), 10_000);
    await chain.testClient.mine({ blocks: 1 });
    const { transactionHash, status } = await sender.receipt(hash);
    expect([transactionHash === hash, status]).toEqual([false, 'success']);
    expect(await rung()).toHaveLength(1);
  });

  it('sends on after a rollback whose transactions never come back', async () => {
    const sender = senderOf();
    await sender.send(ring());
    const before = await chain.testClient.snapshot();
    await sender.send(ring());
    await sleep(1_500);
    await chain.testClient.revert({ id: before });
    expect((await sender.send(ring())).status).toBe('success');
  });

  it('waits for what was sent before', async () => {
    await chain.testClient.setAutomine(false);
    const sender = senderOf();
    await sender.write(ring());
    let isSettled = false;
    const settled = sender.settled().then(() => (isSettled = true));
    await sender.settled(300);
    expect(isSettled).toBe(false);
    await chain.testClient.mine({ blocks: 1 });
    await settled;
    expect(await rung()).toHaveLength(1);
  });

  it('does not wait for what is sent meanwhile, or an account that is never quiet would wait for ever', async () => {
    await chain.testClient.setAutomine(false);
    const sender = senderOf();
    await sender.write(ring());
    const settled = sender.settled();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await chain.testClient.mine({ blocks: 1 });
    await sender.write(ring());
    await settled;
    expect(await rung()).toHaveLength(1);
  });
});

describe('sending once', () => {
  const alreadyDone = async () => (await rung())[0];

  it('sends where nothing is there, and only then', async () => {
    const sender = senderOf();
    const first = await sendOnce({ alreadyDone, send: () => sender.send(ring()) });
    expect(await sendOnce({ alreadyDone, send: () => sender.send(ring()) })).toBe(first);
    expect(await rung()).toEqual([first]);
  });

  it('finds after a crash what was on its way', async () => {
    await chain.testClient.setAutomine(false);
    await senderOf().write(ring()); // the process dies here
    const reborn = senderOf();
    const settled = reborn.settled();
    await chain.testClient.mine({ blocks: 1 });
    await settled;
    await sendOnce({ alreadyDone, send: () => reborn.send(ring()) });
    expect(await rung()).toHaveLength(1);
  });

  it('that two processes of one account begin at the same moment spends one transaction', async () => {
    const [address, before] = [await chain.gate(), await sent()];
    await chain.testClient.setAutomine(false);
    const [first, second] = await whileMining(Promise.all([once(address, senderOf()), once(address, senderOf())]));
    expect(first).toBe(second);
    expect(await sent()).toBe(before + 1);
  });

  it('that somebody else does in the pool spends nothing, and finds it', async () => {
    const [address, before] = [await chain.gate(), await sent()];
    await chain.testClient.setAutomine(false);
    await senderOf(1).write(gateAt(address));
    expect(await whileMining(once(address, senderOf()))).toBeGreaterThan(startBlock);
    expect(await sent()).toBe(before);
  });

  it('goes on where another process took the nonce for something else', async () => {
    const [address, before] = [await chain.gate(), await sent()];
    await chain.testClient.setAutomine(false);
    await whileMining(Promise.all([once(address, senderOf()), senderOf().send(ring())]));
    expect(await sent()).toBe(before + 2);
  });

  it('looks again after a failure: it may have got through', async () => {
    const send = async () => {
      await senderOf().send(ring());
      throw new Error('the connection broke before the answer came');
    };
    expect(await sendOnce({ alreadyDone, send })).toBe(startBlock + 1n);
  });

  it('throws what stopped it where nothing got through', async () => {
    const send = () => Promise.reject(new Error('no gas'));
    await expect(sendOnce({ alreadyDone, send })).rejects.toThrow('no gas');
  });

  it('says that it may work later where the node that answers is behind', async () => {
    const behind = async () => undefined;
    const sending = sendOnce({ alreadyDone: behind, send: () => senderOf().send(ring()) });
    await expect(sending).rejects.toMatchObject({ code: 'CHAIN_UNREACHABLE', retryable: true });
  });
});
