import { afterAll, beforeAll, expect, it } from 'vitest';
import { openUnpaidApp, type UnpaidApp } from '../../test-support/unpaid-app.ts';

const PAYER = '0x90F79bf6EB2c4f870365E785982E1f101E93b906';
let host: UnpaidApp;
beforeAll(async () => {
  host = await openUnpaidApp({ mostCalls: 3, mostOfPayer: 2 });
});
afterAll(() => host?.stop());

const ask = async (payer?: string, model = 'fable-mini') =>
  host.app.request('/v1/completions', {
    method: 'POST',
    body: JSON.stringify({ model, prompt: 'A fox' }),
    ...(payer ? { headers: { 'payment-signature': payer } } : {}),
  });

it('who finds a model busy hears so before it is asked to pay, and when to come again', async () => {
  const places = [1, 2, 3].map(() => host.enterQueue('fable-mini', undefined));
  for (const payer of [undefined, PAYER]) {
    const before = host.asked();
    const answer = await ask(payer);
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answer.headers.get('x-should-retry')).toBe('false');
    expect(await answer.json()).toMatchObject({
      code: 'UNAVAILABLE',
      retryable: true,
      error: { type: 'server_error', code: 'UNAVAILABLE', param: null },
    });
    expect(host.asked()).toBe(before);
  }
  expect((await ask(undefined, 'chatty')).status).toBe(402);
  for (const place of places) place.leave();
  expect((await ask()).status).toBe(402);
});

it('a payer with enough calls under way waits, and no one else', async () => {
  const places = [1, 2].map(() => host.enterQueue('fable-mini', PAYER));
  expect((await ask(PAYER)).status).toBe(503);
  expect((await ask('0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65')).status).toBe(402);
  for (const place of places) place.leave();
});

it('who is refused holds no place, however often it comes', async () => {
  for (let i = 0; i < 10; i++) for (const payer of [undefined, PAYER]) expect((await ask(payer)).status).toBe(402);
});

it('who deposits first keeps nobody out while it waits for a block, and hears afterwards how full it is', async () => {
  const block = Promise.withResolvers<void>();
  let released = 0;
  host.settleDepositsAfter(block.promise, () => released++);
  const before = host.asked();
  const depositors = [1, 2, 3, 4].map(() => ask(`deposit ${PAYER}`));
  while (host.asked() < before + 4) await new Promise((resolve) => setImmediate(resolve));
  expect((await ask(PAYER)).status).toBe(402);
  const places = [1, 2, 3].map(() => host.enterQueue('fable-mini', undefined));
  block.resolve();
  for (const answer of await Promise.all(depositors)) {
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await answer.json()).toMatchObject({
      retryable: true,
      detail: expect.stringContaining('lies in its channel'),
    });
  }
  expect(released).toBe(4);
  for (const place of places) place.leave();
});
