import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openUnpaidApp, type UnpaidApp } from '../../test-support/unpaid-app.ts';

let host: UnpaidApp;
beforeAll(async () => {
  host = await openUnpaidApp();
});
afterAll(() => host?.stop());

type Body = Record<string, unknown>;
type Bytes = string | Uint8Array<ArrayBuffer>;
const COMPLETIONS = '/v1/completions';
const CHAT = '/v1/chat/completions';
const send = async (path: string, body: Bytes) => host.app.request(path, { method: 'POST', body });
const complete = (body: Body) =>
  send(COMPLETIONS, JSON.stringify({ model: 'fable-mini', prompt: 'A fox', max_tokens: 4, ...body }));
const chat = (body: Body) =>
  send(CHAT, JSON.stringify({ model: 'chatty', messages: [{ role: 'user', content: 'A fox' }], ...body }));

/** What OpenAI clients read of a refusal, and that nobody was asked to pay for it. */
async function refusalOf(answer: Promise<Response>) {
  const before = host.asked();
  const response = await answer;
  const { error } = (await response.json()) as {
    error: { message: string; type: string; param: unknown; code: string };
  };
  if (response.status !== 402) expect(host.asked()).toBe(before);
  expect(error).toEqual({
    message: expect.any(String),
    type: expect.any(String),
    param: error.param,
    code: expect.any(String),
  });
  return { status: response.status, code: error.code, param: error.param };
}
const PAY = { status: 402, code: 'PAYMENT_REQUIRED', param: null };

describe('what changes nothing is taken', () => {
  const shared: Body[] = [
    { stream: true, stream_options: { include_usage: true } },
    { stream_options: {} },
    { stream_options: null },
    { max_tokens: null, temperature: null, top_p: null, seed: null, stop: null, user: null, n: null, stream: null },
    { n: 1, frequency_penalty: 0, presence_penalty: 0, logit_bias: {} },
    { n: 3 },
    { max_completion_tokens: 4, seed: 7, stop: ['\n'], frequency_penalty: 0.5, logit_bias: { 5: -100 } },
  ];
  const raw: Body[] = [
    { prompt: ['A fox'] },
    { prompt: [1, 20, 30] },
    { prompt: [[1, 20, 30]] },
    { best_of: 1, echo: false, logprobs: null, suffix: null },
    { logprobs: 0 },
    { logprobs: 5, n: 2, stream: true },
  ];
  const talk: Body[] = [
    { messages: [{ role: 'developer', content: [{ type: 'text', text: 'Be kind.' }] }] },
    {
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hello', refusal: null, annotations: [], tool_calls: [] },
        { role: 'user', content: 'A fox', name: 'ann' },
      ],
    },
    { logprobs: false, top_logprobs: null, response_format: { type: 'text' }, modalities: ['text'], store: false },
    { logprobs: true },
    { logprobs: true, top_logprobs: 20 },
    { response_format: { type: 'json_object' }, n: 2 },
    { tools: [], tool_choice: 'auto', parallel_tool_calls: true, service_tier: 'auto', metadata: {}, verbosity: null },
  ];
  it.each([...shared, ...raw])('by completions: %j', async (body) =>
    expect(await refusalOf(complete({ max_tokens: undefined, ...body }))).toEqual(PAY),
  );
  it.each([...shared, ...talk])('by conversations: %j', async (body) =>
    expect(await refusalOf(chat(body))).toEqual(PAY),
  );
});

