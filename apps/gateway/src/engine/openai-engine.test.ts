import { readModelFacts, type LanguageFacts } from '@oml/onnx/model-facts';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  endEvents,
  REFUSALS,
  sendEvents,
  sendJson,
  startEngine,
  STREAMS,
  type FakeEngine,
} from '../../test-support/engines.ts';
import { MODELS } from '../../test-support/host-fixture.ts';
import type { OpenAiBackend } from './backends.ts';
import type { AnswerEvent, EngineRequest } from './engine.ts';
import { openAiEngine } from './openai-engine.ts';

let facts: LanguageFacts;
let fake: FakeEngine;
beforeAll(async () => {
  facts = (await readModelFacts(join(MODELS, 'fable-mini'))) as LanguageFacts;
});
beforeEach(async () => {
  fake = await startEngine((_, response) => endEvents(response, STREAMS.vllm(PIECES, COUNTED)));
});
afterEach(() => fake.stop());

const PIECES = [' a', ' fo', 'x…'];
const COUNTED = { prompt_tokens: 4, completion_tokens: 3 };

const backend = (more: Partial<OpenAiBackend> = {}): OpenAiBackend => ({
  kind: 'openai',
  dialect: 'vllm',
  url: `${fake.url}/v1`,
  model: 'served',
  timeoutMs: 5_000,
  ...more,
});
const ask = (request: Partial<EngineRequest> = {}, more: Partial<OpenAiBackend> = {}) => {
  const prompt = facts.tokenizer.encode('Once upon');
  return openAiEngine(facts, backend(more)).complete({ prompt, promptText: 'Once upon', maxTokens: 8, ...request });
};
async function answer(...asked: Parameters<typeof ask>) {
  const events: AnswerEvent[] = [];
  for await (const event of ask(...asked)) events.push(event);
  const text = events.map((event) => (event.type === 'text' ? event.text : '')).join('');
  return { text, pieces: events.length - 1, end: events.at(-1) };
}

