import { queryHash } from '@oml/protocol/evidence/query';
import { headOf } from '@oml/protocol/evidence/head';
import { receiptSigner, type SignedReceipt } from '@oml/protocol/signed/receipt';
import { HOST_LISTING_PATH, type HostListingJson } from '@oml/protocol/wire/host-listing';
import { receiptFromJson } from '@oml/protocol/wire/receipt-json';
import { decodeReceiptHeader } from '@oml/protocol/wire/receipt-header';
import { requestNonce, unclaimableNonce } from '@oml/protocol/evidence/nonce';
import { createBuyer } from '@oml/sdk/buyer';
import { wrapFetchWithPayment } from '@x402/fetch';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import OpenAI from 'openai';
import { keccak256, stringToBytes, type Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUYER, KEYS, SIGNER, type TestChain } from '../../test-support/chain-fixture.ts';
import { MODELS } from '../../test-support/host-fixture.ts';
import { openMarket, type Market } from '../../test-support/market.ts';
import { buyerOptions, PRICE, PROMPT } from '../../test-support/scene.ts';
import { officialClient, payFor, post, x402Header } from '../../test-support/x402-fixture.ts';

let market: Market;
let chain: TestChain;

beforeAll(async () => {
  market = await openMarket();
  ({ chain } = market);
});
afterAll(() => market?.stop());

const buyer = () => createBuyer(buyerOptions(chain));
const signerOf = (signed: SignedReceipt) => {
  const { chainId, contracts } = chain.as(KEYS.BUYER).deployment;
  return receiptSigner(signed, { chainId, court: contracts.claimCourt });
};

describe('official clients', () => {
  it('pay through @x402/fetch and get a receipt in header and body that verifies', async () => {
    const pay = wrapFetchWithPayment(fetch, officialClient(chain));
    const { url, body } = market.completion();
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
      licenseId: market.listing.licenseId,
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
      baseURL: `${market.gateway.url}/v1`,
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
      baseURL: `${market.gateway.url}/v1`,
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
    const openai = new OpenAI({ apiKey: 'unused', baseURL: `${market.gateway.url}/v1` });
    const { data } = await openai.models.list();
    expect(data.map(({ id }) => id)).toEqual(['fable-mini', 'digits']);
    const host = (await (await fetch(`${market.gateway.url}${HOST_LISTING_PATH}`)).json()) as HostListingJson;
    expect(host.signer).toBe(SIGNER.address);
    expect(host.models[0]).toMatchObject({
      model: 'fable-mini',
      kind: 'language',
      licenseId: String(market.listing.licenseId),
      vault: market.vault,
      price: '1500',
    });
  });
});

describe('the buyer of the sdk', () => {
  it('completes, with a receipt that its salt opens', async () => {
    const { text, signedReceipt, payment, nonceSalt } = await buyer().complete(market.gateway.url, {
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
    const streamed = await buyer().complete(market.gateway.url, { ...params, onText: (piece) => pieces.push(piece) });
    const whole = await buyer().complete(market.gateway.url, params);
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
    const openai = new OpenAI({
      apiKey: 'unused',
      baseURL: `${market.gateway.url}/v1`,
      fetch: paying.fetch,
      maxRetries: 0,
    });
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
    const asBytes = await buyer().classify(market.gateway.url, {
      model: 'digits',
      dtype: 'uint8',
      shape,
      data: pixels,
    });
    const asFloats = await buyer().classify(market.gateway.url, {
      model: 'digits',
      dtype: 'float32',
      shape,
      data: Float32Array.from(pixels, (pixel) => pixel / 255),
    });
    expect(asBytes.index).toBe(label);
    expect(asFloats.probabilities).toEqual(asBytes.probabilities);
    expect(asBytes.signedReceipt.receipt.head).toBe(headOf(String(label)));
    const inputs = [{ name: 'input', datatype: 'UINT8', shape, data: [...pixels] }];
    const inferred = await buyer().ask(`${market.gateway.url}/v2/models/digits/infer`, { id: '7', inputs });
    expect(inferred.answer).toMatchObject({
      model_name: 'digits',
      id: '7',
      outputs: [{ data: [label] }, { data: asBytes.probabilities }],
    });
    expect(inferred.signedReceipt.receipt.queryHash).toBe(asBytes.signedReceipt.receipt.queryHash);
    expect(asFloats.signedReceipt.receipt.queryHash).not.toBe(asBytes.signedReceipt.receipt.queryHash);
  });
});

describe('many buyers at once', () => {
  it('are all answered, each under its own payment', async () => {
    const calls = Array.from({ length: 12 }, (_, i) => market.completion({ seed: i }));
    const payments = await Promise.all(calls.map((call) => payFor(chain, call)));
    const cost = await market.costOf(async () => {
      const responses = await Promise.all(calls.map((call, i) => post(call, payments[i]!)));
      expect(responses.map(({ status }) => status)).toEqual(calls.map(() => 200));
    });
    expect(cost).toBe(PRICE * 12n);
  });
});
