import type { BudgetAlert } from '@oml/sdk/budget/budget';
import { createBuyer } from '@oml/sdk/buyer';
import { textChannels } from '@oml/sdk/channel/store';
import { fileTexts } from '@oml/sdk/file-texts';
import { memoryTexts, type Texts } from '@oml/sdk/texts';
import { join } from 'node:path';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openMarket, type Market } from '../../test-support/market.ts';
import { buyerOptions, PRICE, PROMPT } from '../../test-support/scene.ts';
import { ModelProcess } from '../engine/model-process.ts';
import { sendError } from '../engine/process-talk.ts';

let market: Market;
beforeAll(async () => {
  market = await openMarket();
});
afterEach(() => void vi.restoreAllMocks());
afterAll(() => market?.stop());

const ask = (seed: number) => ({ model: 'fable-mini', prompt: PROMPT, maxTokens: 4, temperature: 1, seed });

interface Spending {
  calls: bigint;
  store?: Texts;
  sessionKey?: ReturnType<typeof privateKeyToAccount>;
  fetch?: typeof fetch;
  onAlert?: (alert: BudgetAlert) => void;
}

/** A buyer whose app may spend the price of so many calls a day; out of a channel where it has a session key. */
function buyerWith({ calls, store = memoryTexts(), sessionKey, fetch, onAlert }: Spending) {
  const channel = sessionKey && { sessionKey, deposit: 20n * PRICE, store: textChannels(store) };
  const budget = { app: 'notes', perDay: calls * PRICE, store, ...(onAlert ? { onAlert } : {}) };
  const options = { ...buyerOptions(market.chain), budget, ...(fetch ? { fetch } : {}) };
  return channel ? createBuyer({ ...options, channel }) : createBuyer(options);
}
const newKey = () => privateKeyToAccount(generatePrivateKey());
const codesOf = (all: PromiseSettledResult<unknown>[]) =>
  all.map((one) => (one.status === 'fulfilled' ? 'answered' : (one.reason as { code: string }).code)).toSorted();

describe('the budget of an app', () => {
  it.each([
    ['single payments', false],
    ['a channel', true],
  ])('stops calls by %s that come at once, before anything is sent', async (_, hasChannel) => {
    const told: number[] = [];
    const onAlert = ({ percent }: BudgetAlert) => void told.push(percent);
    const buyer = buyerWith({ calls: 3n, onAlert, ...(hasChannel ? { sessionKey: newKey() } : {}) });
    let all: PromiseSettledResult<{ signedReceipt: { receipt: { amount: bigint } } }>[] = [];
    const cost = await market.costOf(async () => {
      all = await Promise.allSettled([1, 2, 3, 4, 5].map((n) => buyer.complete(market.gateway.url, ask(n))));
    });
    expect(codesOf(all)).toEqual(['BUDGET_SPENT', 'BUDGET_SPENT', 'answered', 'answered', 'answered']);
    expect(cost).toBe(hasChannel ? 20n * PRICE : 3n * PRICE); // a deposit is still the buyer's
    const limit = 3n * PRICE;
    expect(await buyer.budget()).toEqual({ app: 'notes', day: { limit, used: limit, left: 0n } });
    expect(told).toEqual([50, 75, 100]);
  });

  it('counts a lost answer in full until it is known, also to a process that was started anew', async () => {
    const folder = join(market.chain.scratch, 'spending');
    const sessionKey = newKey();
    const losing: typeof fetch = async (input, init) => {
      const request = new Request(input, init);
      const response = await fetch(request);
      if (!request.headers.has('payment-signature')) return response;
      await response.arrayBuffer();
      throw new TypeError('fetch failed');
    };
    const before = buyerWith({ calls: 2n, store: fileTexts(folder), sessionKey, fetch: losing });
    await expect(before.complete(market.gateway.url, ask(1))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect((await before.budget())!.day!.used).toBe(PRICE);
    const after = buyerWith({ calls: 2n, store: fileTexts(folder), sessionKey });
    const { signedReceipt } = await after.complete(market.gateway.url, ask(2));
    expect(signedReceipt.receipt.cumulative).toBe(2n * PRICE);
    expect((await after.budget())!.day).toMatchObject({ used: 2n * PRICE, left: 0n });
    await expect(after.complete(market.gateway.url, ask(3))).rejects.toMatchObject({ code: 'BUDGET_SPENT' });
  });

  it('gives back what a failed answer did not cost', async () => {
    const buyer = buyerWith({ calls: 3n, sessionKey: newKey() });
    await buyer.complete(market.gateway.url, ask(1));
    vi.spyOn(ModelProcess.prototype, 'ask').mockImplementation((_, listen) => {
      listen({ call: 0, error: sendError(new TypeError('terminated')) });
      return 0;
    });
    await expect(buyer.complete(market.gateway.url, ask(2))).rejects.toMatchObject({ code: 'ANSWER_FAILED' });
    vi.restoreAllMocks();
    expect((await buyer.budget())!.day!.used).toBe(PRICE);
    await buyer.complete(market.gateway.url, ask(3));
    expect((await buyer.budget())!.day!.used).toBe(2n * PRICE);
  });
});
