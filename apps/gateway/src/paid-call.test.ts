import { createBuyer } from '@oml/sdk/buyer';
import { wrapFetchWithPayment } from '@x402/fetch';
import { headOf } from '@oml/protocol/evidence/head';
import { requestNonce, unclaimableNonce } from '@oml/protocol/evidence/nonce';
import { queryHash } from '@oml/protocol/evidence/query';
import { receiptSigner, type SignedReceipt } from '@oml/protocol/signed/receipt';
import { decodeReceiptHeader } from '@oml/protocol/wire/receipt-header';
import { receiptFromJson } from '@oml/protocol/wire/receipt-json';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import OpenAI from 'openai';
import { keccak256, stringToBytes, type Address, type Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUYER, KEYS, OUTSIDER, SIGNER, startChain, waitFor, type TestChain } from '../test/chain-fixture.ts';
import {
  gatewayEnv,
  giveDollars,
  MODELS,
  openAccount,
  publishModel,
  startGateway,
  takeLicense,
  type RunningGateway,
} from '../test/host-fixture.ts';
import { dollarsOf, officialClient, payFor, post, x402Header, type PostedCall } from '../test/x402-fixture.ts';

const PRICE = 1_500n;
const PROMPT = 'Once upon a time';
let chain: TestChain;
let gateway: RunningGateway;
let vault: Address;
let licenseId: bigint;

beforeAll(async () => {
  chain = await startChain();
  await giveDollars(chain, BUYER.address);
  await openAccount(chain);
  const fable = await takeLicense(chain, await publishModel(chain, 'fable-mini'));
  const digits = await takeLicense(chain, await publishModel(chain, 'digits'));
  ({ vault, licenseId } = fable);
  const listings = [
    { model: 'fable-mini', kind: 'language' as const, licenseId, price: PRICE, folder: join(MODELS, 'fable-mini') },
    {
      model: 'digits',
      kind: 'classifier' as const,
      licenseId: digits.licenseId,
      price: 1_000n,
      folder: join(MODELS, 'digits'),
    },
  ];
  gateway = await startGateway(gatewayEnv(chain, listings));
});
afterAll(async () => {
  await gateway?.stop();
  await chain?.stop();
});

const buyer = () => {
  const { publicClient, deployment } = chain.as(KEYS.BUYER);
  return createBuyer({ account: BUYER, publicClient, deployment, maxAmountPerPayment: 10_000n });
};
const completion = (body: Record<string, unknown> = {}, headers: Record<string, string> = {}): PostedCall => ({
  url: `${gateway.url}/v1/completions`,
  body: { model: 'fable-mini', prompt: PROMPT, max_tokens: 6, temperature: 0, ...body },
  headers,
});
const nonceOf = (salt: number): Hex => requestNonce(BUYER.address, `0x${salt.toString(16).padStart(64, '0')}`);
const signerOf = (signed: SignedReceipt) => {
  const { chainId, contracts } = chain.as(KEYS.BUYER).deployment;
  return receiptSigner(signed, { chainId, court: contracts.claimCourt });
};
/** Runs `work` and says how much BUYER paid for it. */
async function costOf(work: () => Promise<unknown>): Promise<bigint> {
  const before = await dollarsOf(chain, BUYER.address);
  await work();
  return before - (await dollarsOf(chain, BUYER.address));
}

