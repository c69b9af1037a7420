import { revenueVaultAbi } from '@oml/contracts/abis';
import { TERMS_KIND } from '@oml/protocol/chain/terms';
import type { Chain } from '@oml/service/chain';
import { until } from '@oml/service/wait';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Address } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOST, KEYS, OUTSIDER, OWNER } from '../../test-support/actors.ts';
import { PATIENCE_MS, startPublisherOnChain, type PublisherOnChain } from '../../test-support/publisher-on-chain.ts';
import { DERIVE_PRICE, openVaultScene, type SceneLicense, type VaultScene } from '../../test-support/vault-scene.ts';
import { payOut } from './pay-out.ts';

const LEAST = 5_000n;
/** Of 100,000, less a fortieth for the protocol: a tenth for the ancestor, a fortieth for the pool, then halves. */
const USES = 100_000n;
const ROYALTY = 9_750n;
const SHARE = 42_625n;

let on: PublisherOnChain;
let scene: VaultScene;
let serving: SceneLicense;

beforeAll(async () => {
  on = await startPublisherOnChain({ options: { PAYOUT_MIN: String(LEAST), PAYOUT_EVERY_SECONDS: '1' } });
  scene = await openVaultScene(on.chain);
  serving = await scene.license(TERMS_KIND.SERVE);
  await scene.deployVault(serving);
}, PATIENCE_MS);
afterAll(() => on?.stop());

type VaultEvent = 'Distributed' | 'OwnerPaid' | 'AncestorPaid' | 'HostPaid' | 'ProtocolPaid';
const count = async (eventName: VaultEvent, { vault } = serving) =>
  (await on.events(revenueVaultAbi, vault, eventName)).length;
const holds = (who: Address, amount: bigint) =>
  until(`${who} to hold ${amount}`, async () => (await scene.balanceOf(who)) === amount || undefined, {
    timeoutMs: PATIENCE_MS,
  });
const bucketsOf = ({ vault: address }: SceneLicense) =>
  on.chain.as(KEYS.OUTSIDER).publicClient.readContract({ address, abi: revenueVaultAbi, functionName: 'buckets' });
const vaultOf = ({ licenseId, vault: address }: SceneLicense) => ({ licenseId, modelId: scene.modelId, address });

/** Long enough for several rounds. */
async function fourBlocks(): Promise<void> {
  const { publicClient } = on.chain.as(KEYS.OUTSIDER);
  const seen = await publicClient.getBlockNumber();
  await until('four blocks', async () => (await publicClient.getBlockNumber()) > seen + 4n || undefined);
}

describe('a publisher that pays out', { timeout: PATIENCE_MS }, () => {
  it('pays its owner and the ancestor once, and leaves the host its share', async () => {
    on.publisher.start();
    await scene.pay(serving, USES);
    await holds(OWNER.address, SHARE);
    await holds(OUTSIDER.address, ROYALTY);
    await fourBlocks();
    expect([await count('Distributed'), await count('OwnerPaid'), await count('AncestorPaid')]).toEqual([1, 1, 1]);
    expect(await bucketsOf(serving)).toMatchObject({ owner: 0n, lineage: 0n, host: SHARE });
  });

  it('sends nothing for less than is worth it, and pays once it has grown', async () => {
    const sent = () => on.chain.as(KEYS.AGENT).publicClient.getTransactionCount({ address: agent() });
    const agent = () => on.chain.as(KEYS.AGENT).account!.address;
    const before = await sent();
    await scene.pay(serving, LEAST - 1n);
    await fourBlocks();
    expect(await sent()).toBe(before);
    await scene.pay(serving, 1n);
    await until('the split', async () => (await count('Distributed')) === 2 || undefined);
    await fourBlocks();
    expect(await count('OwnerPaid')).toBe(1);
    await scene.pay(serving, USES);
    await until('the second payment', async () => (await count('OwnerPaid')) === 2 || undefined);
    expect((await bucketsOf(serving)).owner).toBe(0n);
  });

  it('gives a vault that was paid before it had code its code, and pays the owner', async () => {
    const before = await scene.balanceOf(OWNER.address);
    const building = await scene.license(TERMS_KIND.DERIVE);
    const fee = (DERIVE_PRICE * 250n) / 10_000n; // and as much for the pool
    await holds(OWNER.address, before + DERIVE_PRICE - 2n * fee - (DERIVE_PRICE - fee) / 10n);
    expect(await count('OwnerPaid', building)).toBe(1);
  });

  it('leaves the vaults of models alone whose agent is somebody else', async () => {
    expect(await scene.balanceOf(scene.derive.vault)).toBe(DERIVE_PRICE);
  });

  it('killed after it had the money split, pays it once when it is back', async () => {
    await on.restart();
    const [splits, payments] = [await count('Distributed'), await count('OwnerPaid')];
    await scene.pay(serving, USES);
    const agent = on.chain.as(KEYS.AGENT);
    const dying: Pick<Chain, 'send'> = { send: async (call) => (await agent.send(call), new Promise(() => {})) };
    void payOut({ chain: { ...agent, ...dying }, least: LEAST, buckets: ['owner'] }, vaultOf(serving));
    await until('the split', async () => (await count('Distributed')) > splits || undefined);
    expect(await count('OwnerPaid')).toBe(payments);
    on.publisher.start();
    await until('the payment', async () => (await count('OwnerPaid')) > payments || undefined);
    await on.restart();
    on.publisher.start();
    await fourBlocks();
    expect([await count('Distributed'), await count('OwnerPaid')]).toEqual([splits + 1, payments + 1]);
  });
});

