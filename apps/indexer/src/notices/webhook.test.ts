import type { TakenDelivery } from '@oml/db/site/deliveries';
import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { postWebhook, webhookBody, webhookHeaders } from './webhook.ts';

/** Secret and signature of the example in the specification of Standard Webhooks. */
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const EXAMPLE = {
  'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  'webhook-timestamp': '1614265330',
  'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};
const ACCOUNT = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';

let server: Server;
let url: string;
let status = 204;
const got: { headers: Record<string, string>; body: string }[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => (body += part));
    request.on('end', () => {
      got.push({ headers: request.headers as Record<string, string>, body });
      response.writeHead(status, status === 302 ? { location: 'http://127.0.0.1:1/' } : {}).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
});
afterAll(() => void server?.close());

const delivery = (target: string): TakenDelivery => ({
  key: 'payout:2026-11-30',
  attempts: 1,
  notice: {
    kind: 'payout',
    key: 'payout:2026-11-30',
    account: ACCOUNT,
    at: '2026-11-30T12:00:00.000Z',
    isOpen: false,
    day: '2026-11-30',
    amount: '4000',
    credited: '0',
    count: 1,
  },
  subscription: {
    subscriptionId: 'a',
    account: ACCOUNT,
    channel: 'webhook',
    target,
    origin: 'http://127.0.0.1:3000',
    askedAt: new Date('2026-11-29T00:00:00Z'),
    linkToken: 'b',
    secret: SECRET,
  },
});

it('is signed as the example of Standard Webhooks is', () => {
  const { 'webhook-id': id, 'webhook-timestamp': at } = EXAMPLE;
  expect(webhookHeaders(id, SECRET, '{"test": 2432232314}', new Date(Number(at) * 1000))).toEqual(EXAMPLE);
});

it('carries its signature, and is named alike at each try', async () => {
  const answers = [await postWebhook(delivery(url), true), await postWebhook(delivery(url), true)];
  expect(answers).toEqual([{ state: 'sent' }, { state: 'sent' }]);
  const [first, second] = got;
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = first!.headers;
  const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
  expect(signature).toBe(`v1,${createHmac('sha256', key).update(`${id}.${at}.${first!.body}`).digest('base64')}`);
  expect(JSON.parse(first!.body)).toEqual({
    type: 'notice.payout',
    timestamp: '2026-11-30T12:00:00.000Z',
    data: expect.objectContaining({ account: ACCOUNT, amount: '4000' }),
  });
  expect(second!.headers['webhook-id']).toBe(first!.headers['webhook-id']);
  expect(second!.body).toBe(first!.body);
});

it.each([
  [500, { state: 'later', code: 'HTTP_500' }],
  [404, { state: 'later', code: 'HTTP_404' }],
  [410, { state: 'refused', code: 'HTTP_410', isGone: true }],
  [302, { state: 'refused', code: 'ADDRESS_REFUSED' }],
])('ends as an answer of %s says', async (code, ending) => {
  status = code;
  expect(await postWebhook(delivery(url), true)).toEqual(ending);
});

it('never reaches what is not on the public internet', async () => {
  const before = got.length;
  expect(await postWebhook(delivery(url), false)).toEqual({ state: 'refused', code: 'ADDRESS_REFUSED' });
  expect(got).toHaveLength(before);
});

it('tells of the subscription itself first', () => {
  const first = { ...delivery(url), key: 'hello', notice: undefined };
  expect(JSON.parse(webhookBody(first))).toEqual({
    type: 'notice.subscribed',
    timestamp: '2026-11-29T00:00:00.000Z',
    data: { account: ACCOUNT },
  });
});
