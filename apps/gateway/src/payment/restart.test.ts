import type { PaymentPayload } from '@x402/core/types';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUYER, controlsOf, GAS, KEYS, waitFor } from '../../test-support/chain-fixture.ts';
import { gatewayEnv, startGateway } from '../../test-support/host-fixture.ts';
import { killLaunched, launch, stored } from '../../test-support/launched.ts';
import { sentBy } from '../../test-support/one-block.ts';
import { startRpcProxy } from '@oml/program/test-support/rpc-proxy';
import { completionAt, openScene, PRICE, type Scene } from '../../test-support/scene.ts';
import { broadcast, cancelCall, sentOf } from '../../test-support/strangers.ts';
import { payFor, post } from '../../test-support/x402-fixture.ts';
import { openGatewayStore } from '../store.ts';
import { openPayment } from './ledger.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await openScene({ isMixed: true });
});
afterAll(async () => {
  killLaunched();
  await scene?.chain.stop();
});

describe('a gateway that is killed in the middle', () => {
  it('after the payment settled, before the answer: gives the answer to the same payment, charged once', async () => {
    const env = gatewayEnv(scene.chain, [scene.listing]);
    const first = await launch(env);
    const call = completionAt(first.url, { stream: true, max_tokens: 110, temperature: 1 });
    const payment = await payFor(scene.chain, call);
    let events = '';
    const cost = await scene.costOf(async () => {
      const response = await post(call, payment);
      expect(response.status).toBe(200);
      await first.kill();
      expect(stored(env, `SELECT 1 FROM payment WHERE state = 'settled'`)).toHaveLength(1);
      expect(stored(env, 'SELECT 1 FROM answer')).toHaveLength(0);
      const second = await launch(env);
      events = await (await post({ ...call, url: call.url.replace(first.url, second.url) }, payment)).text();
      await second.kill();
    });
    expect(cost).toBe(PRICE);
    expect(events).toContain('oml.receipt');
    expect(events.trimEnd().endsWith('data: [DONE]')).toBe(true);
  });

  it('while the payment is on its way to a block: takes it up again, charged once', async () => {
    const env = gatewayEnv(scene.chain, [scene.listing]);
    const first = await launch(env);
    const call = completionAt(first.url);
    const payment = await payFor(scene.chain, call);
    const controls = controlsOf(scene.chain);
    const cost = await scene.costOf(async () => {
      // Without a block the state stays for as long as a slow machine needs to see it.
      await controls.setIntervalMining({ interval: 0 });
      const lost = post(call, payment).catch(() => undefined);
      await waitFor(async () => stored(env, `SELECT 1 FROM payment WHERE state = 'settling'`).length === 1);
      await first.kill();
      await controls.setIntervalMining({ interval: 1 });
      await lost;
      const second = await launch(env);
      const again = await post({ ...call, url: call.url.replace(first.url, second.url) }, payment);
      expect(again.status).toBe(200);
      await second.kill();
    });
    expect(cost).toBe(PRICE);
    expect(stored(env, `SELECT 1 FROM payment WHERE state = 'settled'`)).toHaveLength(1);
  });

  it('after the broadcast, before its block: waits for that, and sends no second one', async () => {
    const env = gatewayEnv(scene.chain, [scene.listing]);
    const first = await launch(env);
    const call = completionAt(first.url);
    const payment = await payFor(scene.chain, call);
    const controls = controlsOf(scene.chain);
    const before = await sentBy(scene.chain);
    const cost = await scene.costOf(async () => {
      await controls.setIntervalMining({ interval: 0 });
      const lost = post(call, payment).catch(() => undefined);
      await waitFor(async () => (await sentBy(scene.chain)) === before + 1);
      await first.kill();
      await lost;
      const second = await launch(env);
      const again = post({ ...call, url: call.url.replace(first.url, second.url) }, payment);
      await new Promise((resolve) => setTimeout(resolve, 500));
      await controls.mine({ blocks: 1 });
      await controls.setIntervalMining({ interval: 1 });
      expect((await again).status).toBe(200);
      await second.kill();
    });
    expect(cost).toBe(PRICE);
    expect(await sentBy(scene.chain)).toBe(before + 1);
  });
});

describe('a gateway that was killed and comes back at a node that lags behind', () => {
  it('forgets nothing that it sent: the payment gets its answer when the node has caught up, charged once', async () => {
    const env = gatewayEnv(scene.chain, [scene.listing]);
    const first = await launch(env);
    const call = completionAt(first.url);
    const payment = await payFor(scene.chain, call);
    const proxy = await startRpcProxy(scene.chain.rpcUrl);
    const { publicClient } = scene.chain.as(KEYS.BUYER);
    const before = await publicClient.getBlockNumber();
    const sent = await sentBy(scene.chain);
    const cost = await scene.costOf(async () => {
      const lost = post(call, payment).catch(() => undefined);
      await waitFor(async () => (await sentBy(scene.chain)) === sent + 1);
      await first.kill();
      await lost;
      await waitFor(async () => (await publicClient.getTransactionCount({ address: GAS.address })) === sent + 1);
      proxy.lagAt(before);
      const second = await startGateway({ ...env, RPC_URL: proxy.url });
      const again = () => post({ ...call, url: call.url.replace(first.url, second.url) }, payment);
      const early = await again();
      expect(await early.json()).toMatchObject({ code: 'PAYMENT_UNSETTLED' });
      expect(stored(env, 'SELECT 1 FROM payment')).toHaveLength(1);
      proxy.mend();
      expect((await again()).status).toBe(200);
      await second.stop();
    });
    await proxy.stop();
    expect(cost).toBe(PRICE);
    expect(await sentBy(scene.chain)).toBe(sent + 1);
  });
});

