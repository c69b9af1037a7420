import { openStorePlace, type StorePlace } from '@oml/program/test-support/stores';
import type { Receipt } from '@oml/protocol/signed/receipt';
import { askAgain } from '@oml/sdk/ask-again';
import { createBuyer } from '@oml/sdk/buyer';
import { memoryChannels } from '@oml/sdk/channel/store';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { BUYER, GAS, KEYS, waitFor } from '../../test-support/chain-fixture.ts';
import { channelClient, postVoucher, receiptIn, SESSION, voucherFor } from '../../test-support/channels.ts';
import {
  bindKey,
  gatewayEnv,
  giveDollars,
  startGateway,
  type RunningGateway,
} from '../../test-support/host-fixture.ts';
import { buyerOptions, completionAt, openScene, PRICE, type Scene } from '../../test-support/scene.ts';
import { payFor, post } from '../../test-support/x402-fixture.ts';
import { ModelProcess } from '../engine/model-process.ts';
import { sendError } from '../engine/process-talk.ts';

const run = promisify(execFile);

let scene: Scene;
let place: StorePlace;
let env: Record<string, string>;
let replicas: RunningGateway[];

beforeAll(async () => {
  scene = await openScene();
  await bindKey(scene.chain, KEYS.POOR_SIGNER);
  await giveDollars(scene.chain, GAS.address);
  place = await openStorePlace('postgres');
  const shared = { STORE: await place.create(), ENGINE_SILENCE: '5' };
  env = gatewayEnv(scene.chain, [scene.listing], shared);
  replicas = [
    await startGateway(env),
    await startGateway(gatewayEnv(scene.chain, [scene.listing], { ...shared, GAS_KEY: KEYS.POOR_SIGNER })),
  ];
});
afterEach(() => void vi.restoreAllMocks());
afterAll(async () => {
  for (const replica of replicas ?? []) await replica.stop();
  await place?.stop();
  await scene?.chain.stop();
});

/** The model gives a piece and then breaks, until mocks are restored. */
const breakModel = () =>
  vi.spyOn(ModelProcess.prototype, 'ask').mockImplementation((_, listen) => {
    listen({ call: 0, event: { type: 'text', text: 'Once' } });
    listen({ call: 0, error: sendError(new TypeError('terminated')) });
    return 0;
  });
const at = (n: number, body: Record<string, unknown> = {}) => completionAt(replicas[n]!.url, body);
const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;

