import { serve } from '@hono/node-server';
import { x402Facilitator } from '@x402/core/facilitator';
import { toFacilitatorEvmSigner } from '@x402/evm';
import { BatchSettlementEvmScheme } from '@x402/evm/batch-settlement/facilitator';
import { ExactEvmScheme } from '@x402/evm/exact/facilitator';
import { execFile } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createWalletClient, http, publicActions } from 'viem';
import { foundry } from 'viem/chains';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { Hono } from 'hono';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KEYS, OUTSIDER } from '../../test-support/chain-fixture.ts';
import { channelClient, onChain, voucherFor, voucherOf } from '../../test-support/channels.ts';
import { gatewayEnv, startGateway } from '../../test-support/host-fixture.ts';
import { sentBy } from '../../test-support/one-block.ts';
import { buyAt, completionAt, openScene, PRICE, type Scene } from '../../test-support/scene.ts';
import { post } from '../../test-support/x402-fixture.ts';

const NETWORK = 'eip155:31337';
const KEY = 'a key of the facilitator';
let scene: Scene;
let server: ReturnType<typeof serve>;
let url: string;
/** Paths that it was asked, and what it says to `/settle` in place of settling. */
let asked: string[] = [];
let lie: Record<string, unknown> | undefined;

beforeAll(async () => {
  scene = await openScene();
  const facilitator = officialFacilitator();
  const app = new Hono();
  app.use(async (c, next) => {
    if (c.req.header('authorization') !== `Bearer ${KEY}`) return c.json({ error: 'unauthorized' }, 401);
    asked.push(c.req.path);
    return next();
  });
  app.get('/supported', (c) => c.json(facilitator.getSupported()));
  app.post('/settle', async (c) => {
    const { paymentPayload, paymentRequirements } = await c.req.json();
    return c.json(lie ?? (await facilitator.settle(paymentPayload, paymentRequirements)));
  });
  server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
  await new Promise<void>((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server?.close();
  await scene?.chain.stop();
});
beforeEach(() => {
  asked = [];
  lie = undefined;
});

/** x402's own, as its documentation sets it up, with OUTSIDER's gas. */
function officialFacilitator(): x402Facilitator {
  const client = createWalletClient({
    account: OUTSIDER,
    chain: foundry,
    transport: http(scene.chain.rpcUrl),
  }).extend(publicActions);
  const signer = toFacilitatorEvmSigner({ ...client, address: OUTSIDER.address } as never);
  return new x402Facilitator()
    .register(NETWORK, new ExactEvmScheme(signer))
    .register(NETWORK, new BatchSettlementEvmScheme(signer));
}

const sentByOutsider = () => scene.chain.as(KEYS.BUYER).publicClient.getTransactionCount({ address: OUTSIDER.address });

interface Opened {
  status: number;
  balance: bigint;
  /** Transactions of the host's gas account, and of the facilitator. */
  sent: [number, number];
}

/** Opens a channel at a gateway with these settings, by the first call that is paid from it. */
async function openChannel(overrides: Record<string, string>): Promise<Opened> {
  const env = gatewayEnv(scene.chain, [scene.listing], { FACILITATOR_KEY: KEY, ...overrides });
  const gateway = await startGateway(env);
  const before = [await sentBy(scene.chain), await sentByOutsider()] as const;
  const session = privateKeyToAccount(generatePrivateKey());
  const call = completionAt(gateway.url);
  const voucher = await voucherFor(channelClient(scene.chain, { salt: 1, session }), call);
  const { status } = await post(call, voucher);
  await gateway.stop();
  const { balance } = await onChain(scene.chain, voucherOf(voucher).channelId);
  const sent: [number, number] = [(await sentBy(scene.chain)) - before[0], (await sentByOutsider()) - before[1]];
  return { status, balance, sent };
}

describe('an outside facilitator', () => {
  it('settles deposits by its own gas, as deep as the host asks', async () => {
    const opened = await openChannel({ FACILITATOR_URL: url, SETTLE_DEPTH: '3' });
    expect(opened).toEqual({ status: 200, balance: 10n * PRICE, sent: [0, 1] });
    expect(asked).toEqual(['/settle']);
  });

  it('that is not there, or does not want to, is not needed', async () => {
    const own = { status: 200, balance: 10n * PRICE, sent: [1, 0] };
    expect(await openChannel({ FACILITATOR_URL: 'http://127.0.0.1:1' })).toEqual(own);
    expect(await openChannel({ FACILITATOR_URL: url, FACILITATOR_KEY: 'another' })).toEqual(own);
    lie = { success: false, errorReason: 'out_of_gas', transaction: '', network: NETWORK };
    expect(await openChannel({ FACILITATOR_URL: url })).toEqual(own);
  });

  it('that says it settled what it did not is not believed', async () => {
    lie = { success: true, transaction: `0x${'12'.repeat(32)}`, network: NETWORK };
    expect(await openChannel({ FACILITATOR_URL: url })).toEqual({ status: 200, balance: 10n * PRICE, sent: [1, 0] });
  });

  it('is not asked about single payments, which the vault itself must settle', async () => {
    const env = gatewayEnv(scene.chain, [scene.listing], { FACILITATOR_URL: url, FACILITATOR_KEY: KEY });
    const gateway = await startGateway(env);
    const before = await sentBy(scene.chain);
    await buyAt(scene.chain, gateway.url);
    expect([(await sentBy(scene.chain)) - before, asked]).toEqual([1, []]);
    await gateway.stop();
  });

  it('is looked at by the doctor', async () => {
    const doctor = join(import.meta.dirname, '../doctor.ts');
    const env = gatewayEnv(scene.chain, [scene.listing], { FACILITATOR_URL: url, FACILITATOR_KEY: KEY });
    // It ends with 1: this scene has no edition that was delivered.
    const { stdout } = await promisify(execFile)(process.execPath, [doctor], { env: { ...process.env, ...env } }).catch(
      (error: unknown) => error as { stdout: string },
    );
    expect(stdout).toMatch(
      /^ok +facilitator The facilitator at http:\/\/127\.0\.0\.1:\d+ settles deposits on eip155:31337/m,
    );
    expect(stdout).not.toContain(KEY);
  });
});
