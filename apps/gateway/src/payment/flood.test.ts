import { startRpcProxy, type RpcProxy } from '@oml/program/test-support/rpc-proxy';
import type { PaymentPayload } from '@x402/core/types';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { channelClient, postVoucher, voucherFor, type ChannelClient } from '../../test-support/channels.ts';
import { gatewayEnv, startGateway, type RunningGateway } from '../../test-support/host-fixture.ts';
import { requestsOfCalls } from '../../test-support/rpc-count.ts';
import { completionAt, openScene, type Scene } from '../../test-support/scene.ts';
import { payFor, post, type PostedCall } from '../../test-support/x402-fixture.ts';

let scene: Scene;
let proxy: RpcProxy;
let gateway: RunningGateway;
let call: PostedCall;
let buyer: ChannelClient;
let forged: Record<'exact' | 'voucher' | 'deposit', () => PaymentPayload>;

beforeAll(async () => {
  scene = await openScene({ isMixed: true });
  const { chain, listing } = scene;
  proxy = await startRpcProxy(chain.rpcUrl);
  gateway = await startGateway(gatewayEnv(chain, [listing], { RPC_URL: proxy.url }), { loops: true });
  call = completionAt(gateway.url);
  buyer = channelClient(chain, { salt: 1 });
  const deposit = await voucherFor(buyer, call);
  expect((await postVoucher(buyer, call, deposit)).status).toBe(200);
  const [exact, voucher] = [await payFor(chain, call), await voucherFor(buyer, call)];
  forged = {
    exact: () => ({ ...exact, payload: { ...exact.payload, signature: unsigned() } }),
    voucher: () => withVoucher(voucher),
    deposit: () => withVoucher(deposit),
  };
  // What goes on beside the calls asks the chain, too.
  await Promise.all(gateway.loops.map((loop) => loop.stop()));
});
afterAll(async () => {
  await gateway?.stop();
  await proxy?.stop();
  await scene?.chain.stop();
});
/** What a key might have made, and none of them did. */
const unsigned = () => `0x${randomBytes(32).toString('hex')}${'1'.padStart(64, '0')}1b`;
const withVoucher = (payment: PaymentPayload): PaymentPayload => ({
  ...payment,
  payload: { ...payment.payload, voucher: { ...(payment.payload['voucher'] as object), signature: unsigned() } },
});
/** The proxy on this machine says who asks. */
const sendFrom = (peer: string, payment: PaymentPayload) =>
  post({ ...call, headers: { 'x-forwarded-for': peer } }, payment);

it.each([
  ['exact', '198.51.100.1'],
  ['voucher', '198.51.100.2'],
  ['deposit', '198.51.100.3'],
] as const)('a bad signature costs no request to the chain: %s', async (kind, peer) => {
  const ofCalls = requestsOfCalls(scene.chain, proxy);
  const before = ofCalls();
  for (let n = 0; n < 5; n++) expect((await sendFrom(peer, forged[kind]())).status).toBe(402);
  expect(ofCalls() - before).toBe(0);
});

it('a flood of them, of both kinds, turns its own address away, and neither other strangers nor buyers', async () => {
  const ofCalls = requestsOfCalls(scene.chain, proxy);
  const before = ofCalls();
  const flood = Array.from({ length: 300 }, (_, n) =>
    sendFrom('198.51.100.4', forged[n % 2 ? 'exact' : 'voucher']()).then(({ status }) => status),
  );
  const [honest, other, same] = await Promise.all([
    voucherFor(buyer, call).then((voucher) => postVoucher(buyer, call, voucher)),
    sendFrom('198.51.100.5', forged.exact()),
    // Who signs is served, whoever else has that address.
    payFor(scene.chain, call).then((payment) => sendFrom('198.51.100.4', payment)),
  ]);
  expect([honest.status, other.status, same.status]).toEqual([200, 402, 200]);
  const statuses = await Promise.all(flood);
  expect(new Set(statuses)).toEqual(new Set([402, 503]));
  // Those who pay are looked up, and theirs is sent.
  expect(ofCalls() - before).toBeLessThan(20);
});