describe('an engine behind /v1/completions', () => {
  it.each(Object.keys(STREAMS) as (keyof typeof STREAMS)[])('is read as %s writes its stream', async (dialect) => {
    fake.answer = (_, response) => endEvents(response, STREAMS[dialect](PIECES, COUNTED));
    expect(await answer({}, { dialect })).toEqual({
      text: ' a fox…',
      pieces: 3,
      end: { type: 'end', finishReason: 'length', usage: { promptTokens: 4, completionTokens: 3 } },
    });
  });

  it('is asked in tokens, with all that steers the drawing, and under its key', async () => {
    const steering = { temperature: 0.5, topP: 0.9, seed: 7, stop: ['.'], logitBias: new Map([[5, -100]]) };
    await answer({ ...steering, frequencyPenalty: 0.1, presencePenalty: 0.2 }, { apiKey: 'secret' });
    const [asked] = fake.asked;
    expect(asked).toMatchObject({
      method: 'POST',
      path: '/v1/completions',
      headers: { authorization: 'Bearer secret' },
    });
    expect(asked!.body).toEqual({
      model: 'served',
      prompt: facts.tokenizer.encode('Once upon'),
      max_tokens: 8,
      temperature: 0.5,
      top_p: 0.9,
      seed: 7,
      frequency_penalty: 0.1,
      presence_penalty: 0.2,
      stop: ['.'],
      logit_bias: { 5: -100 },
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('is asked for likelihoods and JSON where it gives them, and its numbers go on', async () => {
    const logprobs = {
      text_offset: [0, 2],
      token_logprobs: [-0.25, null],
      tokens: [' a', ' fox'],
      top_logprobs: [{ ' a': -0.25, ' the': -1.5 }, null],
    };
    fake.answer = (_, response) =>
      endEvents(response, [
        { choices: [{ index: 0, text: ' a fox', logprobs, finish_reason: null }] },
        { choices: [{ index: 0, text: '', finish_reason: 'stop' }], usage: COUNTED },
      ]);
    const events = [];
    for await (const event of ask({ logprobs: 2, json: true })) events.push(event);
    expect(events[0]).toEqual({
      type: 'text',
      text: ' a fox',
      tokens: [
        {
          token: ' a',
          logprob: -0.25,
          top: [
            { token: ' a', logprob: -0.25 },
            { token: ' the', logprob: -1.5 },
          ],
        },
        { token: ' fox', logprob: -9_999, top: [] },
      ],
    });
    for await (const _ of ask({ jsonSchema: { name: 'fox', schema: { type: 'object' } } }));
    expect(fake.asked.map(({ body }) => body)).toMatchObject([
      { logprobs: 2, response_format: { type: 'json_object' } },
      { response_format: { type: 'json_schema', json_schema: { name: 'fox', schema: { type: 'object' } } } },
    ]);
    expect(fake.asked[1]!.body).not.toHaveProperty('logprobs');
  });

  it.each([
    ['vllm', []],
    ['llama.cpp', ['json_object', 'json_schema', 'logprobs']],
    ['ollama', ['json_object', 'json_schema', 'logit_bias', 'logprobs', 'token prompts']],
  ] as const)('of %s is known to be unable to do %j', (dialect, unable) => {
    expect([...openAiEngine(facts, backend({ dialect })).unable!].sort()).toEqual(unable);
  });

  it('is asked in text where it takes no tokens, and for no more than the context holds', async () => {
    await answer({ maxTokens: 100_000 }, { dialect: 'ollama' });
    const prompt = facts.tokenizer.encode('Once upon');
    expect(fake.asked[0]!.body).toMatchObject({ prompt: 'Once upon', max_tokens: facts.contextLength - prompt.length });
  });

  it('is counted by the edition’s own tokenizer where it counts nothing, or what cannot be', async () => {
    const own = { promptTokens: facts.tokenizer.encode('Once upon').length, completionTokens: expect.any(Number) };
    for (const usage of [
      null,
      { prompt_tokens: 4, completion_tokens: 9e9 },
      { prompt_tokens: -1, completion_tokens: 3 },
    ]) {
      fake.answer = (_, response) =>
        endEvents(response, [{ choices: [{ index: 0, text: 'a fox', finish_reason: 'stop' }], usage }]);
      const { end } = await answer();
      expect(end).toEqual({ type: 'end', finishReason: 'stop', usage: own });
    }
  });

  it('hears of it when its caller leaves or is told to stop', async () => {
    fake.answer = (_, response) => sendEvents(response, STREAMS.vllm(['a', 'b', 'c'], COUNTED).slice(0, 1));
    for await (const _ of ask()) break;
    await vi.waitFor(() => expect(fake.hungUp()).toBe(1));
    const stop = new AbortController();
    const events = ask({ signal: stop.signal });
    await events.next();
    stop.abort();
    await expect(events.next()).rejects.toMatchObject({ code: 'ABORTED' });
    await vi.waitFor(() => expect(fake.hungUp()).toBe(2));
  });

  it.each(REFUSALS)(
    'says by what word $engine refused, and nothing of what it said',
    async ({ status, body, name }) => {
      fake.answer = (_, response) => sendJson(response, status, body);
      await expect(answer()).rejects.toMatchObject({
        code: 'UNAVAILABLE',
        message: `The model's engine refused the call with ${status} (${name}).`,
      });
    },
  );

  const piece = { choices: [{ index: 0, text: 'a', finish_reason: null }] };
  const end = { choices: [{ index: 0, text: '', finish_reason: 'stop' }] };
  const hostile: [string, RegExp, (response: ServerResponse) => void][] = [
    ['sends its callers elsewhere', /elsewhere/, (r) => void r.writeHead(307, { location: `${fake.url}/x` }).end()],
    [
      'answers a page',
      /something else than a stream/,
      (r) => void r.writeHead(200, { 'content-type': 'text/html' }).end('<p>'),
    ],
    ['answers whole JSON', /something else than a stream/, (r) => sendJson(r, 200, end)],
    ['refuses by a page', /refused the call with 502\.$/, (r) => void r.writeHead(502).end('<h1>Bad gateway')],
    ['hangs up', /does not answer/, (r) => void r.destroy()],
    [
      'hangs up in its answer',
      /broke off|does not answer/,
      (r) => (sendEvents(r, [piece]), setTimeout(() => r.destroy(), 20)),
    ],
    ['ends without an end', /broke off/, (r) => endEvents(r, [piece])],
    ['ends within a line', /broke off/, (r) => (sendEvents(r, [piece]), void r.end('data: {"choices":[{"text"'))],
    [
      'fails in its answer',
      /broke off its answer \(InternalServerError\)/,
      (r) => endEvents(r, [piece, { error: { message: 'died', type: 'InternalServerError', code: 500 } }]),
    ],
    [
      'fails as llama.cpp does',
      /broke off its answer \(server_error\)/,
      (r) => {
        sendEvents(r, [piece]);
        r.end('error: {"code":500,"message":"died","type":"server_error"}\n\n');
      },
    ],
    ['sends no JSON', /no JSON/, (r) => endEvents(r, ['{'])],
    ['gives two answers', /broke off/, (r) => endEvents(r, [{ choices: [piece.choices[0], piece.choices[0]] }])],
    [
      'ends in its own way',
      /ended its answer by "content_filter"/,
      (r) => endEvents(r, [{ choices: [{ index: 0, text: '', finish_reason: 'content_filter' }] }]),
    ],
    ['goes on after its end', /went on/, (r) => endEvents(r, [end, piece])],
    ['sends half a character', /half a character/, (r) => endEvents(r, ['{"choices":[{"text":"\\ud83d"}]}'])],
    ['sends no UTF-8', /no UTF-8/, (r) => (sendEvents(r, [piece]), void r.end(Buffer.from([0x64, 0xff, 0x0a])))],
    ['sends an endless line', /without an end/, (r) => (sendEvents(r, []), void r.end(`data: ${'x'.repeat(400_000)}`))],
    [
      'sends an endless stream',
      /more than/,
      (r) => (sendEvents(r, []), void r.end(`: ${'x'.repeat(1_000)}\n`.repeat(20_000))),
    ],
  ];
  it.each(hostile)('is refused where it %s', async (_, why, send) => {
    fake.answer = (_asked, response) => send(response);
    await expect(answer()).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringMatching(why) });
    expect(fake.asked).toHaveLength(1);
  });

  it('is given up where it is silent, before its answer or in it', async () => {
    for (const events of [undefined, [piece]]) {
      fake.answer = (_, response) => (events ? sendEvents(response, events) : undefined);
      await expect(answer({}, { timeoutMs: 200 })).rejects.toMatchObject({
        code: 'UNAVAILABLE',
        message: expect.stringMatching(/silent for 200 ms/),
      });
    }
  });

  it('is read across pieces of characters, with all ends of lines and with comments', async () => {
    fake.answer = async (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const bytes = Buffer.from(
        `: hello\r\n\r\ndata: {"choices":[{"text":"…"}]}\r\n\r\ndata:${JSON.stringify(end)}\n\n`,
      );
      for (const byte of bytes) response.write(Buffer.from([byte]));
      response.end();
    };
    expect(await answer()).toMatchObject({ text: '…', end: { finishReason: 'stop' } });
  });
});
