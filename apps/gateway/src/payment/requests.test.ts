import { startRpcProxy } from '@oml/program/test-support/rpc-proxy';
import { expect, it } from 'vitest';
import { KEYS, OUTSIDER, waitFor } from '../../test-support/chain-fixture.ts';
import { channelClient, postVoucher, voucherFor } from '../../test-support/channels.ts';
import { gatewayEnv, giveDollars, startGateway } from '../../test-support/host-fixture.ts';
import { requestsOfCalls } from '../../test-support/rpc-count.ts';
import { completionAt, openScene } from '../../test-support/scene.ts';
import { payFor, post } from '../../test-support/x402-fixture.ts';

it('asks the chain at most twice for a call that is paid exactly, and never for one out of a channel', async () => {
  const { chain, listing } = await openScene();
  await giveDollars(chain, OUTSIDER.address);
  const proxy = await startRpcProxy(chain.rpcUrl);
  const gateway = await startGateway(gatewayEnv(chain, [listing], { RPC_URL: proxy.url }), { loops: true });
  const ofCalls = requestsOfCalls(chain, proxy);
  const call = completionAt(gateway.url);
  const buyer = channelClient(chain, { salt: 1 });
  const payFromChannel = async () =>
    expect((await postVoucher(buyer, call, await voucherFor(buyer, call))).status).toBe(200);
  try {
    await payFromChannel();
    expect((await post(call, await payFor(chain, call))).status).toBe(200);
    await waitFor(async () => {
      const before = ofCalls();
      await payFromChannel();
      return ofCalls() === before; // the deposit is seen and final
    });
    // What goes on beside the calls is stopped; the watch of channels counts a few seconds longer.
    await Promise.all(gateway.loops.map((loop) => loop.stop()));

    const vouchers = ofCalls();
    for (let n = 0; n < 3; n++) await payFromChannel();
    expect(ofCalls() - vouchers).toBe(0);

    // What still ends beside the calls only adds to a round: the least of three is theirs.
    const rounds: number[] = [];
    for (let round = 0; round < 3; round++) {
      const alone = ofCalls();
      for (let n = 0; n < 3; n++) expect((await post(call, await payFor(chain, call))).status).toBe(200);
      rounds.push(ofCalls() - alone);
    }
    expect(Math.min(...rounds)).toBeLessThanOrEqual(6);

    const payments = await Promise.all(
      Array.from({ length: 8 }, (_, n) => payFor(chain, call, undefined, n % 2 ? KEYS.BUYER : KEYS.OUTSIDER)),
    );
    const together = ofCalls();
    for (const response of await Promise.all(payments.map((payment) => post(call, payment))))
      expect(response.status).toBe(200);
    expect(ofCalls() - together).toBeLessThanOrEqual(16);
  } finally {
    await gateway.stop();
    await proxy.stop();
    await chain.stop();
  }
});
