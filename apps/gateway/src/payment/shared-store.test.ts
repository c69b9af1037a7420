import { openStorePlace, type StorePlace } from '@oml/program/test-support/stores';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KEYS } from '../../test-support/chain-fixture.ts';
import { gatewayEnv, startGateway, type RunningGateway } from '../../test-support/host-fixture.ts';
import { completionAt, openScene, PRICE, type Scene } from '../../test-support/scene.ts';
import { payFor, post } from '../../test-support/x402-fixture.ts';

let scene: Scene;
let place: StorePlace;
let replicas: RunningGateway[];

beforeAll(async () => {
  scene = await openScene();
  place = await openStorePlace('postgres');
  const shared = { STORE: await place.create() };
  replicas = [
    await startGateway(gatewayEnv(scene.chain, [scene.listing], shared)),
    await startGateway(gatewayEnv(scene.chain, [scene.listing], { ...shared, GAS_KEY: KEYS.OUTSIDER })),
  ];
});
afterAll(async () => {
  for (const replica of replicas ?? []) await replica.stop();
  await place?.stop();
  await scene?.chain.stop();
});

interface Answered {
  code?: string;
  retryable?: boolean;
  oml?: unknown;
}

describe('two gateways of one host on one store', () => {
  it('answer a payment that reached both at once with one receipt, charged once', async () => {
    const calls = replicas.map(({ url }) => completionAt(url, { temperature: 1 }));
    const payment = await payFor(scene.chain, calls[0]!);
    const ask = (call: (typeof calls)[number]) =>
      post(call, payment).then((answer) => answer.json() as Promise<Answered>);
    const cost = await scene.costOf(async () => {
      const atOnce = await Promise.all(calls.map(ask));
      const again = [await ask(calls[0]!), await ask(calls[1]!)];
      const [receipt, ...others] = [...atOnce, ...again].flatMap(({ oml }) => oml ?? []);
      expect(others.length).toBeGreaterThanOrEqual(2);
      for (const other of others) expect(other).toEqual(receipt);
      // The slower one is told to come again; which words it hears depends on how far the other was.
      for (const { code, retryable } of atOnce.filter(({ oml }) => !oml))
        expect([code, retryable]).toEqual([expect.stringMatching(/^(PAYMENT_UNSETTLED|CONFLICT)$/), true]);
    });
    expect(cost).toBe(PRICE);
  });

  it('know each what the other was paid for', async () => {
    const [here, there] = replicas.map(({ url }) => url) as [string, string];
    const call = completionAt(here);
    const payment = await payFor(scene.chain, call);
    expect((await post(call, payment)).status).toBe(200);
    const other = await post(completionAt(there, { prompt: 'The little fox' }), payment);
    expect(await other.json()).toMatchObject({ code: 'PAYMENT_USED' });
  });
});
