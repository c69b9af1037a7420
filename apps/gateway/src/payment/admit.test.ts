import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KEYS, OUTSIDER, type TestChain } from '../../test-support/chain-fixture.ts';
import { openMarket, type Market } from '../../test-support/market.ts';
import { PRICE, PROMPT } from '../../test-support/scene.ts';
import { MAX_TIMEOUT_S } from './terms.ts';
import { payFor, post, x402Header, type PostedCall } from '../../test-support/x402-fixture.ts';

let market: Market;
let chain: TestChain;

beforeAll(async () => {
  market = await openMarket();
  ({ chain } = market);
});
afterAll(() => market?.stop());

describe('a payment that does not fit is refused and costs nothing', () => {
  const refused: [string, string, (call: PostedCall) => Promise<Response>][] = [
    [
      'short, and says so',
      'PAYMENT_SHORT',
      async (call) => post(call, await payFor(chain, call, (offer) => (offer.amount = '1'))),
    ],
    [
      'short, and lies about it',
      'PAYMENT_SHORT',
      async (call) => {
        const payment = await payFor(chain, call, (offer) => (offer.amount = '1'));
        payment.accepted.amount = String(PRICE);
        return post(call, payment);
      },
    ],
    [
      'expired',
      'PAYMENT_EXPIRED',
      async (call) => {
        const payment = await payFor(chain, call, (offer) => (offer.maxTimeoutSeconds = -5));
        payment.accepted.maxTimeoutSeconds = MAX_TIMEOUT_S;
        return post(call, payment);
      },
    ],
    [
      'made out to somebody else',
      'PAYMENT_INVALID',
      async (call) => {
        const payment = await payFor(chain, call, (offer) => (offer.payTo = OUTSIDER.address));
        payment.accepted.payTo = market.vault;
        return post(call, payment);
      },
    ],
    [
      'without money behind it',
      'PAYMENT_UNFUNDED',
      async (call) => post(call, await payFor(chain, call, undefined, KEYS.OUTSIDER)),
    ],
    [
      'signed by another',
      'PAYMENT_INVALID',
      async (call) => {
        const payment = await payFor(chain, call);
        const other = await payFor(chain, call, undefined, KEYS.OUTSIDER);
        (payment.payload as { signature: unknown }).signature = (other.payload as { signature: unknown }).signature;
        return post(call, payment);
      },
    ],
  ];
  it.each(refused)('%s', async (_, code, send) => {
    let response: Response;
    expect(await market.costOf(async () => (response = await send(market.completion())))).toBe(0n);
    expect(response!.status).toBe(402);
    const problem = (await response!.json()) as { code: string; error: { code: string } };
    expect(problem.code).toBe(code);
    expect(problem.error.code).toBe(code);
    expect(response!.headers.get('x-should-retry')).toBe('false');
    const detail = response!.headers.get('payment-response') ?? response!.headers.get('payment-required') ?? '';
    expect(atob(detail)).not.toMatch(/viem@|errorMessage|Request Arguments/);
  });

  it('asks for payment with what an x402 client needs', async () => {
    const response = await post(market.completion());
    expect(response.status).toBe(402);
    expect(await response.json()).toMatchObject({ code: 'PAYMENT_REQUIRED' });
    const { accepts } = x402Header(response, 'payment-required') as { accepts: Record<string, unknown>[] };
    expect(accepts).toEqual([
      expect.objectContaining({
        scheme: 'exact',
        network: 'eip155:31337',
        amount: '1500',
        payTo: market.vault,
        extra: expect.objectContaining({ paymentFlow: 'upfront' }),
      }),
      expect.objectContaining({ scheme: 'batch-settlement', amount: '1500', payTo: market.vault }),
    ]);
  });

  it('leaves the authorization good for a later call', async () => {
    const call = market.completion();
    const payment = await payFor(chain, call);
    const tampered = structuredClone(payment);
    tampered.accepted.payTo = OUTSIDER.address;
    expect((await post(call, tampered)).status).toBe(402);
    expect((await post(call, payment)).status).toBe(200);
  });
});

describe('a request that does not fit is refused before it is paid', () => {
  const refused: [string, number, string, () => PostedCall][] = [
    ['an unknown model', 404, 'NOT_FOUND', () => market.completion({ model: 'nobody' })],
    [
      'a body over the limit',
      413,
      'REQUEST_TOO_LARGE',
      () => market.completion({ prompt: 'x'.repeat(300_000) }, { connection: 'close' }),
    ],
    [
      'a prompt longer than the model reads',
      400,
      'PROMPT_TOO_LONG',
      () => market.completion({ prompt: PROMPT.repeat(200) }),
    ],
    ['a member that would be ignored', 400, 'REQUEST_INVALID', () => market.completion({ echo: true })],
    ['a nonce that is none', 400, 'REQUEST_INVALID', () => market.completion({}, { 'oml-request-nonce': '0x12' })],
    ['a classifier asked for text', 400, 'REQUEST_INVALID', () => market.completion({ model: 'digits' })],
    [
      'a tensor of another shape',
      400,
      'REQUEST_INVALID',
      () => ({
        url: `${market.gateway.url}/v1/classify`,
        body: { model: 'digits', dtype: 'uint8', shape: [1, 2], data: 'AAA=' },
      }),
    ],
  ];
  it.each(refused)('%s', async (_, status, code, call) => {
    const payment = await payFor(chain, market.completion());
    let response: Response;
    expect(await market.costOf(async () => (response = await post(call(), payment)))).toBe(0n);
    expect(response!.status).toBe(status);
    expect(await response!.json()).toMatchObject({ code });
  });
});
