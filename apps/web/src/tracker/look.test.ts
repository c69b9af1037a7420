import { bellAbi, startAnvil, type TestChain } from '@oml/program/test-support/anvil';
import { encodeFunctionData, parseGwei, type Hex } from 'viem';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { genesisOf, look, MISSES } from './look.ts';
import type { Tracked } from './tracked.ts';

const RING = encodeFunctionData({ abi: bellAbi, functionName: 'ring' });

let chain: TestChain;
let genesis: Hex;
beforeAll(async () => {
  chain = await startAnvil();
  genesis = await genesisOf(chain.publicClient);
});
afterAll(() => chain.stop());
beforeEach(() => chain.testClient.setAutomine(false));

const account = () => chain.wallet(1).account.address;
const mine = (blocks = 1) => chain.testClient.mine({ blocks });
const fees = (gwei: string) => ({
  maxFeePerGas: parseGwei(gwei),
  maxPriorityFeePerGas: parseGwei(gwei),
  gas: 100_000n,
});

/** Sends as a wallet does, and keeps it as the page does. */
async function send(changes: { to?: Hex; data?: Hex } = {}): Promise<{ tracked: Tracked; nonce: number }> {
  const nonce = await chain.publicClient.getTransactionCount({ address: account() });
  const call = { to: changes.to ?? chain.bell, data: changes.data ?? RING };
  const id = await chain.wallet(1).sendTransaction({ ...call, nonce, ...fees('3') });
  const sentBlock = Number(await chain.publicClient.getBlockNumber());
  const rest = { value: '0', title: 'Ring', sentAt: 1, sentBlock, since: 1, isFinal: false, misses: 0 } as const;
  return { tracked: { id, hash: id, account: account(), genesis, ...call, ...rest, state: 'pending' }, nonce };
}

/** What the wallet sends under the same nonce instead. */
const sendInstead = (nonce: number, call: { to: Hex; data?: Hex }) =>
  chain.wallet(1).sendTransaction({ ...call, nonce, ...fees('9') });

const lookAt = (tracked: Tracked, now = 2) => look(chain.publicClient, tracked, now);

describe('a transaction that is followed', () => {
  it('is pending, included, and final once its block is', async () => {
    const { tracked } = await send();
    const pending = await lookAt(tracked);
    expect(pending).toMatchObject({ state: 'pending', since: 1, isFinal: false });
    expect(await lookAt(pending)).toBe(pending);
    await mine();
    const included = await lookAt(pending, 7);
    expect(included).toMatchObject({ state: 'included', since: 7, isFinal: false });
    expect(BigInt(included.block!)).toBe(await chain.publicClient.getBlockNumber());
    await mine(80);
    expect(await lookAt(included)).toMatchObject({ state: 'final', isFinal: true });
  });

  it('that the contract refuses is reverted, not done', async () => {
    const { tracked } = await send({ to: chain.wall, data: '0x' });
    await mine();
    expect(await lookAt(tracked)).toMatchObject({ state: 'reverted' });
  });

  it('is cancelled by an empty transaction under its nonce', async () => {
    const { tracked, nonce } = await send();
    const pending = await lookAt(tracked);
    const hash = await sendInstead(nonce, { to: account() });
    await mine();
    expect(await lookAt(pending)).toMatchObject({ state: 'cancelled', id: tracked.id, hash });
  });

  it('is replaced by one that does something else, however many blocks ago', async () => {
    const { tracked, nonce } = await send();
    const pending = await lookAt(tracked);
    const hash = await sendInstead(nonce, { to: chain.bell, data: '0x12' });
    await mine(40);
    expect(await lookAt(pending)).toMatchObject({ state: 'replaced', hash });
  });

  it('goes on under the hash of the same at another price', async () => {
    const { tracked, nonce } = await send();
    const pending = await lookAt(tracked);
    const hash = await sendInstead(nonce, { to: chain.bell, data: RING });
    await mine();
    const followed = await lookAt(pending);
    expect(followed).toMatchObject({ state: 'pending', id: tracked.id, hash });
    expect(await lookAt(followed)).toMatchObject({ state: 'included', hash });
  });

  it('that a node dropped is unknown after a few looks, and pending again when it comes back', async () => {
    const { tracked, nonce } = await send();
    let now = await lookAt(tracked);
    const raw = await chain.publicClient.getTransaction({ hash: tracked.hash });
    await chain.testClient.dropTransaction({ hash: tracked.hash });
    for (let i = 0; i < MISSES; i++) {
      expect(now.state).toBe('pending');
      now = await lookAt(now);
    }
    expect(now).toMatchObject({ state: 'unknown', isFinal: false });
    expect(await lookAt(now)).toBe(now);
    expect(await chain.wallet(1).sendTransaction({ to: raw.to!, data: raw.input, nonce, ...fees('3') })).toBe(
      tracked.hash,
    );
    expect(await lookAt(now)).toMatchObject({ state: 'pending', misses: 0 });
    await mine();
  });

  it('that was sent to another chain is unknown here', async () => {
    const { tracked } = await send();
    await mine();
    let now: Tracked = { ...tracked, id: `0x${'ab'.repeat(32)}`, hash: `0x${'ab'.repeat(32)}` };
    for (let i = 0; i < MISSES; i++) now = await lookAt(now);
    expect(now.state).toBe('unknown');
  });

  it('is on its way again when its block is replaced', async () => {
    const { tracked } = await send();
    const pending = await lookAt(tracked);
    const before = await chain.testClient.snapshot();
    await mine();
    const included = await lookAt(pending);
    expect(included.state).toBe('included');
    await chain.testClient.revert({ id: before });
    let now = included;
    for (let i = 0; i < MISSES; i++) now = await lookAt(now);
    expect(['pending', 'unknown']).toContain(now.state);
    expect(now.block).toBeUndefined();
  });
});