describe('what is not done is refused by name, before payment', () => {
  const invalid = (param: string | null) => ({ status: 400, code: 'REQUEST_INVALID', param });
  const shared: [Body, string][] = [
    [{ n: 9 }, 'n'],
    [{ n: 0 }, 'n'],
    [{ temperature: 3 }, 'temperature'],
    [{ max_tokens: 4, max_completion_tokens: 5 }, 'max_tokens'],
    [{ stop: ['a', 'b', 'c', 'd', 'e'] }, 'stop'],
    [{ stop: 'a\ud800' }, 'stop'],
    [{ logit_bias: { fox: 1 } }, 'logit_bias.fox'],
    [{ logit_bias: { 99999: 1 } }, 'logit_bias'],
    [{ stream_options: { include_obfuscation: true } }, 'stream_options.include_obfuscation'],
    [{ made_up: 1 }, 'made_up'],
    [{ model: 'digits' }, 'model'],
  ];
  const raw: [Body, string][] = [
    [{ prompt: 'a\ud800b' }, 'prompt'],
    [{ prompt: '' }, 'prompt'],
    [{ prompt: ['a', 'b'] }, 'prompt'],
    [{ prompt: [1, 999_999] }, 'prompt'],
    [{ prompt: [-1] }, 'prompt[0]'],
    [{ echo: true }, 'echo'],
    [{ logprobs: 6 }, 'logprobs'],
    [{ logprobs: true }, 'logprobs'],
    [{ response_format: { type: 'json_object' } }, 'response_format'],
    [{ best_of: 2 }, 'best_of'],
    [{ suffix: 'end' }, 'suffix'],
    [{ messages: [] }, 'messages'],
  ];
  const talk: [Body, string][] = [
    [{ model: 'fable-mini' }, 'model'],
    [{ messages: [] }, 'messages'],
    [{ messages: [{ role: 'user', content: 'a\ud800' }] }, 'messages[0].content'],
    [{ messages: [{ role: 'tool', content: 'x', tool_call_id: '1' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'user', content: [{ type: 'image_url' }] }] }, 'messages[0].content'],
    [{ messages: ['a', 'b'].map((content) => ({ role: 'user', content })) }, 'messages'],
    [{ tools: [{ type: 'function' }] }, 'tools'],
    [{ response_format: { type: 'json_schema', json_schema: { name: 'a', schema: {} } } }, 'response_format.type'],
    [{ response_format: { type: 'yaml' } }, 'response_format.type'],
    [{ logprobs: 1 }, 'logprobs'],
    [{ top_logprobs: 2 }, 'top_logprobs'],
    [{ logprobs: false, top_logprobs: 2 }, 'top_logprobs'],
    [{ logprobs: true, top_logprobs: 21 }, 'top_logprobs'],
    [{ store: true }, 'store'],
  ];
  it.each([...shared, ...raw])('by completions: %j', async (body, param) =>
    expect(await refusalOf(complete(body))).toEqual(invalid(param)),
  );
  it.each([...shared, ...talk])('by conversations: %j', async (body, param) =>
    expect(await refusalOf(chat(body))).toEqual(invalid(param)),
  );

  it.each([
    ['fable-mini', 'A fox'],
    ['digits', ['A fox', 'a bear']],
  ])('embeddings of %s', async (model, input) => {
    const answer = send('/v1/embeddings', JSON.stringify({ model, input }));
    expect(await refusalOf(answer)).toEqual(invalid('model'));
  });

  const unreadable: [string, Bytes][] = [
    ['nothing', ''],
    ['NaN', '{"model":"fable-mini","prompt":"a","temperature":NaN}'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a number', '1e999'],
    ['bytes that are no UTF-8', Uint8Array.from([0x7b, 0x22, 0xff, 0x22, 0x7d])],
    ['a hundred thousand lists', '['.repeat(100_000)],
    ['them closed', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ];
  it.each(unreadable)('%s', async (_, body) => {
    for (const path of [COMPLETIONS, CHAT]) expect(await refusalOf(send(path, body))).toEqual(invalid(null));
  });

  it('numbers beyond all numbers', async () => {
    const big = (member: string) => `{"model":"fable-mini","prompt":"a","${member}":1e999}`;
    for (const member of ['temperature', 'seed', 'max_tokens', 'top_p'])
      expect(await refusalOf(send(COMPLETIONS, big(member)))).toEqual(invalid(member));
  });

  it('a model that nobody serves', async () =>
    expect(await refusalOf(complete({ model: 'gpt-4' }))).toEqual({ status: 404, code: 'NOT_FOUND', param: 'model' }));

  it('in a few lines, however many members are wrong', async () => {
    const members = Object.fromEntries(Array.from({ length: 15_000 }, (_, i) => [`member${i}`, i]));
    expect((await (await complete(members)).text()).length).toBeLessThan(4_000);
  });
});

describe('a prompt that cannot fit', () => {
  const tooLong = (param: string) => ({ status: 400, code: 'PROMPT_TOO_LONG', param });

  it('is refused by its tokens', async () => {
    expect(await refusalOf(complete({ prompt: 'a b c '.repeat(60) }))).toEqual(tooLong('prompt'));
    expect(await refusalOf(complete({ prompt: Array.from({ length: 128 }, () => 5) }))).toEqual(tooLong('prompt'));
    expect(await refusalOf(chat({ messages: [{ role: 'user', content: 'a b '.repeat(90) }] }))).toEqual(
      tooLong('messages'),
    );
  });

  it('is refused by its bytes before it is cut into tokens: twenty of 250 kB cost next to nothing', async () => {
    const prompt = 'Once upon a time '.repeat(14_700);
    const started = process.cpuUsage();
    for (let i = 0; i < 10; i++) {
      expect(await refusalOf(complete({ prompt }))).toEqual(tooLong('prompt'));
      expect(await refusalOf(chat({ messages: [{ role: 'user', content: prompt }] }))).toEqual(tooLong('messages'));
    }
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1_000).toBeLessThan(2_000); // 15,800 ms where all of them were tokenised
  });
});

describe('a quote', () => {
  const quote = async (body: Body) => {
    const answer = await send('/v1/quote', JSON.stringify(body));
    return [answer.status, (await answer.json()) as Body] as const;
  };
  const inputs = [
    { name: 'input', datatype: 'UINT8', shape: [1, 1, 28, 28], data: Array.from({ length: 784 }, () => 7) },
  ];

  it('is given for a tensor of the Open Inference Protocol, which names its model beside it', async () => {
    const [status, quoted] = await quote({ model: 'digits', inputs, id: 'a' });
    expect([status, quoted]).toMatchObject([200, { model: 'digits', ceiling: '1500', inputTokens: 0 }]);
    expect(await quote({ inputs })).toMatchObject([400, { error: { param: 'model' } }]);
    expect(await quote({ model: 'fable-mini', inputs })).toMatchObject([404, { error: { code: 'NOT_FOUND' } }]);
    const flat = [{ ...inputs[0], shape: [1, 784] }];
    expect(await quote({ model: 'digits', inputs: flat })).toMatchObject([400, { error: { param: 'shape' } }]);
  });

  it('counts every choice', async () => {
    const most = async (n: number) => (await quote({ model: 'fable-mini', prompt: 'A', max_tokens: 10, n }))[1];
    expect((await most(1))['mostOutputTokens']).toBe(10);
    expect((await most(4))['mostOutputTokens']).toBe(40);
  });
});

describe('routes', () => {
  it('show one model, with what it takes', async () => {
    const shown = async (name: string) => (await host.app.request(`/v1/models/${name}`)).json();
    expect(await shown('chatty')).toMatchObject({
      id: 'chatty',
      object: 'model',
      endpoints: [COMPLETIONS, CHAT],
      context_length: 128,
    });
    expect(await shown('digits')).toMatchObject({ endpoints: ['/v1/classify'] });
    const none = await host.app.request('/v1/models/nobody/at-all');
    expect(none.status).toBe(404);
    expect(await none.json()).toMatchObject({ error: { code: 'NOT_FOUND', param: 'model' } });
  });

  it('answer HEAD and OPTIONS, and name the methods that they take', async () => {
    expect((await host.app.request('/v1/models', { method: 'HEAD' })).status).toBe(200);
    expect((await host.app.request(CHAT, { method: 'OPTIONS' })).status).toBe(204);
    for (const [path, method, allow] of [
      [CHAT, 'GET', 'POST, OPTIONS'],
      ['/v1/models', 'DELETE', 'GET, HEAD, OPTIONS'],
      ['/v1/models/chatty', 'POST', 'GET, HEAD, OPTIONS'],
    ] as const) {
      const answer = await host.app.request(path, { method });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
      expect(await answer.json()).toMatchObject({ error: { code: 'METHOD_NOT_ALLOWED' } });
    }
  });

  it('that do not exist, and bodies that are too large, are refused in OpenAI’s shape too', async () => {
    expect(await refusalOf(send('/v1/responses', '{}'))).toEqual({ status: 404, code: 'NOT_FOUND', param: null });
    expect(await refusalOf(send(CHAT, 'x'.repeat(300_000)))).toEqual({
      status: 413,
      code: 'REQUEST_TOO_LARGE',
      param: null,
    });
  });
});

describe('whatever is sent', () => {
  /** Right members with wrong values, wrong members, and texts of all kinds, half characters included. */
  const value = fc.oneof(
    fc.anything({ maxDepth: 2 }),
    fc.string({ unit: 'binary' }),
    fc.string().map((text) => `${text}\ud800`),
    fc.constantFrom(null, 0, 1, -1, true, [], {}, '', 'text', [[]], 1e308),
  );
  const members =
    'prompt messages max_tokens temperature top_p n stop seed stream stream_options logit_bias user tools ' +
    'response_format logprobs model suffix __proto__ constructor';
  const message = fc.record(
    { role: fc.constantFrom('user', 'system', 'assistant', 'tool'), content: value, name: value },
    { requiredKeys: ['role'] },
  );
  const body = fc.oneof(
    fc.dictionary(fc.constantFrom(...members.split(' ')), value),
    fc.array(message, { maxLength: 4 }).map((messages) => ({ messages })),
    fc.record({ prompt: fc.string({ unit: 'binary', maxLength: 400 }), seed: fc.integer() }),
  );

  it('never ends in 500, and is asked to pay or refused in OpenAI’s shape', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(COMPLETIONS, CHAT), body, async (path, given) => {
        const model = path === CHAT ? 'chatty' : 'fable-mini';
        const text = JSON.stringify({ model, ...given }, (_, one: unknown) => (typeof one === 'bigint' ? 1 : one));
        const { status } = await refusalOf(send(path, text));
        expect([400, 402, 404]).toContain(status);
      }),
      { numRuns: 400 },
    );
  });

  it('also where it is no JSON at all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        expect((await refusalOf(send(CHAT, Uint8Array.from(bytes)))).status).toBe(400);
      }),
    );
  });
});
