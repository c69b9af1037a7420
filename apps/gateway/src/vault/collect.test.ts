import { revenueVaultAbi } from '@oml/contracts/abis';
import { isBooked } from '@oml/sdk/booking';
import { wrapFetchWithPayment } from '@x402/fetch';
import { join } from 'node:path';
import type { Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { controlsOf, HOST, KEYS, waitFor } from '../../test-support/chain-fixture.ts';
import { channelClient, onChain, receiptIn, SESSION } from '../../test-support/channels.ts';
import { CLAIMANT, claimUnpaidUse } from '../../test-support/claims.ts';
import { bindKey, gatewayEnv, startGateway, type RunningGateway } from '../../test-support/host-fixture.ts';
import { killLaunched, launch, stored } from '../../test-support/launched.ts';
import { sentBy } from '../../test-support/one-block.ts';
import { completionAt, openScene, PRICE, type Scene } from '../../test-support/scene.ts';
import { dollarsOf } from '../../test-support/x402-fixture.ts';
import { requestNonce } from '@oml/protocol/evidence/nonce';
import { openGatewayStore } from '../store.ts';

let scene: Scene;
let salt = 100;

beforeAll(async () => {
  scene = await openScene({ isMixed: true });
});
afterAll(async () => {
  killLaunched();
  await scene?.chain.stop();
});

/** Pays for some calls out of a channel of its own; the receipts. */
async function calls(url: string, count: number, headers: Record<string, string> = {}) {
  const { client } = channelClient(scene.chain, { salt: ++salt });
  const pay = wrapFetchWithPayment(fetch, client);
  const receipts = [];
  for (let seed = 1; seed <= count; seed++) {
    const { body } = completionAt(url, { seed });
    const response = await pay(`${url}/v1/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(200);
    receipts.push(receiptIn(response));
  }
  return receipts;
}

const bookedOf = (channelId: Hex) =>
  scene.chain.as(KEYS.BUYER).publicClient.readContract({
    address: scene.vault,
    abi: revenueVaultAbi,
    functionName: 'booked',
    args: [channelId, SESSION.address],
  });

async function withGateway(overrides: Record<string, string>, work: (gateway: RunningGateway) => Promise<void>) {
  const env = gatewayEnv(scene.chain, [scene.listing], overrides);
  const gateway = await startGateway(env, { loops: true });
  await work(gateway).finally(gateway.stop);
}

describe('what channels were charged', () => {
  it('waits below the value and the age, and is collected, many channels at once, when it is old enough', async () => {
    const env = gatewayEnv(scene.chain, [scene.listing]);
    const first = await startGateway(env, { loops: true });
    const channels = [await calls(first.url, 2), await calls(first.url, 1), await calls(first.url, 3)];
    const ids = channels.map(([receipt]) => receipt!.paymentRef);
    const sent = await sentBy(scene.chain);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(await Promise.all(ids.map(bookedOf))).toEqual([0n, 0n, 0n]);
    expect(await sentBy(scene.chain)).toBe(sent);
    await first.stop();
    const second = await startGateway({ ...env, COLLECT_AFTER: '1' }, { loops: true });
    await waitFor(async () => (await bookedOf(ids[2]!)) === 3n * PRICE);
    expect(await Promise.all(ids.map(bookedOf))).toEqual([2n * PRICE, PRICE, 3n * PRICE]);
    await waitFor(async () => stored(env, `SELECT 1 FROM channel WHERE distributed = charged`).length === 3);
    // One collects, one fetches the money, one splits it and one pays the host.
    expect(await sentBy(scene.chain)).toBe(sent + 4);
    await second.stop();
    for (const receipts of channels)
      for (const receipt of receipts) expect(await isBooked(scene.chain.as(KEYS.BUYER), receipt)).toBe(true);
  });

  it('is collected at once where a channel owes much, and its host is paid its share', async () => {
    const before = await dollarsOf(scene.chain, HOST.address);
    await withGateway({ COLLECT_ABOVE: String(2n * PRICE) }, async ({ url }) => {
      const [few, many] = [await calls(url, 2), await calls(url, 3)];
      await waitFor(async () => (await bookedOf(many[0]!.paymentRef)) === 3n * PRICE);
      expect(await bookedOf(few[0]!.paymentRef)).toBe(0n);
      await waitFor(async () => (await dollarsOf(scene.chain, HOST.address)) > before);
    });
  });

  it('waits for cheaper gas where that is dear, until it may wait no longer', async () => {
    const env = gatewayEnv(scene.chain, [scene.listing], { COLLECT_AFTER: '0', COLLECT_GAS_PRICE: '1' });
    const gateway = await startGateway(env, { loops: true });
    const { paymentRef } = (await calls(gateway.url, 1))[0]!;
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(await bookedOf(paymentRef)).toBe(0n);
    const store = await openGatewayStore(join(env['DATA_DIR']!, 'gateway.sqlite'));
    const since = Date.now() - 12.1 * 3_600_000;
    await store.db.updateTable('channel').set({ uncollected_since: since }).execute();
    await store.close();
    await waitFor(async () => (await bookedOf(paymentRef)) === PRICE);
    await gateway.stop();
  });

  it('is collected at once where a use is contested', async () => {
    const nonceSalt: Hex = `0x${'31'.repeat(32)}`;
    await withGateway({}, async ({ url }) => {
      const call = completionAt(url, { seed: 1 });
      const { client } = channelClient(scene.chain, { salt: ++salt });
      const response = await wrapFetchWithPayment(fetch, client)(call.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'oml-request-nonce': requestNonce(CLAIMANT.address, nonceSalt),
        },
        body: JSON.stringify(call.body),
      });
      const { oml } = (await response.json()) as { oml: { signature: Hex } };
      const receipt = receiptIn(response);
      await claimUnpaidUse(scene.chain, { signedReceipt: { receipt, signature: oml.signature }, nonceSalt });
      await waitFor(async () => (await bookedOf(receipt.paymentRef)) === PRICE);
    });
  });

  it('is collected once by a gateway that was killed after it sent that and before its block', async () => {
    const env = gatewayEnv(scene.chain, [scene.listing], { COLLECT_AFTER: '2' });
    const controls = controlsOf(scene.chain);
    const first = await launch(env);
    const { paymentRef } = (await calls(first.url, 1))[0]!;
    const before = await sentBy(scene.chain);
    await controls.setIntervalMining({ interval: 0 });
    await waitFor(async () => (await sentBy(scene.chain)) === before + 1);
    await first.kill();
    await controls.mine({ blocks: 1 });
    await controls.setIntervalMining({ interval: 1 });
    expect(await bookedOf(paymentRef)).toBe(PRICE);
    const second = await launch(env);
    await waitFor(async () => stored(env, `SELECT 1 FROM channel WHERE distributed = charged`).length === 1);
    await second.kill();
    // It was collected by the first; the second fetches, splits and pays out.
    expect(await sentBy(scene.chain)).toBeLessThanOrEqual(before + 4);
    expect(await onChain(scene.chain, paymentRef)).toEqual({ balance: 10n * PRICE, claimed: PRICE });
  });

  it('is collected again where a rollback dropped that', async () => {
    const { chain } = scene;
    await bindKey(chain, KEYS.POOR_SIGNER);
    const env = gatewayEnv(chain, [scene.listing], { COLLECT_AFTER: '2', SETTLE_DEPTH: '6' });
    const first = await startGateway({ ...env, SETTLE_DEPTH: '1' });
    const { paymentRef } = (await calls(first.url, 1))[0]!;
    await controlsOf(chain).mine({ blocks: 12 });
    await first.stop();
    const second = await startGateway(env, { loops: true });
    await waitFor(async () => (await bookedOf(paymentRef)) === PRICE);
    const [{ seen_block: seen }] = await sighting(env);
    await second.stop();
    const depth = Number(await chain.as(KEYS.BUYER).publicClient.getBlockNumber()) - seen + 3;
    await controlsOf(chain).request({ method: 'anvil_reorg' as never, params: [depth, []] as never });
    expect(await bookedOf(paymentRef)).toBe(0n);
    // The second one's gas account counts a transaction that is no more.
    const third = await startGateway({ ...env, GAS_KEY: KEYS.POOR_SIGNER }, { loops: true });
    await waitFor(async () => (await bookedOf(paymentRef)) === PRICE);
    await waitFor(async () => stored(env, `SELECT 1 FROM channel WHERE booked = charged`).length === 1);
    await third.stop();
  });
});

async function sighting(env: Record<string, string>): Promise<[{ seen_block: number }]> {
  const rows = () => stored<{ seen_block: number }>(env, 'SELECT seen_block FROM channel WHERE seen_block IS NOT NULL');
  await waitFor(async () => rows().length === 1);
  return rows() as [{ seen_block: number }];
}
