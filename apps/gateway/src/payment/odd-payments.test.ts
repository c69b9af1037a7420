import type { PaymentPayload } from '@x402/core/types';
import fc from 'fast-check';
import { setTimeout as sleep } from 'node:timers/promises';
import { concatHex, encodeAbiParameters, type Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KEYS, OUTSIDER } from '../../test-support/chain-fixture.ts';
import { channelClient, voucherFor } from '../../test-support/channels.ts';
import { openMarket, type Market } from '../../test-support/market.ts';
import { payFor, x402Header } from '../../test-support/x402-fixture.ts';

let market: Market;
let good: PaymentPayload;
let voucher: PaymentPayload;

beforeAll(async () => {
  market = await openMarket();
  good = await payFor(market.chain, market.completion());
  voucher = await voucherFor(channelClient(market.chain, { salt: 77 }), market.completion());
});
afterAll(() => market?.stop());

interface Refused {
  status: number;
  problem: Record<string, unknown>;
  response: Response;
}

let asked = 0;
/** From one address after another, as a proxy on this machine has it; waits while too many come that nobody signed. */
async function send(headers: Record<string, string>, method = 'POST'): Promise<Refused> {
  for (;;) {
    const from = `198.51.100.${asked++ % 200}`;
    const refused = await sendOnce({ ...headers, 'x-forwarded-for': from }, method);
    if (refused.status !== 503) return refused;
    await sleep(1_000);
  }
}

async function sendOnce(headers: Record<string, string>, method: string): Promise<Refused> {
  const { url, body } = market.completion();
  const isPost = method === 'POST';
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(isPost ? { body: JSON.stringify(body) } : {}),
  });
  const problem = (await response.json()) as Record<string, unknown>;
  return { status: response.status, problem, response };
}
const base64 = (text: string | Uint8Array): string => Buffer.from(text).toString('base64');
const sendPayment = (payment: unknown, method?: string) =>
  send({ 'payment-signature': base64(JSON.stringify(payment)) }, method);

/** A copy with another value at a path. */
function changed(payment: PaymentPayload, path: readonly (string | number)[], value: unknown): PaymentPayload {
  const copy = structuredClone(payment);
  let at: Record<string | number, unknown> = copy as never;
  for (const key of path.slice(0, -1)) at = at[key] as typeof at;
  at[path.at(-1)!] = value;
  return copy;
}

describe('a payment header that cannot be read', () => {
  const headers: [string, string][] = [
    ['of no base64', '%%%'],
    ['of base64 of nothing', '===='],
    ['of null', base64('null')],
    ['of a number', base64('402')],
    ['of a list', base64('[]')],
    ['of a text', base64('"pay"')],
    ['of JSON that breaks off', base64('{"x402Version":2')],
    ['of no UTF-8', base64(new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]))],
    ['of an empty object', base64('{}')],
    ['that nests for ever', base64(`{"x402Version":2,"accepted":${'['.repeat(4_000)}${']'.repeat(4_000)}}`)],
    ['that is long', base64(JSON.stringify({ x402Version: 2, padding: 'x'.repeat(9_000) }))],
  ];
  it.each(headers)('%s is refused with 400 and told how to go on', async (_, header) => {
    const { status, problem } = await send({ 'payment-signature': header });
    expect(status).toBe(400);
    expect(problem).toMatchObject({ code: 'PAYMENT_UNREADABLE', error: { code: 'PAYMENT_UNREADABLE' } });
    expect(problem['next']).toMatch(/x402 v2 client/);
  });

  it('of x402 v1 hears of v2, in either header', async () => {
    const v1 = { x402Version: 1, scheme: 'exact', network: 'base', payload: good.payload };
    for (const name of ['payment-signature', 'x-payment']) {
      const { status, problem, response } = await send({ [name]: base64(JSON.stringify(v1)) });
      expect(status).toBe(402);
      expect(problem).toMatchObject({ code: 'PAYMENT_VERSION', retryable: false });
      expect(x402Header(response, 'payment-required')).toMatchObject({ x402Version: 2, accepts: expect.any(Array) });
    }
  });
});

describe('an amount that is not written as one', () => {
  const AMOUNTS = ['1e3', '-1', '+1', '007', '0x5dc', '1.5', '', ' 1500', '１５００', String(2n ** 256n), 1500, null];
  it.each(AMOUNTS)('%j is refused with its place', async (amount) => {
    for (const path of [
      ['accepted', 'amount'],
      ['payload', 'authorization', 'value'],
    ]) {
      const { status, problem } = await sendPayment(changed(good, path, amount));
      expect(status).toBe(400);
      expect(problem).toMatchObject({ code: 'PAYMENT_AMOUNT', at: path.join('.') });
    }
    const path = ['payload', 'voucher', 'maxClaimableAmount'];
    const { status, problem } = await sendPayment(changed(voucher, path, amount));
    expect([status, problem['code'], problem['at']]).toEqual([400, 'PAYMENT_AMOUNT', path.join('.')]);
  });
});

const DEPOSITED = ['payload', 'deposit', 'authorization', 'erc3009Authorization'];
const SOMEWHERE: Hex = `0x${'12'.repeat(20)}`;

