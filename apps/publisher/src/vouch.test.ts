import { devDollarAbi, namesAbi, titleBondsAbi } from '@oml/contracts/abis';
import { nameId } from '@oml/protocol/evidence/name';
import { startDevChain, type DevChain } from '@oml/service/test-support/dev-chain';
import { until } from '@oml/service/wait';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createTestClient, http, type LocalAccount } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AGENT, KEYS, OUTSIDER, OWNER } from '../test-support/actors.ts';
import { mintedRun } from '../test-support/minted-run.ts';
import { servePublisherOnChain, type ServedPublisher } from '../test-support/owner-command.ts';
import { PATIENCE_MS } from '../test-support/publisher-on-chain.ts';
import { openVaultScene } from '../test-support/vault-scene.ts';
import { orderVouch } from '../test-support/vouch-order.ts';
import { openPublisherStore } from './store.ts';

const DOLLAR = 1_000_000n;
const MOST = 30n * DOLLAR;
/** The dev chain's exit delay, and a second. */
const EXIT_DELAY = 121;
let chain: DevChain;
let on: ServedPublisher;
/** A model of OWNER, and one of OUTSIDER, whom the operator did not name. */
let modelId: bigint;
let foreign: bigint;
beforeAll(async () => {
  chain = await startDevChain({ secondsPerBlock: 1 });
  ({ modelId, parentId: foreign } = await openVaultScene(chain));
  mkdirSync(join(chain.scratch, 'publisher'));
  const store = await openPublisherStore(join(chain.scratch, 'publisher/publisher.sqlite'));
  for (const each of [modelId, foreign]) await mintedRun(store, { kind: 'classifier', modelId: each });
  await store.close();
  const options = { TITLE_BOND_MOST: String(MOST), NAME_DEPOSIT_MOST: String(100n * DOLLAR) };
  on = await servePublisherOnChain({ chain, options });
  const token = { address: chain.deployment.contracts.token, abi: devDollarAbi } as const;
  await chain.as(KEYS.OUTSIDER).send({ ...token, functionName: 'mint', args: [AGENT.address, 200n * DOLLAR] });
}, PATIENCE_MS);
afterAll(async () => {
  await on?.stop();
  await chain?.stop();
});

const names = () => ({ address: chain.deployment.contracts.names, abi: namesAbi }) as const;
const bonds = () => ({ address: chain.deployment.contracts.titleBonds, abi: titleBondsAbi }) as const;
const read = () => chain.as(KEYS.OUTSIDER).publicClient;
const holderOf = async (name: string) =>
  (await read().readContract({ ...names(), functionName: 'nameOf', args: [nameId(name)] })).holder;
const bondNow = async () =>
  (await read().readContract({ ...bonds(), functionName: 'titleBondOf', args: [modelId] })).bond;
const told = async (eventName: 'NameCommitted' | 'NameRegistered' | 'NameTransferred') =>
  (await on.events(namesAbi, names().address, eventName)).length;
const posted = async () => (await on.events(titleBondsAbi, bonds().address, 'TitleBondPosted')).length;

/** By whomever; OWNER unless said. */
const order = (said: { titleBond?: bigint; name?: string }, signer?: LocalAccount, of = modelId) =>
  orderVouch(on, of, said, signer);

const viewOf = async (id: string) =>
  ((await (await on.publisher.app.request(`/models/${modelId}/vouch/${id}`)).json()) as { state: string }).state;

describe('a publisher that vouches for its owner', { timeout: PATIENCE_MS }, () => {
  it('does so at the word of an owner whom the operator named, and within what it allows', async () => {
    const code = async (...given: Parameters<typeof order>) => (await order(...given)).code;
    expect(await code({ titleBond: MOST + 1n })).toBe('UNAUTHORIZED');
    expect(await code({ titleBond: DOLLAR }, OUTSIDER)).toBe('UNAUTHORIZED');
    expect(await code({ name: 'acme' }, OUTSIDER, foreign)).toBe('UNAUTHORIZED');
    for (const wrong of [{}, { name: 'ACME' }, { name: 'a--b' }]) expect(await code(wrong)).toBe('REQUEST_INVALID');
    expect(await bondNow()).toBe(0n);
  });

  it('posts the bond, registers the name and hands it over, once, though it dies on the way', async () => {
    const { id } = await order({ titleBond: 20n * DOLLAR, name: 'acme' });
    await on.publisher.advance(id); // up to where it waits for a block
    await on.restart();
    on.publisher.start();
    await until('the name', async () => (await holderOf('acme')) === OWNER.address || undefined, {
      timeoutMs: PATIENCE_MS,
    });
    await until('the end', async () => (await viewOf(id)) === 'done' || undefined, { timeoutMs: PATIENCE_MS });
    const again = ['--model-id', String(modelId), '--title-bond', '20000000', '--name', 'acme'];
    expect(await on.say('vouch.ts', ...again)).toContain('oml name point acme');
    expect([await bondNow(), await holderOf('acme')]).toEqual([20n * DOLLAR, OWNER.address]);
    expect([await posted(), await told('NameCommitted'), await told('NameRegistered')]).toEqual([1, 1, 1]);
    expect(await told('NameTransferred')).toBe(1);
  });

  it('raises a bond by what is lacking', async () => {
    await on.say('vouch.ts', '--model-id', String(modelId), '--title-bond', String(MOST));
    expect(await bondNow()).toBe(MOST);
  });

  it('leaves both to the owner to take out, and posts nothing in their place', async () => {
    const owner = chain.as(KEYS.OWNER);
    const token = { address: chain.deployment.contracts.token, abi: devDollarAbi } as const;
    const held = () => read().readContract({ ...token, functionName: 'balanceOf', args: [OWNER.address] });
    const before = await held();
    await owner.send({ ...names(), functionName: 'point', args: [nameId('acme'), modelId] });
    await owner.send({ ...names(), functionName: 'giveUp', args: [nameId('acme')] });
    expect(await held()).toBeGreaterThan(before);
    await owner.send({ ...bonds(), functionName: 'announceExit', args: [modelId, MOST] });
    const clock = createTestClient({ mode: 'anvil', transport: http(chain.rpcUrl) });
    await clock.increaseTime({ seconds: EXIT_DELAY });
    await clock.mine({ blocks: 1 });
    await owner.send({ ...bonds(), functionName: 'withdraw', args: [modelId] });
    expect(await bondNow()).toBe(0n);
    const again = on.say('vouch.ts', '--model-id', String(modelId), '--title-bond', '20000000');
    await expect(again).rejects.toMatchObject({ stderr: expect.stringMatching(/^UNAUTHORIZED: .*\$30\.00/) });
    expect(await bondNow()).toBe(0n);
  });
});
