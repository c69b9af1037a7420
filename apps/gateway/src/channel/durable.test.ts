import { openStorePlace, type StorePlace } from '@oml/program/test-support/stores';
import { wrapFetchWithPayment } from '@x402/fetch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { controlsOf, KEYS, waitFor } from '../../test-support/chain-fixture.ts';
import { channelClient, onChain, postVoucher, receiptIn, voucherFor, voucherOf } from '../../test-support/channels.ts';
import { bindKey, gatewayEnv, startGateway, type RunningGateway } from '../../test-support/host-fixture.ts';
import { killLaunched, launch, stored } from '../../test-support/launched.ts';
import { sentBy } from '../../test-support/one-block.ts';
import { completionAt, openScene, PRICE, type Scene } from '../../test-support/scene.ts';
import { post } from '../../test-support/x402-fixture.ts';

let scene: Scene;
let salt = 200;

beforeAll(async () => {
  scene = await openScene();
});
afterAll(async () => {
  killLaunched();
  await scene?.chain.stop();
});

const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;
const signatureIn = (events: string) => /"signature":"0x[0-9a-f]+"/.exec(events)![0];
const at = (url: string, to: string) => ({ url: url.replace(/^http:\/\/[^/]+/, to) });

describe('a gateway that is killed', () => {
  it('between the voucher and its answer: answers the same voucher, charged once, and no other in its place', async () => {
    const env = gatewayEnv(scene.chain, [scene.listing]);
    const first = await launch(env);
    const buyer = channelClient(scene.chain, { salt: ++salt });
    const opening = completionAt(first.url);
    await postVoucher(buyer, opening, await voucherFor(buyer, opening));
    const call = completionAt(first.url, { stream: true, max_tokens: 110, temperature: 1 });
    const voucher = await voucherFor(buyer, call);
    expect((await post(call, voucher)).status).toBe(200);
    await first.kill();
    expect(stored(env, `SELECT signature FROM charge WHERE state = 'open'`)).toEqual([
      { signature: voucherOf(voucher).signature },
    ]);
    const second = await launch(env);
    const events = await (await post({ ...call, ...at(call.url, second.url) }, voucher)).text();
    expect(events).toContain(`"cumulative":"${2n * PRICE}"`);
    const again = await (await post({ ...call, ...at(call.url, second.url) }, voucher)).text();
    expect(signatureIn(again)).toBe(signatureIn(events));
    const other = completionAt(second.url, { seed: 3 });
    expect(await codeOf(await post(other, voucher))).toBe('VOUCHER_MISMATCH');
    await second.kill();
    expect(stored(env, `SELECT charged FROM channel`)).toEqual([{ charged: String(2n * PRICE) }]);
  });

  it('after it sent a deposit and before its block: deposits once, and answers', async () => {
    const env = gatewayEnv(scene.chain, [scene.listing]);
    const controls = controlsOf(scene.chain);
    const first = await launch(env);
    const buyer = channelClient(scene.chain, { salt: ++salt });
    const call = completionAt(first.url);
    const voucher = await voucherFor(buyer, call);
    const before = await sentBy(scene.chain);
    await controls.setIntervalMining({ interval: 0 });
    const lost = post(call, voucher).catch(() => undefined);
    await waitFor(async () => (await sentBy(scene.chain)) === before + 1);
    await first.kill();
    await lost;
    await controls.mine({ blocks: 1 });
    await controls.setIntervalMining({ interval: 1 });
    const second = await launch(env);
    const answer = await post({ ...call, ...at(call.url, second.url) }, voucher);
    expect(receiptIn(answer).cumulative).toBe(PRICE);
    await second.kill();
    expect(await onChain(scene.chain, voucherOf(voucher).channelId)).toEqual({ balance: 10n * PRICE, claimed: 0n });
    expect(await sentBy(scene.chain)).toBe(before + 1);
  });
});

describe('two gateways of one host on one store', () => {
  let place: StorePlace;
  let replicas: RunningGateway[];
  beforeAll(async () => {
    await bindKey(scene.chain, KEYS.POOR_SIGNER);
    place = await openStorePlace('postgres');
    const shared = { STORE: await place.create() };
    replicas = [
      await startGateway(gatewayEnv(scene.chain, [scene.listing], shared)),
      await startGateway(gatewayEnv(scene.chain, [scene.listing], { ...shared, GAS_KEY: KEYS.POOR_SIGNER })),
    ];
  });
  afterAll(async () => {
    for (const replica of replicas ?? []) await replica.stop();
    await place?.stop();
  });
  const both = (body: Record<string, unknown>[]) => replicas.map(({ url }, i) => completionAt(url, body[i]));

  it('share a channel: what one charged the other goes on from', async () => {
    const buyer = channelClient(scene.chain, { salt: ++salt });
    const pay = wrapFetchWithPayment(fetch, buyer.client);
    for (let n = 1; n <= 6; n++) {
      const call = completionAt(replicas[n % 2]!.url, { seed: n });
      const response = await pay(call.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(call.body),
      });
      expect(receiptIn(response).cumulative).toBe(BigInt(n) * PRICE);
    }
  });

  it('answer one of two requests with one voucher that reached both at once', async () => {
    const buyer = channelClient(scene.chain, { salt: ++salt });
    const [opening] = both([{}, {}]);
    await postVoucher(buyer, opening!, await voucherFor(buyer, opening!));
    for (let round = 0; round < 4; round++) {
      const calls = both([{ seed: 2 * round }, { seed: 2 * round + 1 }]);
      const voucher = await voucherFor(buyer, calls[0]!);
      const responses = await Promise.all(calls.map((call) => post(call, voucher)));
      const answered = responses.filter(({ ok }) => ok);
      expect(answered).toHaveLength(1);
      const winner = calls[responses.indexOf(answered[0]!)]!;
      expect(receiptIn(answered[0]!).cumulative).toBe(BigInt(round + 2) * PRICE);
      await postVoucher(buyer, winner, voucher);
    }
  });
});
