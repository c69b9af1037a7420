import { createOpenAICompatible, type OpenAICompatibleProvider } from '@ai-sdk/openai-compatible';
import { ChatOpenAI, OpenAI, type ClientOptions, type OpenAIInput } from '@langchain/openai';
import { wrapAxiosWithPayment } from '@x402/axios';
import { x402Client } from '@x402/core/client';
import { ExactEvmScheme } from '@x402/evm/exact/client';
import { wrapFetchWithPayment } from '@x402/fetch';
import { generateText, streamText } from 'ai';
import axios from 'axios';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUYER } from '../../test-support/chain-fixture.ts';
import { writeChatModel } from '../../test-support/chat-model.ts';
import { gatewayEnv, startGateway, type RunningGateway } from '../../test-support/host-fixture.ts';
import { openScene, PRICE, PROMPT, type Scene } from '../../test-support/scene.ts';
import { officialClient } from '../../test-support/x402-fixture.ts';

// What other people call this gateway with.

describe('clients of other people', () => {
  const model = 'fable-mini';
  let scene: Scene;
  let gateway: RunningGateway;
  let provider: OpenAICompatibleProvider;
  let langChainSettings: Partial<OpenAIInput> & { maxRetries: number; configuration: ClientOptions };
  beforeAll(async () => {
    scene = await openScene();
    const folder = writeChatModel(join(scene.chain.scratch, 'chatty'));
    gateway = await startGateway(gatewayEnv(scene.chain, [{ ...scene.listing, folder }]));
    const [baseURL, paying] = [`${gateway.url}/v1`, wrapFetchWithPayment(fetch, officialClient(scene.chain))];
    provider = createOpenAICompatible({ name: 'oml', baseURL, fetch: paying, includeUsage: true });
    const configuration = { baseURL, fetch: paying };
    langChainSettings = { model, apiKey: 'unused', maxTokens: 6, temperature: 0, maxRetries: 0, configuration };
  });
  afterAll(async () => {
    await gateway?.stop();
    await scene?.chain.stop();
  });
  const asked = { prompt: PROMPT, maxOutputTokens: 6, temperature: 0 };

  it('the AI SDK holds a conversation, whole and streamed with usage, and completes a prompt', async () => {
    const whole = await generateText({ ...asked, model: provider.chatModel(model) });
    expect(whole.usage.outputTokens).toBe(6);
    const stream = streamText({ ...asked, model: provider.chatModel(model) });
    let text = '';
    for await (const piece of stream.textStream) text += piece;
    expect(text).toBe(whole.text);
    expect((await stream.usage).outputTokens).toBe(6);
    const completed = await generateText({ ...asked, model: provider.completionModel(model) });
    expect(completed.usage.outputTokens).toBe(6);
  });

  it('LangChain holds a conversation, whole and streamed, and completes a prompt', async () => {
    const chat = new ChatOpenAI(langChainSettings);
    const whole = await chat.invoke(PROMPT);
    expect(whole.usage_metadata?.output_tokens).toBe(6);
    let text = '';
    for await (const { content } of await chat.stream(PROMPT)) text += content;
    expect(text).toBe(whole.content);
    expect((await new OpenAI(langChainSettings).invoke(PROMPT)).length).toBeGreaterThan(0);
  });

  it('@x402/fetch pays as the guide for buyers sets it up, and nobody without that', async () => {
    const guide = readFileSync(join(import.meta.dirname, '../../../../docs/guides/buyer.md'), 'utf8');
    const snippet = /```ts\n\s*(new x402Client\(\)[^]*?);\s*```/.exec(guide)![1]!;
    const { token } = scene.chain.deployment.contracts;
    const given = { x402Client, ExactEvmScheme, account: BUYER, token };
    const client = new Function(...Object.keys(given), `return ${snippet}`)(...Object.values(given)) as x402Client;
    const ask = (paying: typeof fetch) =>
      paying(`${gateway.url}/v1/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model, prompt: PROMPT, max_tokens: 6 }),
      });
    const bare = new x402Client().register('eip155:31337', new ExactEvmScheme(BUYER));
    const refused = () => expect(ask(wrapFetchWithPayment(fetch, bare))).rejects.toThrow('spendControls');
    expect(await scene.costOf(refused)).toBe(0n);
    const paid = async () => expect((await ask(wrapFetchWithPayment(fetch, client))).status).toBe(200);
    expect(await scene.costOf(paid)).toBe(PRICE);
  });

  it('axios pays once under x402’s own wrapper', async () => {
    // It brings a core of its own version, whose classes are the same.
    const client = officialClient(scene.chain) as unknown as Parameters<typeof wrapAxiosWithPayment>[1];
    const paying = wrapAxiosWithPayment(axios.create(), client);
    const cost = await scene.costOf(async () => {
      const body = { model, prompt: PROMPT, max_tokens: 6 };
      const { data } = await paying.post(`${gateway.url}/v1/completions`, body);
      expect(data).toMatchObject({ usage: { completion_tokens: 6 }, payment_ref: expect.stringMatching(/^0x/) });
    });
    expect(cost).toBe(PRICE);
  });
});
