import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor, type TestChain } from '../../test-support/chain-fixture.ts';
import { nonceOf, openMarket, type Market } from '../../test-support/market.ts';
import { PRICE } from '../../test-support/scene.ts';
import { payFor, post } from '../../test-support/x402-fixture.ts';

let market: Market;
let chain: TestChain;

beforeAll(async () => {
  market = await openMarket();
  ({ chain } = market);
});
afterAll(() => market?.stop());

describe('the same payment again', () => {
  it('gives the same answer to the same request, and is charged once', async () => {
    const call = market.completion({ temperature: 1 }, { 'oml-request-nonce': nonceOf(1) });
    const payment = await payFor(chain, call);
    const answers: { choices: unknown; oml: unknown }[] = [];
    const cost = await market.costOf(async () => {
      for (let i = 0; i < 3; i++) answers.push((await (await post(call, payment)).json()) as never);
    });
    expect(cost).toBe(PRICE);
    expect(answers[1]!.choices).toEqual(answers[0]!.choices);
    expect(answers[2]!.oml).toEqual(answers[0]!.oml);
  });

  it('streams the same answer again', async () => {
    const call = market.completion({ stream: true, temperature: 1 });
    const payment = await payFor(chain, call);
    const first = await (await post(call, payment)).text();
    const again = await (await post(call, payment)).text();
    const receiptIn = (events: string) => events.split('\n\n').find((event) => event.includes('oml.receipt'));
    expect(receiptIn(again)).toBe(receiptIn(first));
    expect(again.trimEnd().endsWith('data: [DONE]')).toBe(true);
  });

  it('is used up for any other request', async () => {
    const payment = await payFor(chain, market.completion());
    expect((await post(market.completion(), payment)).status).toBe(200);
    const other = await post(market.completion({ prompt: 'The little fox' }), payment);
    expect(other.status).toBe(402);
    expect(await other.json()).toMatchObject({ code: 'PAYMENT_USED' });
  });

  it('conflicts with another body under the same nonce, which is not charged', async () => {
    const headers = { 'oml-request-nonce': nonceOf(2) };
    const [first, second] = [market.completion({}, headers), market.completion({ prompt: 'The little fox' }, headers)];
    const payment = await payFor(chain, first);
    expect((await post(first, payment)).status).toBe(200);
    const fresh = await payFor(chain, second);
    const cost = await market.costOf(async () => {
      for (const paid of [payment, fresh]) {
        const response = await post(second, paid);
        expect(response.status).toBe(409);
        expect(await response.json()).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
        expect(response.headers.get('x-should-retry')).toBe('false');
      }
    });
    expect(cost).toBe(0n);
  });

  it('finishes an answer whose client hung up, and keeps it for when it comes back', async () => {
    const call = market.completion({ stream: true, max_tokens: 60, temperature: 1 });
    const payment = await payFor(chain, call);
    let events = '';
    const cost = await market.costOf(async () => {
      const reader = (await post(call, payment)).body!.getReader();
      await reader.read();
      await reader.cancel();
      await waitFor(async () => {
        const again = await post(call, payment);
        events = await again.text();
        return again.ok;
      });
    });
    expect(cost).toBe(PRICE);
    expect(events).toContain('oml.receipt');
  });

  it('sent five times at once is charged once and gives one receipt', async () => {
    const call = market.completion({ temperature: 1 }, { 'oml-request-nonce': nonceOf(3) });
    const payment = await payFor(chain, call);
    let responses: Response[] = [];
    expect(
      await market.costOf(
        async () => (responses = await Promise.all(Array.from({ length: 5 }, () => post(call, payment)))),
      ),
    ).toBe(PRICE);
    const codes = await Promise.all(
      responses.map(async (response) =>
        response.ok ? 'answered' : ((await response.json()) as { code: string }).code,
      ),
    );
    expect(codes.filter((code) => code === 'answered')).toHaveLength(1);
    expect(codes.filter((code) => code === 'PAYMENT_UNSETTLED')).toHaveLength(4);
    expect((await post(call, payment)).status).toBe(200);
  });
});