describe('paying out a vault', { timeout: PATIENCE_MS }, () => {
  beforeAll(() => on.restart());

  it('by two at once, pays once and is no failure for the slower', async () => {
    const before = await count('OwnerPaid');
    await scene.pay(serving, USES);
    const by = (key: typeof KEYS.AGENT) =>
      payOut({ chain: on.chain.as(key), least: LEAST, buckets: ['owner'] }, vaultOf(serving));
    const payouts = (await Promise.all([by(KEYS.AGENT), by(KEYS.OUTSIDER)])).flat();
    expect(payouts.map(({ functionName }) => functionName).sort()).toEqual(['distribute', 'payOwner']);
    expect(payouts.every((payout) => 'tx' in payout)).toBe(true);
    expect(await count('OwnerPaid')).toBe(before + 1);
  });

  it('goes on to the ancestors where the owner cannot be paid, and says so', async () => {
    const agent = on.chain.as(KEYS.AGENT);
    await scene.pay(serving, USES);
    const send: Chain['send'] = (call) =>
      call.functionName === 'payOwner' ? Promise.reject(new Error('refused')) : agent.send(call);
    const chain = { ...agent, send };
    const payouts = await payOut({ chain, least: LEAST, buckets: ['owner', 'ancestors'] }, vaultOf(serving));
    expect(payouts).toMatchObject([
      { functionName: 'distribute', tx: expect.any(String) },
      { functionName: 'payOwner', error: new Error('refused') },
      { functionName: 'payAncestor', tx: expect.any(String) },
    ]);
    expect(await bucketsOf(serving)).toMatchObject({ owner: SHARE, lineage: 0n });
  });

  it('is a command that anyone may run, for every bucket, which then finds nothing due', async () => {
    const env = { ...process.env, RPC_URL: on.chain.rpcUrl, OML_DEPLOYMENT: on.chain.deploymentPath };
    const command = join(import.meta.dirname, '../payout.ts');
    const run = async (...args: string[]) =>
      JSON.parse(
        (
          await promisify(execFile)(process.execPath, [command, '--json', ...args], {
            env: { ...env, GAS_KEY: KEYS.OUTSIDER },
          })
        ).stdout,
      ) as { functionName: string; amount: string }[];
    const { host } = await bucketsOf(serving);
    const paid = await run('--license', String(serving.licenseId));
    expect(paid.map(({ functionName }) => functionName)).toEqual(['payOwner', 'payHost', 'payProtocol']);
    expect(await scene.balanceOf(HOST.address)).toBeGreaterThanOrEqual(host);
    expect(await bucketsOf(serving)).toMatchObject({ owner: 0n, lineage: 0n, host: 0n, protocolFee: 0n, pool: 0n });
    expect(await run('--vault', serving.vault)).toEqual([]);
    await expect(run('--vault', OWNER.address)).rejects.toMatchObject({ stderr: expect.stringMatching(/NOT_FOUND/) });
  });
});