describe('official clients', () => {
  it('pay through @x402/fetch and get a receipt in header and body that verifies', async () => {
    const pay = wrapFetchWithPayment(fetch, officialClient(chain));
    const { url, body } = completion();
    const response = await pay(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(200);
    const answer = (await response.json()) as {
      choices: [{ text: string }];
      usage: { completion_tokens: number };
      oml: unknown;
    };
    const signed = decodeReceiptHeader(response.headers.get('oml-receipt'));
    expect(receiptFromJson(answer.oml)).toEqual(signed);
    expect(await signerOf(signed)).toBe(SIGNER.address);
    const text = answer.choices[0].text;
    const { receipt } = signed;
    expect(receipt).toMatchObject({
      licenseId,
      client: BUYER.address,
      amount: PRICE,
      cumulative: PRICE,
      queryHash: queryHash(body),
    });
    expect(receipt).toMatchObject({
      head: headOf(text),
      responseHash: keccak256(stringToBytes(text)),
      requestNonce: unclaimableNonce(receipt.paymentRef, PRICE),
    });
    expect(answer.usage.completion_tokens).toBe(6);
    expect(x402Header(response, 'payment-response')).toMatchObject({
      success: true,
      payer: BUYER.address,
      transaction: expect.stringMatching(/^0x[0-9a-f]{64}$/),
    });
  });

  it('pay through the OpenAI client', async () => {
    const openai = new OpenAI({
      apiKey: 'unused',
      baseURL: `${gateway.url}/v1`,
      fetch: wrapFetchWithPayment(fetch, officialClient(chain)),
      maxRetries: 0,
    });
    const { data, response } = await openai.completions
      .create({ model: 'fable-mini', prompt: PROMPT, max_tokens: 6, temperature: 0 })
      .withResponse();
    expect(data.choices[0]!.text.length).toBeGreaterThan(0);
    expect(await signerOf(decodeReceiptHeader(response.headers.get('oml-receipt')))).toBe(SIGNER.address);
  });

  it('stream through the OpenAI client, the receipt last', async () => {
    const openai = new OpenAI({
      apiKey: 'unused',
      baseURL: `${gateway.url}/v1`,
      fetch: wrapFetchWithPayment(fetch, officialClient(chain)),
      maxRetries: 0,
    });
    const stream = await openai.completions.create({
      model: 'fable-mini',
      prompt: PROMPT,
      max_tokens: 12,
      temperature: 0,
      stream: true,
    });
    let text = '';
    const events: { object: string; oml?: unknown }[] = [];
    for await (const event of stream) {
      events.push(event as never);
      text += event.choices[0]?.text ?? '';
    }
    expect(events.length).toBeGreaterThan(4);
    expect(events.at(-1)!.object).toBe('oml.receipt');
    const signed = receiptFromJson(events.at(-1)!.oml);
    expect(signed.receipt.responseHash).toBe(keccak256(stringToBytes(text)));
    expect(await signerOf(signed)).toBe(SIGNER.address);
  });

  it('list the models without paying', async () => {
    const openai = new OpenAI({ apiKey: 'unused', baseURL: `${gateway.url}/v1` });
    const { data } = await openai.models.list();
    expect(data.map(({ id }) => id)).toEqual(['fable-mini', 'digits']);
    const host = (await (await fetch(`${gateway.url}/.well-known/oml`)).json()) as {
      signer: string;
      models: Record<string, string>[];
    };
    expect(host.signer).toBe(SIGNER.address);
    expect(host.models[0]).toMatchObject({
      model: 'fable-mini',
      kind: 'language',
      licenseId: String(licenseId),
      vault,
      price: '1500',
    });
  });
});

describe('the buyer of the sdk', () => {
  it('completes, with a receipt that its salt opens', async () => {
    const { text, signedReceipt, payment, nonceSalt } = await buyer().complete(gateway.url, {
      model: 'fable-mini',
      prompt: PROMPT,
      maxTokens: 6,
      temperature: 0,
    });
    expect(text.length).toBeGreaterThan(0);
    expect(signedReceipt.receipt.requestNonce).toBe(requestNonce(BUYER.address, nonceSalt!));
    expect(signedReceipt.receipt.paymentRef).toBe(payment.paymentRef);
    expect(payment.tx).toMatch(/^0x[0-9a-f]{64}$/);
  });

  it('streams the same text that it would get at once', async () => {
    const params = { model: 'fable-mini', prompt: PROMPT, maxTokens: 12, temperature: 0 };
    const pieces: string[] = [];
    const streamed = await buyer().complete(gateway.url, { ...params, onText: (piece) => pieces.push(piece) });
    const whole = await buyer().complete(gateway.url, params);
    expect(streamed.text).toBe(whole.text);
    expect(pieces.join('')).toBe(whole.text);
    expect(pieces.length).toBeGreaterThan(1);
  });

  it('serves an OpenAI client as its fetch, also streaming', async () => {
    const receipts: Hex[] = [];
    const { publicClient, deployment } = chain.as(KEYS.BUYER);
    const paying = createBuyer({
      account: BUYER,
      publicClient,
      deployment,
      maxAmountPerPayment: 10_000n,
      onReceipt: (paid) => receipts.push(paid.payment.paymentRef),
    });
    const openai = new OpenAI({ apiKey: 'unused', baseURL: `${gateway.url}/v1`, fetch: paying.fetch, maxRetries: 0 });
    const params = { model: 'fable-mini', prompt: PROMPT, max_tokens: 6, temperature: 0 };
    const whole = await openai.completions.create(params);
    let text = '';
    for await (const event of await openai.completions.create({ ...params, stream: true }))
      text += event.choices[0]?.text ?? '';
    expect(text).toBe(whole.choices[0]!.text);
    expect(new Set(receipts).size).toBe(2);
  });

  it('classifies pixels as bytes and as floats alike, under different query hashes', async () => {
    const pixels = new Uint8Array(readFileSync(join(MODELS, 'digits/heldout.u8')).subarray(0, 784));
    const label = readFileSync(join(MODELS, 'digits/heldout.labels.u8'))[0]!;
    const shape = [1, 1, 28, 28];
    const asBytes = await buyer().classify(gateway.url, { model: 'digits', dtype: 'uint8', shape, data: pixels });
    const asFloats = await buyer().classify(gateway.url, {
      model: 'digits',
      dtype: 'float32',
      shape,
      data: Float32Array.from(pixels, (pixel) => pixel / 255),
    });
    expect(asBytes.index).toBe(label);
    expect(asFloats.probabilities).toEqual(asBytes.probabilities);
    expect(asBytes.signedReceipt.receipt.head).toBe(headOf(String(label)));
    expect(asFloats.signedReceipt.receipt.queryHash).not.toBe(asBytes.signedReceipt.receipt.queryHash);
  });
});

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
        payment.accepted.maxTimeoutSeconds = 60;
        return post(call, payment);
      },
    ],
    [
      'made out to somebody else',
      'PAYMENT_INVALID',
      async (call) => {
        const payment = await payFor(chain, call, (offer) => (offer.payTo = OUTSIDER.address));
        payment.accepted.payTo = vault;
        return post(call, payment);
      },
    ],
    [
      'without money behind it',
      'PAYMENT_INVALID',
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
    [
      'no payment at all but noise',
      'PAYMENT_INVALID',
      (call) => post({ ...call, headers: { 'payment-signature': 'bm9pc2U=' } }),
    ],
  ];
  it.each(refused)('%s', async (_, code, send) => {
    let response: Response;
    expect(await costOf(async () => (response = await send(completion())))).toBe(0n);
    expect(response!.status).toBe(402);
    const problem = (await response!.json()) as { code: string; error: { code: string } };
    expect(problem.code).toBe(code);
    expect(problem.error.code).toBe(code);
    expect(response!.headers.get('x-should-retry')).toBe('false');
    const detail = response!.headers.get('payment-response') ?? response!.headers.get('payment-required') ?? '';
    expect(atob(detail)).not.toMatch(/viem@|errorMessage|Request Arguments/);
  });

  it('asks for payment with what an x402 client needs', async () => {
    const response = await post(completion());
    expect(response.status).toBe(402);
    expect(await response.json()).toMatchObject({ code: 'PAYMENT_REQUIRED' });
    const { accepts } = x402Header(response, 'payment-required') as { accepts: Record<string, unknown>[] };
    expect(accepts).toEqual([
      expect.objectContaining({
        scheme: 'exact',
        network: 'eip155:31337',
        amount: '1500',
        payTo: vault,
        extra: expect.objectContaining({ paymentFlow: 'upfront' }),
      }),
    ]);
  });

  it('leaves the authorization good for a later call', async () => {
    const call = completion();
    const payment = await payFor(chain, call);
    const tampered = structuredClone(payment);
    tampered.accepted.payTo = OUTSIDER.address;
    expect((await post(call, tampered)).status).toBe(402);
    expect((await post(call, payment)).status).toBe(200);
  });
});

