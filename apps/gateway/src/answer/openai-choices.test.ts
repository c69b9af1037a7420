import { completionOfTexts } from '@oml/protocol/evidence/completion';
import { receiptFromJson } from '@oml/protocol/wire/receipt-json';
import { createBuyer, type Paid } from '@oml/sdk/buyer';
import { wrapFetchWithPayment } from '@x402/fetch';
import { join } from 'node:path';
import OpenAI from 'openai';
import { keccak256, stringToBytes } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeChatModel } from '../../test-support/chat-model.ts';
import { gatewayEnv, startGateway, type RunningGateway } from '../../test-support/host-fixture.ts';
import { buyerOptions, openScene, PROMPT, type Scene } from '../../test-support/scene.ts';
import { officialClient } from '../../test-support/x402-fixture.ts';

let scene: Scene;
let gateway: RunningGateway;
let openai: OpenAI;
let checking: OpenAI;
const paid: Paid[] = [];

beforeAll(async () => {
  scene = await openScene();
  const folder = writeChatModel(join(scene.chain.scratch, 'chatty'));
  // A hundred units for each token that is written: what is charged says how many were.
  const metered = { perMillionOutputTokens: '100000000' };
  gateway = await startGateway(gatewayEnv(scene.chain, [{ ...scene.listing, folder, price: 9_000n, metered }]));
  const clientOf = (paying: typeof fetch) =>
    new OpenAI({ apiKey: 'unused', baseURL: `${gateway.url}/v1`, fetch: paying, maxRetries: 0 });
  openai = clientOf(wrapFetchWithPayment(fetch, officialClient(scene.chain)));
  checking = clientOf(createBuyer({ ...buyerOptions(scene.chain), onReceipt: (one) => paid.push(one) }).fetch);
});
afterAll(async () => {
  await gateway?.stop();
  await scene?.chain.stop();
});

const model = 'fable-mini';
const messages = [{ role: 'user' as const, content: PROMPT }];
const asked = { model, messages, max_tokens: 8, temperature: 1, seed: 5 };
const receiptIn = (answer: unknown) => receiptFromJson((answer as { oml: unknown }).oml).receipt;

