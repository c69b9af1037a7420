import { wrapFetchWithPayment } from '@x402/fetch';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { controlsOf, freePort, GAS, HOST, KEYS, waitFor } from '../test-support/chain-fixture.ts';
import { channelClient } from '../test-support/channels.ts';
import { gatewayEnv } from '../test-support/host-fixture.ts';
import { killLaunched, launch } from '../test-support/launched.ts';
import { buyAt, completionAt, openScene, PRICE, PROMPT, type Scene } from '../test-support/scene.ts';
import type { Alert } from './health/alerts.ts';

const PROVIDER_KEY = 'pk-91c0ffee91c0ffee91';
const HOOK_KEY = 'T0HOOKKEY4fda9c0e77';

let scene: Scene;
let node: Server;
/** Where alerts are posted, and what was. */
let hook: Server;
const alerts: Alert[] = [];
let isDown = false;
let log = '';
let gateway: { url: string; kill(): Promise<void> };
let metricsUrl: string;

beforeAll(async () => {
  scene = await openScene();
  // A provider of the chain whose address holds the key of its customer.
  node = createServer(async (request, response) => {
    if (isDown || !request.url!.includes(PROVIDER_KEY)) return void response.writeHead(500).end('down');
    const body = await new Response(request as unknown as ReadableStream).text();
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(scene.chain.rpcUrl, { method: 'POST', headers, body });
    response.writeHead(answer.status, headers).end(await answer.text());
  });
  await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve));
  const RPC_URL = `${urlOf(node)}/v2/${PROVIDER_KEY}`;
  hook = createServer(async (request, response) => {
    alerts.push(JSON.parse(await new Response(request as unknown as ReadableStream).text()) as Alert);
    response.writeHead(200).end();
  });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
  const ALERT_WEBHOOK = `${urlOf(hook)}/services/${HOOK_KEY}`;
  const METRICS_PORT = String(await freePort());
  metricsUrl = `http://127.0.0.1:${METRICS_PORT}/metrics`;
  const env = gatewayEnv(scene.chain, [scene.listing], { RPC_URL, METRICS_PORT, ALERT_WEBHOOK });
  gateway = await launch(env, (text) => (log += text));
});
afterAll(async () => {
  killLaunched();
  node?.close();
  hook?.close();
  await scene?.chain.stop();
});

const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** One figure, by its name and labels. */
async function figure(name: string, labels: Record<string, string> = {}): Promise<number> {
  const page = await (await fetch(metricsUrl)).text();
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const line = page
    .split('\n')
    .find((text) => new RegExp(`^${name}[{ ]`).test(text) && wanted.every((label) => text.includes(label)));
  return line === undefined ? NaN : Number(line.split(' ').at(-1));
}

describe('the metrics of a gateway', () => {
  it('stand on a port of their own', async () => {
    expect((await fetch(`${gateway.url}/metrics`)).status).toBe(404);
    expect(await figure('oml_answers_total', { model: 'fable-mini' })).toBe(0);
  });

  it('count calls, income and refusals by their reason', async () => {
    await buyAt(scene.chain, gateway.url);
    expect(await figure('oml_answers_total', { model: 'fable-mini' })).toBe(1);
    expect(await figure('oml_income_units_total')).toBe(Number(PRICE));
    expect(await figure('oml_answer_seconds_count')).toBe(1);
    expect(await figure('oml_calls_in_line')).toBe(0);
    const { url, body } = completionAt(gateway.url, { model: 'gpt-4' });
    const headers = { 'content-type': 'application/json' };
    const before = await figure('oml_refusals_total', { code: 'NOT_FOUND' });
    expect((await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).status).toBe(404);
    expect(await figure('oml_refusals_total', { code: 'NOT_FOUND' })).toBe(before + 1);
    expect(await figure('oml_refusals_total', { code: 'PAYMENT_REQUIRED' })).toBeGreaterThan(0);
  });

  it('tell what is not booked yet and until when it must be, and what gas is left', async () => {
    const { client } = channelClient(scene.chain, { salt: 7 });
    const { url, body } = completionAt(gateway.url);
    const headers = { 'content-type': 'application/json' };
    const before = Date.now() / 1_000;
    const pay = wrapFetchWithPayment(fetch, client);
    expect((await pay(url, { method: 'POST', headers, body: JSON.stringify(body) })).status).toBe(200);
    await waitFor(async () => (await figure('oml_backlog_units')) === Number(PRICE));
    const deadline = await figure('oml_backlog_deadline_timestamp_seconds');
    expect(deadline - 86_400).toBeGreaterThan(before - 1);
    expect(deadline - 86_400).toBeLessThan(Date.now() / 1_000);
    expect(await figure('oml_gas_wei')).toBeGreaterThan(0);
    expect(await figure('oml_gas_bookings')).toBeGreaterThan(0);
    expect(await figure('oml_serving', { model: 'fable-mini' })).toBe(1);
    expect(await figure('oml_contests_open')).toBe(0);
  });

  it('tell an empty gas account from a license that does not stand', async () => {
    const { setBalance } = controlsOf(scene.chain);
    await setBalance({ address: GAS.address, value: 10n ** 9n });
    await waitFor(async () => (await figure('oml_gas_wei')) === 10 ** 9);
    expect((await fetch(`${gateway.url}/ready`)).status).toBe(503);
    expect(await figure('oml_serving', { model: 'fable-mini' })).toBe(1);
    expect(log).toContain('GAS_LOW');
    expect(log).not.toContain('SUSPENDED');
    await waitFor(async () => alerts.length > 0);
    await setBalance({ address: GAS.address, value: 10n ** 22n });
    await waitFor(async () => (await fetch(`${gateway.url}/ready`)).status === 200);
  });

  it('are told to whom ALERT_WEBHOOK names, once when it begins and once when it is over', async () => {
    await waitFor(async () => alerts.some(({ isOn }) => !isOn));
    const facts = { account: GAS.address, wei: String(10n ** 9n) };
    expect(alerts).toMatchObject([
      { code: 'GAS_LOW', isOn: true, account: HOST.address, text: expect.stringContaining('send it ETH'), facts },
      { code: 'GAS_LOW', isOn: false, account: HOST.address },
    ]);
  });
});

describe('the log of a gateway', () => {
  it('tells of a node that is down in a few words, without its address, a key, a prompt or a payment', async () => {
    isDown = true;
    await waitFor(async () => log.includes('background run failed'));
    isDown = false;
    const lines = log.split('\n');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(3_000);
    for (const secret of [PROVIDER_KEY, HOOK_KEY, KEYS.SIGNER.slice(2), KEYS.GAS.slice(2), PROMPT])
      expect(log).not.toContain(secret);
    expect(log).not.toMatch(/payment-signature|"signature":"0x/i);
  });
});
