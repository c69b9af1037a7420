import { createBuyer, type Paid } from '@oml/sdk/buyer';
import { keepCalls } from '@oml/sdk/calls';
import type { Expectation } from '@oml/sdk/expectation';
import { createMarket, type MarketOptions } from '@oml/sdk/market/market';
import { readOffers, type Offer } from '@oml/sdk/market/offer';
import { memoryTexts } from '@oml/sdk/texts';
import { boundedBody } from '@oml/service/bounded-body';
import { zeroAddress } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMarket, type Market } from '../../test-support/market.ts';
import { buyerOptions, PRICE, PROMPT } from '../../test-support/scene.ts';

let market: Market;
let offers: Offer[];
beforeAll(async () => {
  market = await openMarket();
  const chain = buyerOptions(market.chain);
  offers = await readOffers([{ baseUrl: market.gateway.url }, { baseUrl: 'http://127.0.0.1:1' }], {
    chain,
    send: fetch,
  });
});
afterAll(() => market?.stop());

const asked = (seed: number) => ({ model: 'fable-mini', prompt: PROMPT, max_tokens: 4, temperature: 0, seed });
const completions = () => `${market.gateway.url}/v1/completions`;
const path = '/v1/completions';
const marketOf = (list: Offer[], more: Partial<MarketOptions> = {}) =>
  createMarket({ ...buyerOptions(market.chain), offers: async () => list, ...more });

describe('a buyer that says what it expects', () => {
  const expecting = (expect: Expectation) => createBuyer({ ...buyerOptions(market.chain), expect });
  it.each<[string, Expectation, string]>([
    ['another license', { licenseId: 99n }, 'PAYMENT_INVALID'],
    ['another model', { modelId: 99n }, 'PAYMENT_INVALID'],
    ['another vault', { vault: zeroAddress }, 'PAYMENT_INVALID'],
    ['a lower price', { price: PRICE - 1n }, 'PAYMENT_REQUIRED'],
  ])('signs nothing for %s', async (_, expectation, code) => {
    let signed = 0;
    const { account } = buyerOptions(market.chain);
    const counting = { ...account, signTypedData: (of: never) => (signed++, account.signTypedData(of)) };
    const buyer = createBuyer({ ...buyerOptions(market.chain), account: counting as never, expect: expectation });
    const cost = await market.costOf(() => expect(buyer.ask(completions(), asked(1))).rejects.toMatchObject({ code }));
    expect([signed, cost]).toEqual([0, 0n]);
  });

  it('refuses an answer that names another model, and takes one that is all of that', async () => {
    await expect(expecting({ model: 'another' }).ask(completions(), asked(2))).rejects.toMatchObject({
      code: 'RECEIPT_MISMATCH',
      details: expect.objectContaining({ differing: ['model'] }) as unknown,
    });
    const { licenseId, modelId, vault, price, model } = offers.find((offer) => offer.model === 'fable-mini')!;
    const { payee } = await expecting({ licenseId, modelId, vault, price, model }).ask(completions(), asked(3));
    expect(payee.licenseId).toBe(licenseId);
  });
});