describe('a request that does not fit is refused before it is paid', () => {
  const refused: [string, number, string, () => PostedCall][] = [
    ['an unknown model', 404, 'NOT_FOUND', () => completion({ model: 'nobody' })],
    [
      'a body over the limit',
      413,
      'REQUEST_TOO_LARGE',
      () => completion({ prompt: 'x'.repeat(300_000) }, { connection: 'close' }),
    ],
    ['a prompt longer than the model reads', 400, 'PROMPT_TOO_LONG', () => completion({ prompt: PROMPT.repeat(200) })],
    ['a member that would be ignored', 400, 'REQUEST_INVALID', () => completion({ logit_bias: { 5: 100 } })],
    ['a nonce that is none', 400, 'REQUEST_INVALID', () => completion({}, { 'oml-request-nonce': '0x12' })],
    ['a classifier asked for text', 400, 'REQUEST_INVALID', () => completion({ model: 'digits' })],
    [
      'a tensor of another shape',
      400,
      'REQUEST_INVALID',
      () => ({
        url: `${gateway.url}/v1/classify`,
        body: { model: 'digits', dtype: 'uint8', shape: [1, 2], data: 'AAA=' },
      }),
    ],
  ];
  it.each(refused)('%s', async (_, status, code, call) => {
    const payment = await payFor(chain, completion());
    let response: Response;
    expect(await costOf(async () => (response = await post(call(), payment)))).toBe(0n);
    expect(response!.status).toBe(status);
    expect(await response!.json()).toMatchObject({ code });
  });
});

