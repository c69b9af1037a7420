import { costOf, priceVersion, type Price } from '@oml/protocol/wire/price';
import { createBuyer } from '@oml/sdk/buyer';
import { memoryChannels } from '@oml/sdk/channel/store';
import { refundChannel } from '@oml/sdk/channel/leave';
import { readHost } from '@oml/sdk/host-listing';
import { readQuote } from '@oml/sdk/quote';
import { wrapFetchWithPayment } from '@x402/fetch';
import { privateKeyToAccount, generatePrivateKey } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { channelClient, onChain, receiptIn, termsOf } from '../../test-support/channels.ts';
import { FLOOR_PRICE, gatewayEnv, startGateway, type RunningGateway } from '../../test-support/host-fixture.ts';
import { buyerOptions, completionAt, openScene, PROMPT, type Scene } from '../../test-support/scene.ts';
import { payFor, post, x402Header } from '../../test-support/x402-fixture.ts';

const MOST = 5_000n;
const METERED = { perCall: '300', perMillionInputTokens: '10000000', perMillionOutputTokens: '200000000' };

let scene: Scene;
let gateway: RunningGateway;
let salt = 700;

beforeAll(async () => {
  scene = await openScene();
  gateway = await startGateway(gatewayEnv(scene.chain, [{ ...scene.listing, price: MOST, metered: METERED }]));
});
afterAll(async () => {
  await gateway?.stop();
  await scene?.chain.stop();
});

const at = (body: Record<string, unknown> = {}) => completionAt(gateway.url, body);
const json = ({ body }: { body: unknown }) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
const priceOf = async (): Promise<Price> => (await readHost(gateway.url)).models[0]!;

interface Answer {
  usage: { prompt_tokens: number; completion_tokens: number; cost: number };
}
const usedIn = ({ usage }: Answer) => ({
  inputTokens: usage.prompt_tokens,
  outputTokens: usage.completion_tokens,
  ms: 0,
});

