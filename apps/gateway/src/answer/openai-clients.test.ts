import { queryHash } from '@oml/protocol/evidence/query';
import { receiptFromJson } from '@oml/protocol/wire/receipt-json';
import { createBuyer, type Paid } from '@oml/sdk/buyer';
import { wrapFetchWithPayment } from '@x402/fetch';
import { join } from 'node:path';
import OpenAI from 'openai';
import { keccak256, stringToBytes } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeChatModel } from '../../test-support/chat-model.ts';
import { gatewayEnv, startGateway, type RunningGateway } from '../../test-support/host-fixture.ts';
import { buyerOptions, openScene, PRICE, PROMPT, type Scene } from '../../test-support/scene.ts';
import { officialClient } from '../../test-support/x402-fixture.ts';

let scene: Scene;
let gateway: RunningGateway;
let openai: OpenAI;

beforeAll(async () => {
  scene = await openScene();
  const folder = writeChatModel(join(scene.chain.scratch, 'chatty'));
  gateway = await startGateway(gatewayEnv(scene.chain, [{ ...scene.listing, folder }]));
  openai = clientOf(wrapFetchWithPayment(fetch, officialClient(scene.chain)));
});
afterAll(async () => {
  await gateway?.stop();
  await scene?.chain.stop();
});

const clientOf = (paying: typeof fetch) =>
  new OpenAI({ apiKey: 'unused', baseURL: `${gateway.url}/v1`, fetch: paying, maxRetries: 0 });
const model = 'fable-mini';
const messages = [
  { role: 'system' as const, content: 'Tell a story.' },
  { role: 'user' as const, content: PROMPT },
];
const asked = { model, messages, max_tokens: 8, temperature: 0 };
const COST = Number(PRICE) / 1e6;
/** What we add to OpenAI's answers. */
interface Added {
  object: string;
  payment_ref?: string;
  cost?: number;
  oml?: unknown;
  usage?: { cost: number } | null;
}
const receiptIn = (answer: unknown) => receiptFromJson((answer as Added).oml).receipt;

describe('the official OpenAI client', () => {
  it('holds a conversation', async () => {
    const answer = await openai.chat.completions.create(asked);
    const [choice] = answer.choices;
    expect(answer.object).toBe('chat.completion');
    expect(choice).toMatchObject({ index: 0, finish_reason: 'length', message: { role: 'assistant', refusal: null } });
    expect(answer.usage).toMatchObject({ completion_tokens: 8, cost: COST });
    const receipt = receiptIn(answer);
    expect((answer as unknown as Added).payment_ref).toBe(receipt.paymentRef);
    expect(receipt.queryHash).toBe(queryHash(asked));
    expect(receipt.responseHash).toBe(keccak256(stringToBytes(choice!.message.content!)));
  });

  it('goes on with the answer that it got', async () => {
    const first = await openai.chat.completions.create({ ...asked, n: 1, tools: [], logit_bias: {} });
    const turns = [...messages, first.choices[0]!.message, { role: 'user' as const, content: 'And then?' }];
    const second = await openai.chat.completions.create({ ...asked, messages: turns });
    expect(second.usage!.prompt_tokens).toBeGreaterThan(first.usage!.prompt_tokens);
  });

  it('streams a conversation: the role, the text, the end, usage if asked for, the receipt', async () => {
    const whole = await openai.chat.completions.create(asked);
    const stream = await openai.chat.completions.create({
      ...asked,
      stream: true,
      stream_options: { include_usage: true },
    });
    const events: OpenAI.ChatCompletionChunk[] = [];
    for await (const event of stream) events.push(event);
    const text = events.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
    expect(text).toBe(whole.choices[0]!.message.content);
    expect(events[0]!.choices[0]!.delta.role).toBe('assistant');
    expect(events.at(-3)!.choices[0]!.finish_reason).toBe('length');
    expect(events.at(-2)).toMatchObject({ choices: [], usage: { completion_tokens: 8, cost: COST } });
    expect(events.filter(({ usage }) => usage)).toHaveLength(1);
    const last = events.at(-1) as unknown as Added;
    expect(last).toMatchObject({ object: 'oml.receipt', cost: COST, payment_ref: receiptIn(last).paymentRef });
    expect(receiptIn(last).responseHash).toBe(keccak256(stringToBytes(text)));
  });

  it('helps itself to a stream with its own reader', async () => {
    const stream = openai.chat.completions.stream({ ...asked, stream_options: { include_usage: true } });
    const content = await stream.finalContent();
    expect(content).toBe((await openai.chat.completions.create(asked)).choices[0]!.message.content);
    expect((await stream.totalUsage()).completion_tokens).toBe(8);
  });

  it('completes raw prompts, one or a list of one, whole or streamed with usage', async () => {
    const params = { model, prompt: [PROMPT], max_tokens: 6, temperature: 0, echo: false, logprobs: null };
    const whole = await openai.completions.create(params);
    expect(whole.usage).toMatchObject({ completion_tokens: 6, cost: COST });
    const stream = await openai.completions.create({
      ...params,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    const usages: unknown[] = [];
    for await (const event of stream) {
      text += event.choices[0]?.text ?? '';
      if (event.usage) usages.push(event.usage);
    }
    expect(text).toBe(whole.choices[0]!.text);
    expect(usages).toEqual([whole.usage]);
  });

  it('hears which parameter is refused, and pays nothing', async () => {
    const refused = () =>
      expect(openai.chat.completions.create({ ...asked, n: 9 })).rejects.toMatchObject({
        status: 400,
        param: 'n',
        code: 'REQUEST_INVALID',
      });
    expect(await scene.costOf(refused)).toBe(0n);
    expect(await openai.models.retrieve(model)).toMatchObject({ id: model, endpoints: expect.any(Array) });
    await expect(openai.models.retrieve('gpt-4')).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });
});

describe('the SDK under an OpenAI client', () => {
  it('checks the receipts of conversations, whole and streamed', async () => {
    const paid: Paid[] = [];
    const buyer = createBuyer({ ...buyerOptions(scene.chain), onReceipt: (one) => paid.push(one) });
    const checking = clientOf(buyer.fetch);
    const whole = await checking.chat.completions.create(asked);
    let text = '';
    for await (const event of await checking.chat.completions.create({ ...asked, stream: true }))
      text += event.choices[0]?.delta.content ?? '';
    expect(text).toBe(whole.choices[0]!.message.content);
    expect(new Set(paid.map(({ payment }) => payment.paymentRef)).size).toBe(2);
  });
});