describe('an authorization that others touch', () => {
  it('is credited when a stranger broadcast it first, for one request only, if the gateway says that it is the only one', async () => {
    const gateway = await startGateway(gatewayEnv(scene.chain, [scene.listing], { CREDIT_STRANGERS: 'true' }));
    const call = completionAt(gateway.url);
    const payment = await payFor(scene.chain, call);
    const cost = await scene.costOf(async () => {
      await broadcast(scene.chain, payment);
      expect((await post(call, payment)).status).toBe(200);
      const other = await post(completionAt(gateway.url, { prompt: 'The little fox' }), payment);
      expect(await other.json()).toMatchObject({ code: 'PAYMENT_USED' });
    });
    expect(cost).toBe(PRICE);
    await gateway.stop();
  });

  it('is answered by one of two gateways on one license, however it is spread', async () => {
    const replicas = [
      await startGateway(gatewayEnv(scene.chain, [scene.listing])),
      await startGateway(gatewayEnv(scene.chain, [scene.listing], { GAS_KEY: KEYS.OUTSIDER })),
    ];
    const calls = replicas.map(({ url }, i) => completionAt(url, { seed: i }));
    const atOnce = await payFor(scene.chain, calls[0]!);
    const inTurn = await payFor(scene.chain, calls[0]!);
    const codes: string[] = [];
    const note = async (response: Response) =>
      void codes.push(response.ok ? 'answered' : ((await response.json()) as { code: string }).code);
    const cost = await scene.costOf(async () => {
      await Promise.all(calls.map(async (call) => note(await post(call, atOnce))));
      for (const call of calls) await note(await post(call, inTurn));
    });
    expect(cost).toBe(PRICE * 2n);
    expect(codes.slice(0, 2).sort()).toEqual(['PAYMENT_USED', 'answered']);
    expect(codes.slice(2)).toEqual(['answered', 'PAYMENT_USED']);
    for (const replica of replicas) await replica.stop();
  });

  it('is refused as used when its payer cancelled it', async () => {
    const gateway = await startGateway(gatewayEnv(scene.chain, [scene.listing]));
    const call = completionAt(gateway.url);
    const payment = await payFor(scene.chain, call);
    await scene.chain.as(KEYS.BUYER).send(await cancelCall(scene.chain, payment));
    const response = await post(call, payment);
    expect(response.status).toBe(402);
    expect(await response.json()).toMatchObject({ code: 'PAYMENT_USED' });
    await gateway.stop();
  });
});

describe('a payment whose client never came back', () => {
  it('is booked if it is on the chain, and forgotten only when it can never get there', async () => {
    const env = gatewayEnv(scene.chain, [scene.listing], { CREDIT_STRANGERS: 'true' });
    const host = await startGateway(env);
    const [landed, lost, alive] = [
      await payFor(scene.chain, completionAt(host.url)),
      await payFor(scene.chain, completionAt(host.url), (offer) => (offer.maxTimeoutSeconds = 4)),
      await payFor(scene.chain, completionAt(host.url)),
    ];
    await host.stop();
    const refs = await leaveInTheMiddle(env, [landed, lost, alive]);
    await broadcast(scene.chain, landed);
    const gateway = await startGateway(env, { loops: true });
    await waitFor(async () => stored(env, 'SELECT 1 FROM payment WHERE booked_at IS NOT NULL').length === 1);
    const kept = () =>
      stored<{ payment_ref: Hex }>(env, 'SELECT payment_ref FROM payment').map((row) => row.payment_ref);
    expect(kept()).toContain(refs[2]);
    await waitFor(async () => !kept().includes(refs[1]!));
    await gateway.stop();
    expect(kept().toSorted()).toEqual([refs[0], refs[2]].toSorted());
  });
});

/** What a process that died between writing down and broadcasting leaves behind. */
async function leaveInTheMiddle(env: Record<string, string>, payments: PaymentPayload[]): Promise<Hex[]> {
  const store = await openGatewayStore(join(env['DATA_DIR']!, 'gateway.sqlite'));
  const { token } = scene.chain.deployment.contracts;
  const refs: Hex[] = [];
  for (const [i, payment] of payments.entries()) {
    const { payload: _, ...sent } = sentOf(scene.chain, payment);
    const nonce: Hex = `0x${String(i).padStart(64, '0')}`;
    const request = { requestNonce: nonce, requestHash: nonce, holder: null };
    expect(await openPayment(store, { ...sent, network: 'eip155:31337', asset: token, ...request })).toBe(true);
    refs.push(sent.paymentRef);
  }
  await store.db
    .updateTable('payment')
    .set((row) => ({ created_at: row('created_at', '-', 600_000) }))
    .execute();
  await store.close();
  return refs;
}

describe('what is kept on disk', () => {
  it('does not show what was asked or answered', async () => {
    const env = gatewayEnv(scene.chain, [scene.listing]);
    const gateway = await startGateway(env);
    const prompt = 'The quiet dragon sang';
    const call = completionAt(gateway.url, { prompt, max_tokens: 30 });
    const { choices } = (await (await post(call, await payFor(scene.chain, call))).json()) as {
      choices: [{ text: string }];
    };
    expect(choices[0].text.length).toBeGreaterThan(20);
    const files = ['gateway.sqlite', 'gateway.sqlite-wal']
      .map((name) => readFileSync(join(env['DATA_DIR']!, name), 'latin1'))
      .join('');
    expect(files).toContain(BUYER.address);
    expect(files).not.toContain(prompt);
    expect(files).not.toContain(choices[0].text.trim().slice(0, 20));
    await gateway.stop();
  });
});