describe('a quote', () => {
  it('is what the 402 asks for that body, by the price that the listing states, and costs nothing', async () => {
    const {
      models: [listed],
    } = await readHost(gateway.url);
    const version = priceVersion(listed!, listed!.token);
    expect(listed!.metered!.least).toBe(FLOOR_PRICE);
    const ceilings: bigint[] = [];
    for (const body of [{ max_tokens: 2 }, { max_tokens: 12 }, { max_tokens: 40 }, { prompt: 'Once', max_tokens: 5 }]) {
      const call = at(body);
      const quote = await readQuote(gateway.url, call.body);
      expect(quote).toMatchObject({ priceVersion: version, payTo: scene.vault, price: MOST });
      const most = { inputTokens: quote.inputTokens, outputTokens: quote.mostOutputTokens, ms: 0 };
      expect(quote.ceiling).toBe(costOf(listed!, most));
      const response = await post(call);
      expect(await response.json()).toMatchObject({ price: String(quote.ceiling), priceVersion: version });
      const asked = { amount: String(quote.ceiling), extra: { priceVersion: version } };
      expect(x402Header(response, 'payment-required')).toMatchObject({ accepts: [asked, asked] });
      ceilings.push(quote.ceiling);
    }
    expect(ceilings[0]).toBe(FLOOR_PRICE);
    expect(ceilings[2]).toBe(MOST);
    expect(new Set(ceilings).size).toBe(4);
  });

  it('is refused as the call would be', async () => {
    await expect(readQuote(gateway.url, { model: 'nobody', prompt: 'Once' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(readQuote(gateway.url, { model: 'fable-mini' })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });
});

describe('a metered call', () => {
  it('is charged by what it used on a channel, never below the floor; the rest stays the buyer’s', async () => {
    const options = {
      ...buyerOptions(scene.chain),
      claimable: false,
      channel: { sessionKey: privateKeyToAccount(generatePrivateKey()), deposit: 60_000n, store: memoryChannels() },
    };
    const buyer = createBuyer(options);
    const price = await priceOf();
    let total = 0n;
    // The second could cost as much as what the first left over: their vouchers allow the same.
    for (const [maxTokens, stop] of [
      [20, 'e'],
      [12, undefined],
      [1, undefined],
      [9, undefined],
    ] as const) {
      const body = at({ max_tokens: maxTokens, stop, temperature: 0 }).body;
      const { answer, signedReceipt } = await buyer.ask(`${gateway.url}/v1/completions`, body);
      const { receipt } = signedReceipt;
      expect(receipt.amount).toBe(costOf(price, usedIn(answer as Answer)));
      expect((answer as Answer).usage.cost).toBe(Number(receipt.amount) / 1e6);
      expect(receipt.amount).toBeGreaterThanOrEqual(FLOOR_PRICE);
      total += receipt.amount;
      expect(receipt.cumulative).toBe(total);
    }
    const streamed = await buyer.complete(gateway.url, {
      model: 'fable-mini',
      prompt: PROMPT,
      maxTokens: 9,
      onText: () => {},
    });
    total += streamed.signedReceipt.receipt.amount;
    expect(streamed.signedReceipt.receipt.cumulative).toBe(total);
    const { paymentRef } = streamed.signedReceipt.receipt;
    const leaving = { baseUrl: gateway.url, model: 'fable-mini', kind: 'language', vault: scene.vault } as const;
    expect((await refundChannel(options, leaving)).refunded).toBe(60_000n - total);
    expect((await onChain(scene.chain, paymentRef)).claimed).toBe(total);
  });

  it('goes on from what it cost with the official client: whole at once, after a stream in one round more', async () => {
    const { client } = channelClient(scene.chain, { salt: ++salt, deposit: 60_000n });
    let requests = 0;
    const counting: typeof fetch = (...asked) => (requests++, fetch(...asked));
    const pay = wrapFetchWithPayment(counting, client);
    const price = await priceOf();
    const ask = async (body: Record<string, unknown>) => {
      requests = 0;
      const call = at(body);
      const response = await pay(call.url, json(call));
      expect(response.status).toBe(200);
      return response;
    };
    let total = 0n;
    for (const seed of [1, 2, 3]) {
      const response = await ask({ seed, max_tokens: 15, stop: ['the'], temperature: 1 });
      const { amount, cumulative } = receiptIn(response);
      expect(amount).toBe(costOf(price, usedIn((await response.json()) as Answer)));
      total += amount;
      expect(cumulative).toBe(total);
      expect(requests).toBe(2);
    }
    const events = await (await ask({ stream: true, max_tokens: 10 })).text();
    total = BigInt(/"cumulative":"(\d+)"/.exec(events)![1]!);
    const after = await ask({ seed: 4 });
    expect(requests).toBe(3);
    expect(receiptIn(after).cumulative).toBe(total + receiptIn(after).amount);
  });

  it('costs its quote where it is paid by one authorization', async () => {
    const call = at({ max_tokens: 20, stop: 'e' });
    const { ceiling } = await readQuote(gateway.url, call.body);
    const cost = await scene.costOf(async () => {
      const response = await post(call, await payFor(scene.chain, call));
      expect(receiptIn(response)).toMatchObject({ amount: ceiling, cumulative: ceiling });
    });
    expect(cost).toBe(ceiling);
  });

  it('gives the same answer for the same voucher, and charges it once', async () => {
    const buyer = channelClient(scene.chain, { salt: ++salt, deposit: 60_000n });
    const call = at({ max_tokens: 20, stop: 'e' });
    const voucher = await buyer.client.createPaymentPayload(await termsOf(call));
    const [first, again] = [await post(call, voucher), await post(call, voucher)];
    expect(await again.text()).toBe(await first.text());
    expect(receiptIn(again)).toEqual(receiptIn(first));
    expect(x402Header(again, 'payment-response')).toEqual(x402Header(first, 'payment-response'));
  });
});
