import { revenueVaultAbi } from '@oml/contracts/abis';
import { bookExactCall, isBooked } from '@oml/sdk/booking';
import type { Paid } from '@oml/sdk/buyer';
import { join } from 'node:path';
import { decodeFunctionData, isAddressEqual } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { controlsOf, GAS, HOST, KEYS, waitFor } from '../../test-support/chain-fixture.ts';
import { gatewayEnv, startGateway } from '../../test-support/host-fixture.ts';
import { buyAt, openScene, PRICE, type Scene } from '../../test-support/scene.ts';
import { overtaken } from '../../test-support/strangers.ts';
import { dollarsOf } from '../../test-support/x402-fixture.ts';
import { findPayment } from '../payment/ledger.ts';
import { openGatewayStore } from '../store.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene?.chain.stop());

const env = (overrides = {}) => gatewayEnv(scene.chain, [scene.listing], overrides);
const buy = (url: string): Promise<Paid> => buyAt(scene.chain, url);
/** Paid, and not booked: a stranger was faster than the gateway. */
const buyUnbooked = (url: string): Promise<Paid> => buyAt(scene.chain, url, { fetch: overtaken(scene.chain) });
const booked = ({ signedReceipt }: Paid) => isBooked(scene.chain.as(KEYS.BUYER), signedReceipt.receipt);
const publicClient = () => scene.chain.as(KEYS.BUYER).publicClient;
const bookings = () =>
  publicClient().getContractEvents({
    address: scene.vault,
    abi: revenueVaultAbi,
    eventName: 'Booked',
    fromBlock: 0n,
  });

/** What the gas account told the vault to do since a block, by the names of its functions. */
async function toldVault(since: bigint): Promise<string[]> {
  const names: string[] = [];
  for (let number = since + 1n; number <= (await publicClient().getBlockNumber()); number++) {
    const { transactions } = await publicClient().getBlock({ blockNumber: number, includeTransactions: true });
    for (const { from, to, input } of transactions)
      if (isAddressEqual(from, GAS.address) && to && isAddressEqual(to, scene.vault))
        names.push(decodeFunctionData({ abi: revenueVaultAbi, data: input }).functionName);
  }
  return names;
}

describe('a host that books promptly', () => {
  it('books every payment once, by settling it, distributes, and is paid its share', async () => {
    const before = await dollarsOf(scene.chain, HOST.address);
    const gateway = await startGateway(env(), { loops: true });
    const start = await publicClient().getBlockNumber();
    const uses = [await buy(gateway.url), await buy(gateway.url)];
    expect(await Promise.all(uses.map(booked))).toEqual([true, true]);
    const afterFees = (PRICE * 2n * 9_500n) / 10_000n;
    const share = afterFees - (afterFees * 3_000n) / 10_000n;
    await waitFor(async () => (await dollarsOf(scene.chain, HOST.address)) - before >= share);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect((await bookings()).map(({ args }) => args.paymentRef).sort()).toEqual(
      uses.map(({ payment }) => payment.paymentRef).sort(),
    );
    expect((await toldVault(start)).filter((name) => name === 'bookExact')).toHaveLength(2);
    await gateway.stop();
  });

  it('books after a restart what a stranger broadcast and it had not booked before', async () => {
    const settings = env({ CREDIT_STRANGERS: 'true' });
    const first = await startGateway(settings);
    const use = await buyUnbooked(first.url);
    await first.stop();
    expect(await booked(use)).toBe(false);
    const second = await startGateway(settings, { loops: true });
    await waitFor(() => booked(use));
    await second.stop();
  });

  it('sends nothing for a payment that somebody else booked', async () => {
    const settings = env({ CREDIT_STRANGERS: 'true' });
    const gateway = await startGateway(settings);
    const use = await buyUnbooked(gateway.url);
    await gateway.stop();
    await scene.chain.as(KEYS.OUTSIDER).send(bookExactCall(use.payment));
    const count = (await bookings()).length;
    const start = await publicClient().getBlockNumber();
    const again = await startGateway(settings, { loops: true });
    await waitFor(async () => (await vaultOwes()) === 0n);
    await again.stop();
    expect(await bookings()).toHaveLength(count);
    expect(await toldVault(start)).not.toContain('bookExact');
  });

  it('sends again what a rollback dropped', async () => {
    const controls = controlsOf(scene.chain);
    const settings = env();
    const first = await startGateway(settings);
    await controls.mine({ blocks: 8 });
    const use = await buy(first.url);
    await first.stop();
    const { blockNumber } = await publicClient().getTransactionReceipt({ hash: use.payment.tx! });
    // The first one's gas account counts a transaction that is no more.
    const second = await startGateway({ ...settings, SETTLE_DEPTH: '6', GAS_KEY: KEYS.CLAIMANT }, { loops: true });
    const store = await openGatewayStore(join(settings['DATA_DIR']!, 'gateway.sqlite'));
    const kept = () => findPayment(store, use.payment.paymentRef);
    await waitFor(async () => (await kept())!.bookedBlock !== null);
    const depth = Number((await publicClient().getBlockNumber()) - blockNumber) + 2;
    await controls.request({ method: 'anvil_reorg' as never, params: [depth, []] as never });
    expect(await booked(use)).toBe(false);
    await waitFor(() => booked(use));
    await second.stop();
    await store.close();
  });
});

/** What lies in the vault and is not split yet. */
function vaultOwes(): Promise<bigint> {
  return publicClient().readContract({ address: scene.vault, abi: revenueVaultAbi, functionName: 'undistributed' });
}