describe('a model that fails (findings §0, 11)', () => {
  it('keeps no money: the payment is good for one answer to any body, at any replica, once', async () => {
    let answers: Response[] = [];
    const cost = await scene.costOf(async () => {
      const first = at(0);
      const payment = await payFor(scene.chain, first);
      breakModel();
      const failed = await post(first, payment);
      expect(failed.status).toBe(500);
      expect(failed.headers.get('x-should-retry')).toBe('false');
      expect(await failed.json()).toMatchObject({ code: 'ANSWER_FAILED', owed: true, retryable: true });
      vi.restoreAllMocks();
      const others = [0, 1, 0, 1].map((n, i) => at(n, { prompt: 'The little fox', seed: i }));
      answers = await Promise.all(others.map((call) => post(call, payment)));
      const winner = others[answers.findIndex(({ ok }) => ok)]!;
      const again = await post(winner, payment);
      expect(await again.text()).toBe(await answers.find(({ ok }) => ok)!.text());
      expect(await codeOf(await post(first, payment))).toBe('PAYMENT_USED');
    });
    expect(cost).toBe(PRICE);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
  });

  it('says so at the end of a stream, and the same request gets its answer later', async () => {
    const call = at(1, { stream: true });
    const payment = await payFor(scene.chain, call);
    breakModel();
    const events = await (await post(call, payment)).text();
    expect(events).toContain('"text":"Once"');
    expect(events).toContain('"code":"ANSWER_FAILED"');
    expect(events).not.toContain('[DONE]');
    vi.restoreAllMocks();
    expect(await (await post({ ...call, url: at(0).url }, payment)).text()).toContain('oml.receipt');
  });

  it('charges nothing on a channel, whose next call goes on from its total', async () => {
    const buyer = channelClient(scene.chain, { salt: 901 });
    await postVoucher(buyer, at(0), await voucherFor(buyer, at(0)));
    const voucher = await voucherFor(buyer, at(0, { seed: 7 }));
    breakModel();
    const failed = await post(at(0, { seed: 7 }), voucher);
    expect(await failed.json()).toMatchObject({ code: 'ANSWER_FAILED', owed: false });
    vi.restoreAllMocks();
    expect(receiptIn(await post(at(1, { seed: 8 }), voucher)).cumulative).toBe(2n * PRICE);
  });

  it('holds no channel of the SDK up, streamed or not, and costs it nothing', async () => {
    const channel = { sessionKey: SESSION, deposit: 20n * PRICE, store: memoryChannels() };
    const buyer = createBuyer({ ...buyerOptions(scene.chain), channel });
    const ask = (seed: number, onText?: () => void) =>
      buyer.complete(replicas[0]!.url, {
        model: 'fable-mini',
        prompt: 'Once',
        maxTokens: 4,
        seed,
        ...(onText ? { onText } : {}),
      });
    const totals: Receipt['cumulative'][] = [];
    totals.push((await ask(1)).signedReceipt.receipt.cumulative);
    breakModel();
    await expect(ask(2)).rejects.toMatchObject({ code: 'ANSWER_FAILED' });
    vi.restoreAllMocks();
    totals.push((await ask(3)).signedReceipt.receipt.cumulative);
    breakModel();
    await expect(ask(4, () => {})).rejects.toMatchObject({ code: 'ANSWER_FAILED' });
    vi.restoreAllMocks();
    totals.push((await ask(4, () => {})).signedReceipt.receipt.cumulative);
    expect(totals).toEqual([PRICE, 2n * PRICE, 3n * PRICE]);
  });

  it('is paid back by its host out of its own pocket, once, and is good for nothing then', async () => {
    const payment = await payFor(scene.chain, at(0));
    breakModel();
    const { paymentRef } = (await (await post(at(0), payment)).json()) as { paymentRef: `0x${string}` };
    vi.restoreAllMocks();
    const command = async (...words: string[]) => {
      const settings = { cwd: join(import.meta.dirname, '../..'), env: { ...process.env, ...env } };
      return JSON.parse((await run('node', ['src/refund.ts', '--json', ...words], settings)).stdout) as unknown;
    };
    const paidBack = { paymentRef, client: BUYER.address, amount: String(PRICE) };
    const tx = expect.stringMatching(/^0x/) as unknown;
    expect(await scene.costOf(async () => expect(await command(paymentRef)).toEqual({ ...paidBack, tx }))).toBe(-PRICE);
    // Killed before it noted that, it would find the token's own note.
    expect(await scene.costOf(async () => expect(await command(paymentRef)).toEqual({ ...paidBack, tx: null }))).toBe(
      0n,
    );
    await expect(command(`0x${'12'.repeat(32)}`)).rejects.toMatchObject({ code: 1 });
    for (const call of [at(0), at(1, { prompt: 'The little fox' })])
      expect(await codeOf(await post(call, payment))).toBe('PAYMENT_USED');
  });
});