describe('a market', () => {
  it('has the offers of hosts that answer, as the chain bears them out', () => {
    expect(offers.map(({ model }) => model).toSorted()).toEqual(['digits', 'fable-mini']);
  });

  it('tries the cheapest first, goes on where nobody answers, and pays once', async () => {
    const good = offers.find(({ model }) => model === 'fable-mini')!;
    const dead = { ...good, baseUrl: 'http://127.0.0.1:1', price: good.price - 1n };
    const dear = { ...good, latencyMs: good.latencyMs + 1 };
    const passed: string[] = [];
    const buying = marketOf([dear, good, dead], { onPassed: ({ baseUrl }) => void passed.push(baseUrl) });
    expect((await buying.choose('fable-mini')).map(({ baseUrl }) => baseUrl)[0]).toBe(dead.baseUrl);
    let host: string | undefined;
    const cost = await market.costOf(async () => {
      const { response, offer } = await buying.send({ path, body: asked(4) });
      expect(response.ok).toBe(true);
      host = offer.baseUrl;
    });
    expect([cost, host, passed]).toEqual([PRICE, good.baseUrl, [dead.baseUrl]]);
    expect((await buying.choose('fable-mini')).at(-1)!.baseUrl).toBe(dead.baseUrl);
  });

  it('does not guess which of two models is meant by one name', async () => {
    const [offer] = offers as [Offer];
    const buying = marketOf([offer, { ...offer, modelId: 99n }]);
    await expect(buying.choose(offer.model)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await buying.choose('99')).toHaveLength(1);
    await expect(buying.choose('none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('an answer that was paid for and lost', () => {
  /** Payments go out, and their answers are lost on the way back. */
  const losing: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const response = await fetch(request);
    if (!request.headers.has('payment-signature')) return response;
    await response.arrayBuffer();
    throw new TypeError('the connection was lost');
  };

  it('comes with the payment of then, whether it is asked again or redeemed, also after a crash', async () => {
    const texts = memoryTexts();
    const receipts: Paid[] = [];
    /** One process after the other, on one store. */
    const start = (send: typeof fetch = fetch) =>
      createBuyer({
        ...buyerOptions(market.chain),
        fetch: send,
        calls: keepCalls(texts),
        onReceipt: (paid) => void receipts.push(paid),
      });
    const cost = await market.costOf(async () => {
      const lossy = start(losing);
      for (const seed of [5, 6])
        await expect(lossy.ask(completions(), asked(seed))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      await start().ask(completions(), asked(5));
      expect(await start().redeem()).toEqual({ answered: 1, open: [], ended: [] });
    });
    expect(cost).toBe(2n * PRICE);
    expect(receipts).toHaveLength(2);
    expect(await start().redeem()).toEqual({ answered: 0, open: [], ended: [] });
  });

  /** As a host gives it that signed for another one. */
  const altered: typeof fetch = async (input, init) => {
    const response = await fetch(new Request(input, init));
    return new Response((await response.text()).replace(/"text":"./, '"text":"#'), response);
  };
  /** Nothing above ten bytes is read. */
  const bounded: typeof fetch = async (input, init) => {
    const response = await fetch(new Request(input, init));
    if (!response.ok || !response.body) return response;
    const { signal } = new AbortController();
    return new Response(boundedBody(response.body, { maxBytes: 10, signal, onEnd: () => {} }), response);
  };
  it.each([
    ['its receipt is for another answer', 'RECEIPT_MISMATCH', altered],
    ['it is larger than what is read', 'REQUEST_TOO_LARGE', bounded],
  ])('is given up where %s, since it would be so for ever', async (_, code, spoiling) => {
    const calls = keepCalls(memoryTexts());
    const start = (send: typeof fetch) => createBuyer({ ...buyerOptions(market.chain), fetch: send, calls });
    const seed = code.length;
    await expect(start(losing).ask(completions(), asked(seed))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await start(spoiling).redeem()).toMatchObject({ answered: 0, open: [], ended: [{ error: { code } }] });
    expect(await start(fetch).redeem()).toEqual({ answered: 0, open: [], ended: [] });
  });

  it('keeps another host from being paid for the same question', async () => {
    const good = offers.find(({ model }) => model === 'fable-mini')!;
    const buying = marketOf([good, { ...good, latencyMs: 9_999 }], { fetch: losing });
    const cost = await market.costOf(() => expect(buying.send({ path, body: asked(7) })).rejects.toThrow());
    expect(cost).toBe(PRICE);
  });

  it.each([
    ['says that the payment was used before', 'PAYMENT_USED'],
    ['says that it is busy, again and again', 'UNAVAILABLE'],
  ])('pays no other host where the first takes the money and %s', async (_, code) => {
    const good = offers.find(({ model }) => model === 'fable-mini')!;
    const asking: string[] = [];
    const lying: typeof fetch = async (input, init) => {
      const request = new Request(input, init);
      const response = await fetch(request.clone());
      const signature = request.headers.get('payment-signature');
      if (!signature) return response;
      asking.push(signature);
      await response.arrayBuffer();
      return Response.json({ code }, { status: 503 });
    };
    const other = { ...good, baseUrl: good.baseUrl.replace('127.0.0.1', 'localhost'), latencyMs: 9_999 };
    const buying = marketOf([good, other], { fetch: lying });
    const ask = () => buying.send({ path, body: asked(code === 'UNAVAILABLE' ? 8 : 9) });
    const cost = await market.costOf(async () => {
      expect((await ask()).response.status).toBe(503);
      if (code === 'UNAVAILABLE') expect((await ask()).response.status).toBe(503);
    });
    expect([cost, new Set(asking).size]).toEqual([PRICE, 1]);
  });
});
