import { revenueVaultAbi } from '@oml/contracts/abis';
import { bookExactCall, isBooked } from '@oml/sdk/booking';
import type { Paid } from '@oml/sdk/buyer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOST, KEYS, waitFor } from '../../test-support/chain-fixture.ts';
import { gatewayEnv, startGateway } from '../../test-support/host-fixture.ts';
import { buyAt, openScene, PRICE, type Scene } from '../../test-support/scene.ts';
import { dollarsOf } from '../../test-support/x402-fixture.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene?.chain.stop());

const env = () => gatewayEnv(scene.chain, [scene.listing]);
const buy = (url: string): Promise<Paid> => buyAt(scene.chain, url);
const booked = ({ signedReceipt }: Paid) => isBooked(scene.chain.as(KEYS.BUYER), signedReceipt.receipt);
const bookings = () => {
  const { publicClient } = scene.chain.as(KEYS.BUYER);
  return publicClient.getContractEvents({
    address: scene.vault,
    abi: revenueVaultAbi,
    eventName: 'Booked',
    fromBlock: 0n,
  });
};

describe('a host that books promptly', () => {
  it('books every payment once, distributes, and is paid its share', async () => {
    const before = await dollarsOf(scene.chain, HOST.address);
    const gateway = await startGateway(env(), { loops: true });
    const uses = [await buy(gateway.url), await buy(gateway.url)];
    await waitFor(async () => (await Promise.all(uses.map(booked))).every(Boolean));
    const afterFees = (PRICE * 2n * 9_500n) / 10_000n;
    const share = afterFees - (afterFees * 3_000n) / 10_000n;
    await waitFor(async () => (await dollarsOf(scene.chain, HOST.address)) - before >= share);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect((await bookings()).map(({ args }) => args.paymentRef).sort()).toEqual(
      uses.map(({ payment }) => payment.paymentRef).sort(),
    );
    await gateway.stop();
  });

  it('books after a restart what it had not booked before', async () => {
    const settings = env();
    const first = await startGateway(settings);
    const use = await buy(first.url);
    await first.stop();
    expect(await booked(use)).toBe(false);
    const second = await startGateway(settings, { loops: true });
    await waitFor(() => booked(use));
    await second.stop();
  });

  it('sends nothing for a payment that somebody else booked', async () => {
    const settings = env();
    const gateway = await startGateway(settings);
    const use = await buy(gateway.url);
    await gateway.stop();
    await scene.chain.as(KEYS.OUTSIDER).send(bookExactCall(use.payment));
    const count = (await bookings()).length;
    const again = await startGateway(settings, { loops: true });
    await waitFor(async () => (await vaultOwes()) === 0n);
    await again.stop();
    expect(await bookings()).toHaveLength(count);
  });
});

/** What lies in the vault and is not split yet. */
function vaultOwes(): Promise<bigint> {
  const { publicClient } = scene.chain.as(KEYS.BUYER);
  return publicClient.readContract({ address: scene.vault, abi: revenueVaultAbi, functionName: 'undistributed' });
}
