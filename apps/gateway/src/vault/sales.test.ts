import { createLogger } from '@oml/service/logger';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { controlsOf, GAS, KEYS, waitFor } from '../../test-support/chain-fixture.ts';
import { gatewayEnv, startGateway, type RunningGateway } from '../../test-support/host-fixture.ts';
import { completionAt, openScene, type Scene } from '../../test-support/scene.ts';
import { channelClient, postVoucher, voucherFor, type ChannelClient } from '../../test-support/channels.ts';
import { payFor, post, type PostedCall } from '../../test-support/x402-fixture.ts';
import { oldestUncollected } from '../channel/collection.ts';
import { openGatewayStore, type GatewayStore } from '../store.ts';
import { createSales } from './sales.ts';

const HOUR = 3_600_000;

let scene: Scene;
let gateway: RunningGateway;
let store: GatewayStore;
let call: PostedCall;
let buyer: ChannelClient;

beforeAll(async () => {
  scene = await openScene();
  const env = gatewayEnv(scene.chain, [scene.listing], { COLLECT_AFTER: '43200' });
  gateway = await startGateway(env, { loops: true });
  store = await openGatewayStore(join(env['DATA_DIR']!, 'gateway.sqlite'));
  call = completionAt(gateway.url);
  buyer = channelClient(scene.chain, { salt: 1 });
  expect((await postVoucher(buyer, call, await voucherFor(buyer, call))).status).toBe(200);
});
afterAll(async () => {
  await store?.close();
  await gateway?.stop();
  await scene?.chain.stop();
});

/** What a buyer without a payment, one with an authorization, and one with a voucher hear. */
async function refusals(exact: Awaited<ReturnType<typeof payFor>>, voucher: typeof exact) {
  const responses = [await post(call), await post(call, exact), await post(call, voucher)];
  return Promise.all(
    responses.map(async (response) => ({
      status: response.status,
      comeAgain: response.headers.get('retry-after'),
      ...((await response.json()) as { code: string; detail: string }),
    })),
  );
}
const ready = async () => (await fetch(`${gateway.url}/ready`)).status;

describe('a gateway whose gas account is empty', () => {
  afterEach(() => controlsOf(scene.chain).setBalance({ address: GAS.address, value: 10n ** 22n }));

  it('takes no payment of either kind, says why, and goes on when it is filled', async () => {
    const answered = await payFor(scene.chain, call);
    expect((await post(call, answered)).status).toBe(200);
    const [exact, voucher] = [await payFor(scene.chain, call), await voucherFor(buyer, call)];
    await controlsOf(scene.chain).setBalance({ address: GAS.address, value: 10n ** 9n });
    await waitFor(async () => (await ready()) === 503);
    const cost = await scene.costOf(async () => {
      for (const refusal of await refusals(exact, voucher))
        expect(refusal).toMatchObject({ status: 503, code: 'GAS_EMPTY', comeAgain: '60', gasAccount: GAS.address });
      // What was paid before is owed its answer.
      expect((await post(call, answered)).status).toBe(200);
    });
    expect(cost).toBe(0n);
    expect(await (await fetch(`${gateway.url}/ready`)).json()).toMatchObject({ ready: false, code: 'GAS_EMPTY' });
    expect((await fetch(`${gateway.url}/v2/health/ready`)).status).toBe(503);
    await controlsOf(scene.chain).setBalance({ address: GAS.address, value: 10n ** 22n });
    await waitFor(async () => (await ready()) === 200);
    expect((await postVoucher(buyer, call, voucher)).status).toBe(200);
  });
});

describe('a gateway that is behind with booking', () => {
  const waitingFor = (hours: number) =>
    store.db
      .updateTable('channel')
      .set({ uncollected_since: Date.now() - hours * HOUR })
      .execute();

  it('sells while what is due has its time, and stops before it would become an offence', async () => {
    const logger = createLogger('test');
    logger.level = 'silent';
    const sales = createSales({ chain: scene.chain.as(KEYS.GAS), store, gas: GAS, logger });
    await waitingFor(17.9);
    await sales.look();
    expect(sales.check).not.toThrow();
    await waitingFor(18.1);
    await sales.look();
    expect(sales.check).toThrow(expect.objectContaining({ code: 'BOOKING_BEHIND', retryable: true }));
  });

  it('asks nobody for money, and sells again when it has caught up', async () => {
    await waitFor(async () => (await oldestUncollected(store)) === undefined && (await ready()) === 200);
    // A chain that takes nothing in: what is sold now can't be collected, and its time runs out.
    await controlsOf(scene.chain).setIntervalMining({ interval: 0 });
    expect((await postVoucher(buyer, call, await voucherFor(buyer, call))).status).toBe(200);
    const [exact, voucher] = [await payFor(scene.chain, call), await voucherFor(buyer, call)];
    await waitingFor(23);
    await waitFor(async () => (await ready()) === 503);
    const cost = await scene.costOf(async () => {
      for (const refusal of await refusals(exact, voucher))
        expect(refusal).toMatchObject({ status: 503, code: 'BOOKING_BEHIND', comeAgain: '60' });
    });
    expect(cost).toBe(0n);
    await controlsOf(scene.chain).setIntervalMining({ interval: 1 });
    await waitFor(async () => (await ready()) === 200);
    expect((await post(call, exact)).status).toBe(200);
  });
});