describe('a payment that does not fit says why', () => {
  const MAGIC: Hex = `0x${'6492'.repeat(16)}`;
  const wrapped = concatHex([
    encodeAbiParameters([{ type: 'address' }, { type: 'bytes' }, { type: 'bytes' }], [SOMEWHERE, '0x', '0x01']),
    MAGIC,
  ]);
  const signature = ['payload', 'signature'];
  const odd: [string, string, () => unknown][] = [
    ['another network', 'PAYMENT_NETWORK', () => changed(good, ['accepted', 'network'], 'eip155:1')],
    ['another network, by a channel', 'PAYMENT_NETWORK', () => changed(voucher, ['accepted', 'network'], 'eip155:1')],
    ['another token', 'PAYMENT_TOKEN', () => changed(good, ['accepted', 'asset'], SOMEWHERE)],
    ['a contract that signs (EIP-1271)', 'PAYMENT_WALLET', () => changed(good, signature, `0x${'ab'.repeat(130)}`)],
    ['a wallet to be deployed (EIP-6492)', 'PAYMENT_WALLET', () => changed(good, signature, wrapped)],
    [
      'a contract that signs as a key does',
      'PAYMENT_INVALID', // to know that from a forgery takes a look at the chain
      () => changed(good, ['payload', 'authorization', 'from'], market.chain.deployment.contracts.licenseRegistry),
    ],
    [
      'a deposit of a wallet to be deployed that does not say how',
      'PAYMENT_INVALID',
      () => changed(voucher, [...DEPOSITED, 'signature'], concatHex([`0x${'ff'.repeat(64)}`, MAGIC])),
    ],
    ['a key that is not its payer’s', 'PAYMENT_INVALID', () => changed(good, signature, `0x${'11'.repeat(64)}1b`)],
    ['Permit2', 'PAYMENT_INVALID', () => changed(good, ['payload'], { permit2Authorization: {}, signature: '0x' })],
  ];
  it.each(odd)('%s: %s', async (_, code, payment) => {
    const { status, problem } = await sendPayment(payment());
    expect([status, problem['code']]).toEqual([402, code]);
  });

  it('an account without money', async () => {
    const { status, problem } = await sendPayment(
      await payFor(market.chain, market.completion(), undefined, KEYS.OUTSIDER),
    );
    expect([status, problem['code']]).toEqual([402, 'PAYMENT_UNFUNDED']);
    const client = channelClient(market.chain, { salt: 78, wallet: OUTSIDER });
    const poor = await sendPayment(await voucherFor(client, market.completion()));
    expect([poor.status, poor.problem['code']]).toEqual([402, 'PAYMENT_UNFUNDED']);
  });

  it('with amount, token, decimals, network, payee and the next step, whatever it is', async () => {
    const asked = {
      amount: '1500',
      token: market.chain.deployment.contracts.token,
      symbol: expect.any(String),
      decimals: 6,
      network: 'eip155:31337',
      payTo: market.vault,
      next: expect.stringMatching(/.{20}/),
      now: expect.any(Number),
    };
    const { amount: _, ...others } = changed(good, ['accepted', 'amount'], '1').accepted;
    for (const refused of [
      await send({}),
      await send({ 'payment-signature': base64('null') }),
      await sendPayment({ ...good, accepted: others }),
      await sendPayment(changed(voucher, ['accepted', 'network'], 'eip155:1')),
      await sendPayment(changed(voucher, ['payload', 'voucher'], 5)),
    ])
      expect(refused.problem).toMatchObject(asked);
  });
});

it('a refund that is asked for in a strange way is refused as well', async () => {
  for (const header of [base64('null'), base64(JSON.stringify(changed(voucher, ['accepted', 'payTo'], 5)))]) {
    const { status, problem } = await send({ 'payment-signature': header }, 'GET');
    expect([status, problem['code']]).toEqual([400, 'PAYMENT_UNREADABLE']);
  }
});

/** Every path in a JSON value. */
function pathsOf(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))];
}

it('whatever becomes of a payment on its way: it is never an error of the host', async () => {
  const odd = fc.oneof(
    fc.constantFrom<unknown>(null, '', '0x', 'x402', -1, 1e21, '1e3', '-1', [], {}, [null], '\u0000', '\ud800', true),
    fc.jsonValue({ maxDepth: 2 }),
    fc.bigInt({ min: 0n, max: 2n ** 260n }).map(String),
    fc.uint8Array({ maxLength: 70 }).map((bytes) => `0x${Buffer.from(bytes).toString('hex')}`),
  );
  // What it says of itself is spoilt, or whom it is signed by: none of them can be taken.
  const payments = fc.constantFrom(0, 1).chain((which) => {
    const payment = [good, voucher][which]!;
    const paths = pathsOf(payment).filter(
      ([first, second]) =>
        first === 'payload' || (first === 'accepted' && second !== undefined) || first === 'x402Version',
    );
    return fc.tuple(fc.constantFrom(...paths), odd).map(([path, value]) => changed(payment, path, value));
  });
  await fc.assert(
    fc.asyncProperty(payments, fc.boolean(), async (payment, isPost) => {
      const refused = await sendPayment(payment, isPost ? 'POST' : 'GET');
      expect([200, 400, 402, 404, 409]).toContain(refused.status);
      if (refused.status !== 200) expect(refused.problem['code']).toMatch(/^[A-Z_]+$/);
    }),
    { numRuns: 200 },
  );
});
