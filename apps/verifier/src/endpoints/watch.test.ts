import { serve } from '@hono/node-server';
import { LICENSE_STATE } from '@oml/protocol/chain/license-state';
import { guardFor } from '@oml/service/guarded-fetch';
import { Hono } from 'hono';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LicenseView, Served } from '../chain/hosts.ts';
import type { Look } from './figures.ts';
import { createEndpointWatch } from './watch.ts';

const [TOKEN, VAULT, OTHER] = ['01', '02', '03'].map((byte) => `0x${byte.repeat(20)}`) as `0x${string}`[];
const deployment = { chainId: 31_337, contracts: { token: TOKEN } } as never;
const FLOOR = 1_000n;
let server: ReturnType<typeof serve>;
let url: string;
let quote: object | undefined;

beforeAll(async () => {
  const app = new Hono();
  app.post('/v1/quote', (c) => (quote ? c.json(quote) : c.json({}, 404)));
  await new Promise<void>((listening) => {
    server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => listening());
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

const license = (licenseId: bigint): LicenseView =>
  ({ licenseId, modelId: 1n, termsId: 1, vault: VAULT, state: LICENSE_STATE.ACTIVE, endpoint: url }) as LicenseView;
const listed = (change: Partial<Served> = {}): Served =>
  ({
    model: 'fable-mini',
    kind: 'language',
    licenseId: 1n,
    modelId: 1n,
    vault: VAULT,
    token: TOKEN,
    price: 2_000n,
    ...change,
  }) as Served;

/** What it writes down of the license at an endpoint that serves this. */
async function lookAt(served: Served[] | Error): Promise<Omit<Look, 'at'>> {
  const seen: Look[] = [];
  const watch = createEndpointWatch({
    chain: { deployment },
    hosts: {
      licenses: async () => [license(1n), { ...license(2n), state: LICENSE_STATE.CLOSED }],
      served: async () => (served instanceof Error ? Promise.reject(served) : served),
      floorPrice: async () => FLOOR,
    },
    looks: { add: async (_, look) => void seen.push(look), forget: async () => {}, of: async () => [] },
    guard: guardFor(deployment, { timeoutMs: 5_000, maxBytes: 1 << 16 }),
    now: () => 0,
  });
  await watch();
  const [{ at: _, ...look }, ...more] = seen as [Look];
  expect(more).toEqual([]);
  return look;
}

const told = (change: object = {}) => ({
  object: 'oml.quote',
  model: 'fable-mini',
  ceiling: '1500',
  priceVersion: `0x${'07'.repeat(32)}`,
  network: 'eip155:31337',
  token: TOKEN,
  payTo: VAULT,
  inputTokens: 3,
  mostOutputTokens: 16,
  price: '2000',
  ...change,
});

it('writes down what a question would cost, and that the chain says the same', async () => {
  quote = told();
  expect(await lookAt([listed()])).toMatchObject({ isUp: true, asked: 1_500n, holds: true });
  quote = undefined;
  expect(await lookAt([listed()])).toMatchObject({ isUp: true, asked: 2_000n, holds: true });
});

it.each<[string, object | undefined, Partial<Served>]>([
  ['another payee', told({ payTo: OTHER }), {}],
  ['another token', told({ token: OTHER }), {}],
  ['more than it lists', told({ ceiling: '2001' }), {}],
  ['less than the floor of its terms', undefined, { price: FLOOR - 1n }],
  ['a listed vault of its own', undefined, { vault: OTHER! }],
  ['another model', undefined, { modelId: 2n }],
])('says so where it asks for %s', async (_, asked, change) => {
  quote = asked;
  expect(await lookAt([listed(change)])).toMatchObject({ isUp: true, holds: false });
});

it.each<[string, Served[] | Error]>([
  ['answers nothing', new Error('gone')],
  ['lists nothing', []],
  ['lists another license', [listed({ licenseId: 9n })]],
])('is down where it %s', async (_, served) => {
  expect(await lookAt(served)).toMatchObject({ isUp: false, asked: null, holds: null });
});