describe('the same payment again', () => {
  it('gives the same answer to the same request, and is charged once', async () => {
    const call = completion({ temperature: 1 }, { 'oml-request-nonce': nonceOf(1) });
    const payment = await payFor(chain, call);
    const answers: { choices: unknown; oml: unknown }[] = [];
    const cost = await costOf(async () => {
      for (let i = 0; i < 3; i++) answers.push((await (await post(call, payment)).json()) as never);
    });
    expect(cost).toBe(PRICE);
    expect(answers[1]!.choices).toEqual(answers[0]!.choices);
    expect(answers[2]!.oml).toEqual(answers[0]!.oml);
  });

  it('streams the same answer again', async () => {
    const call = completion({ stream: true, temperature: 1 });
    const payment = await payFor(chain, call);
    const first = await (await post(call, payment)).text();
    const again = await (await post(call, payment)).text();
    const receiptIn = (events: string) => events.split('\n\n').find((event) => event.includes('oml.receipt'));
    expect(receiptIn(again)).toBe(receiptIn(first));
    expect(again.trimEnd().endsWith('data: [DONE]')).toBe(true);
  });

  it('is used up for any other request', async () => {
    const payment = await payFor(chain, completion());
    expect((await post(completion(), payment)).status).toBe(200);
    const other = await post(completion({ prompt: 'The little fox' }), payment);
    expect(other.status).toBe(402);
    expect(await other.json()).toMatchObject({ code: 'PAYMENT_USED' });
  });

  it('conflicts with another body under the same nonce, which is not charged', async () => {
    const headers = { 'oml-request-nonce': nonceOf(2) };
    const [first, second] = [completion({}, headers), completion({ prompt: 'The little fox' }, headers)];
    const payment = await payFor(chain, first);
    expect((await post(first, payment)).status).toBe(200);
    const fresh = await payFor(chain, second);
    const cost = await costOf(async () => {
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
    const call = completion({ stream: true, max_tokens: 60, temperature: 1 });
    const payment = await payFor(chain, call);
    let events = '';
    const cost = await costOf(async () => {
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
    const call = completion({ temperature: 1 }, { 'oml-request-nonce': nonceOf(3) });
    const payment = await payFor(chain, call);
    let responses: Response[] = [];
    expect(
      await costOf(async () => (responses = await Promise.all(Array.from({ length: 5 }, () => post(call, payment))))),
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

describe('many buyers at once', () => {
  it('are all answered, each under its own payment', async () => {
    const calls = Array.from({ length: 12 }, (_, i) => completion({ seed: i }));
    const payments = await Promise.all(calls.map((call) => payFor(chain, call)));
    const cost = await costOf(async () => {
      const responses = await Promise.all(calls.map((call, i) => post(call, payments[i]!)));
      expect(responses.map(({ status }) => status)).toEqual(calls.map(() => 200));
    });
    expect(cost).toBe(PRICE * 12n);
  });
});