describe('the official OpenAI client, asking for several answers', () => {
  it('gets each by a seed of its own, pays for all tokens, and one receipt for the list of texts', async () => {
    const answer = await openai.chat.completions.create({ ...asked, n: 3 });
    const texts = answer.choices.map(({ message }) => message.content!);
    expect(answer.choices.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(new Set(texts).size).toBe(3);
    for (const [i, text] of texts.entries()) {
      const alone = await openai.chat.completions.create({ ...asked, seed: asked.seed + i });
      expect(alone.choices[0]!.message.content).toBe(text);
    }
    expect(answer.usage!.completion_tokens).toBe(24);
    const { responseHash, amount } = receiptIn(answer);
    expect(responseHash).toBe(keccak256(stringToBytes(completionOfTexts(texts))));
    expect(amount).toBe(2_400n);
  });

  it('gets them streamed, told apart by their index, and the SDK checks the receipt', async () => {
    const whole = await checking.chat.completions.create({ ...asked, n: 2 });
    const texts = ['', ''];
    const ends: unknown[] = [];
    for await (const { choices } of await checking.chat.completions.create({ ...asked, n: 2, stream: true }))
      for (const { index, delta, finish_reason: end } of choices) {
        texts[index]! += delta.content ?? '';
        if (end) ends.push([index, end]);
      }
    expect(texts).toEqual(whole.choices.map(({ message }) => message.content));
    expect(ends).toEqual([
      [0, 'length'],
      [1, 'length'],
    ]);
    expect(paid.map(({ signedReceipt }) => signedReceipt.receipt.amount)).toEqual([1_600n, 1_600n]);
  });

  it('gets raw completions so, too', async () => {
    const { choices } = await checking.completions.create({ model, prompt: PROMPT, max_tokens: 4, n: 2, seed: 1 });
    expect(choices.map(({ index, text }) => [index, typeof text])).toEqual([
      [0, 'string'],
      [1, 'string'],
    ]);
  });
});

describe('the official OpenAI client, asking how likely each token was', () => {
  const greedy = { ...asked, temperature: 0, logprobs: true, top_logprobs: 3 };
  it('hears it of conversations, whole and streamed', async () => {
    const whole = await openai.chat.completions.create(greedy);
    const { content } = whole.choices[0]!.logprobs!;
    expect(content).toHaveLength(8);
    expect(content!.map(({ token }) => token).join('')).toBe(whole.choices[0]!.message.content);
    for (const { token, logprob, bytes, top_logprobs: top } of content!) {
      expect(top).toHaveLength(3);
      // Greedy: the likeliest of all was drawn, and its chances fall.
      expect(top[0]).toMatchObject({ token, logprob, bytes });
      expect(top[1]!.logprob).toBeLessThanOrEqual(logprob);
      expect(logprob).toBeLessThanOrEqual(0);
      expect(bytes).toEqual([...new TextEncoder().encode(token)]);
    }
    const streamed = [];
    for await (const { choices } of await openai.chat.completions.create({ ...greedy, stream: true }))
      streamed.push(...(choices[0]?.logprobs?.content ?? []));
    expect(streamed).toEqual(content);
  });
  it('hears it of raw completions in lists', async () => {
    const asking = { model, prompt: PROMPT, max_tokens: 5, temperature: 0, logprobs: 2 };
    const { text, logprobs } = (await openai.completions.create(asking)).choices[0]!;
    expect(logprobs!.tokens!.join('')).toBe(text);
    expect(logprobs!.token_logprobs).toHaveLength(5);
    expect(logprobs!.text_offset![1]).toBe(logprobs!.tokens![0]!.length);
    for (const [i, top] of logprobs!.top_logprobs!.entries())
      expect(Math.max(...Object.values(top))).toBeCloseTo(logprobs!.token_logprobs![i]!, 6);
  });
});

describe('the official OpenAI client, asking for JSON', () => {
  it('gets one object that parses, at any temperature, or the beginning of one', async () => {
    for (const seed of [1, 2, 3]) {
      const format = { response_format: { type: 'json_object' as const }, max_tokens: 60, seed, temperature: 1 };
      const { choices } = await openai.chat.completions.create({ ...asked, ...format });
      const [{ message, finish_reason: end }] = choices as [OpenAI.ChatCompletion.Choice];
      expect(message.content).toMatch(/^\s*\{/);
      if (end === 'stop') expect(JSON.parse(message.content!)).toBeTypeOf('object');
      else expect(() => JSON.parse(message.content!) as unknown).toThrow();
    }
  });
  it('ends it where a likely end closes it', async () => {
    // A story's model has no wish for JSON: it is led to close the object at once.
    const { choices } = await openai.chat.completions.create({
      ...asked,
      response_format: { type: 'json_object' },
      logit_bias: { [await idOf('}')]: 100, [await idOf('{')]: 50 },
      temperature: 0,
    });
    expect(choices[0]).toMatchObject({ finish_reason: 'stop' });
    expect(JSON.parse(choices[0]!.message.content!)).toEqual({});
  });
  it('hears that a schema is not kept to, and pays nothing', async () => {
    const schema = { type: 'json_schema' as const, json_schema: { name: 'fox', schema: { type: 'object' } } };
    const refused = () =>
      expect(openai.chat.completions.create({ ...asked, response_format: schema })).rejects.toMatchObject({
        status: 400,
        param: 'response_format.type',
      });
    expect(await scene.costOf(refused)).toBe(0n);
    await expect(openai.embeddings.create({ model, input: 'A fox' })).rejects.toMatchObject({ param: 'model' });
  });
});

/** The id of a character in the model's vocabulary, by its own tokenizer. */
async function idOf(text: string): Promise<number> {
  const { readTextFiles } = await import('@oml/onnx/model-folder');
  const { tokenizer } = await readTextFiles(join(scene.chain.scratch, 'chatty'));
  return tokenizer.encodeWritten(`"${text}`).at(-1)!;
}