describe('a stream that breaks off (findings §3, O3)', () => {
  type Cut = (body: ReadableStream<Uint8Array>) => ReadableStream<Uint8Array>;
  const asking = { model: 'fable-mini', prompt: 'Once upon a time', max_tokens: 60, stream: true };
  const collecting = async (work: (onText: (piece: string) => void) => Promise<unknown>) => {
    let text = '';
    const error = await work((piece) => (text += piece)).catch((thrown: unknown) => thrown);
    return { text, error };
  };
  const first = async (body: ReadableStream<Uint8Array>) => {
    const reader = body.getReader();
    const { value } = await reader.read();
    void reader.cancel().catch(() => {});
    return value!;
  };
  const cuts: [string, Cut][] = [
    [
      'reset',
      (body) =>
        new ReadableStream({
          start: async (to) => (to.enqueue(await first(body)), to.error(new TypeError('terminated'))),
        }),
    ],
    ['a black hole', (body) => new ReadableStream({ start: async (to) => to.enqueue(await first(body)) })],
  ];
  it.each(cuts)(
    'by a %s: an error that carries what is needed to ask again, one transfer',
    async (_, cut) => {
      const breaking: typeof fetch = async (...asked) => {
        const response = await fetch(...asked);
        return response.ok ? new Response(cut(response.body!), response) : response;
      };
      const options = buyerOptions(scene.chain);
      const url = `${replicas[0]!.url}/v1/completions`;
      const cost = await scene.costOf(async () => {
        const broken = createBuyer({ ...options, fetch: breaking, idleTimeoutMs: 500 });
        const { max_tokens: maxTokens, model, prompt } = asking;
        const { error } = await collecting((onText) =>
          broken.complete(replicas[0]!.url, { model, prompt, maxTokens, onText }),
        );
        expect(error).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
        const again = askAgain(error, options.deployment)!;
        await waitFor(
          async () =>
            (
              await createBuyer(options).complete(replicas[0]!.url, {
                model,
                prompt,
                maxTokens,
                ...again,
                onText: () => {},
              })
            ).text.length > 0,
        );
        // By another route of the SDK, too: what it threw there carries the same.
        const fetched = await broken.fetch(url, {
          method: 'POST',
          body: JSON.stringify(asking),
          headers: { 'content-type': 'application/json' },
        });
        const thrown = await fetched.text().catch((cause: unknown) => cause);
        expect(askAgain(thrown, options.deployment)).toBeDefined();
      });
      expect(cost).toBe(2n * PRICE);
    },
    60_000,
  );

  it('or never begins: the same, for an answer that is given whole', async () => {
    const options = buyerOptions(scene.chain);
    const asked = { model: 'fable-mini', prompt: 'Once upon a time', maxTokens: 3 };
    const silent: typeof fetch = async (input, init) => {
      const request = new Request(input, init);
      if (!request.headers.has('payment-signature')) return fetch(request);
      return new Promise((_, reject) => request.signal.addEventListener('abort', () => reject(request.signal.reason)));
    };
    const hopeless = createBuyer({ ...options, fetch: silent, answerTimeoutMs: 400 });
    const error: unknown = await hopeless.complete(replicas[0]!.url, asked).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    const again = askAgain(error, options.deployment)!;
    const cost = await scene.costOf(async () => {
      const { signedReceipt } = await createBuyer(options).complete(replicas[0]!.url, { ...asked, ...again });
      expect(signedReceipt.receipt.paymentRef).toBe(again.payment.paymentRef);
    });
    expect(cost).toBe(PRICE);
  });
});

// Last: that replica sells nothing until its engine is tried again.
describe('a model whose process hangs', () => {
  it('keeps no money: the payment is good at another replica', async () => {
    const call = at(1);
    const payment = await payFor(scene.chain, call);
    const { ask } = ModelProcess.prototype;
    vi.spyOn(ModelProcess.prototype, 'ask').mockImplementation(function (this: ModelProcess, ...args) {
      process.kill(this.pid!, 'SIGSTOP');
      return ask.apply(this, args);
    });
    const hung = await post(call, payment);
    expect(await hung.json()).toMatchObject({ code: 'ANSWER_FAILED', owed: true, retryable: true });
    vi.restoreAllMocks();
    const cost = await scene.costOf(() =>
      post(at(0, { prompt: 'The little fox' }), payment).then(({ status }) => expect(status).toBe(200)),
    );
    expect(cost).toBe(0n);
  });
});
