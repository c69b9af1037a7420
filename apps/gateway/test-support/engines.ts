import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

// Fakes of other engines. None of them runs a model: they replay fields as each engine's own documentation shows them
// (vLLM's and Ollama's pages on OpenAI compatibility, tools/server of llama.cpp, the predict protocol of KServe and
// Triton), errors and streams included.

type Json = Record<string, unknown>;

/** One request that a fake got. */
export interface Asked {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: Json;
}

export interface FakeEngine {
  url: string;
  asked: Asked[];
  /** How many answers were hung up on before they ended. */
  hungUp(): number;
  /** Answers from now on. */
  answer: Answering;
  stop(): Promise<void>;
}

/** What a fake does with a request. */
export type Answering = (asked: Asked, response: ServerResponse) => void | Promise<void>;

export async function startEngine(answer: Answering): Promise<FakeEngine> {
  let hungUp = 0;
  const server = createServer((request, response) => {
    response.on('close', () => {
      if (!response.writableEnded) hungUp++;
    });
    void read(request).then(async (asked) => {
      fake.asked.push(asked);
      await fake.answer(asked, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const fake: FakeEngine = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    hungUp: () => hungUp,
    answer,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return fake;
}

async function read(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const { method = '', url = '', headers } = request;
  return { method, path: url, headers, body: text === '' ? {} : (JSON.parse(text) as Json) };
}

/** A whole JSON answer. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** Events as they go over the wire, without an end. */
export function sendEvents(response: ServerResponse, events: readonly unknown[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  for (const event of events) response.write(`data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`);
}

/** A whole stream. */
export const endEvents = (response: ServerResponse, events: readonly unknown[]): void => {
  sendEvents(response, [...events, '[DONE]']);
  response.end();
};

/** How many tokens an answer had, by the engine's own count. */
export interface Counted {
  prompt_tokens: number;
  completion_tokens: number;
}
const totalled = (usage: Counted) => ({ ...usage, total_tokens: usage.prompt_tokens + usage.completion_tokens });

/** The events of an answer in the words of each engine's `/v1/completions`. */
export const STREAMS: Record<'vllm' | 'llama.cpp' | 'ollama', (pieces: string[], usage: Counted) => Json[]> = {
  vllm: (pieces, usage) => {
    const head = { id: 'cmpl-ae7c4833c82a33d6', object: 'text_completion', created: 1_764_000_000, model: 'served' };
    const more = { logprobs: null, stop_reason: null, prompt_token_ids: null, token_ids: null };
    return [
      ...pieces.map((text, i) => {
        const finish_reason = i === pieces.length - 1 ? 'length' : null;
        return { ...head, choices: [{ index: 0, text, ...more, finish_reason }], usage: null };
      }),
      { ...head, choices: [], usage: { ...totalled(usage), prompt_tokens_details: null } },
    ];
  },
  'llama.cpp': (pieces, usage) => {
    const head = {
      created: 1_764_000_000,
      model: 'served.gguf',
      system_fingerprint: 'b8681-Debian',
      object: 'text_completion',
      id: 'chatcmpl-n1',
    };
    const choice = (text: string, finish_reason: string | null) => [{ text, index: 0, logprobs: null, finish_reason }];
    const timings = { cache_n: 0, prompt_n: 4, prompt_ms: 7.1, predicted_n: 3, predicted_ms: 21.3 };
    return [
      ...pieces.map((text) => ({ ...head, choices: choice(text, null) })),
      { ...head, choices: choice('', 'length') },
      { ...head, choices: [], usage: { ...totalled(usage), prompt_tokens_details: { cached_tokens: 0 } }, timings },
    ];
  },
  ollama: (pieces, usage) => {
    const head = {
      id: 'cmpl-774',
      object: 'text_completion',
      created: 1_764_000_000,
      model: 'served',
      system_fingerprint: 'fp_ollama',
    };
    return [
      ...pieces.map((text) => ({ ...head, choices: [{ text, index: 0, finish_reason: null }] })),
      { ...head, choices: [{ text: '', index: 0, finish_reason: 'length' }] },
      { ...head, choices: [], usage: totalled(usage) },
    ];
  },
};

/** Refusals in the words of each engine. */
export const REFUSALS: { engine: string; status: number; body: Json; name: string }[] = [
  {
    engine: 'vLLM',
    status: 400,
    body: {
      error: { message: "This model's maximum context length is 128 tokens.", type: 'BadRequestError', code: 400 },
    },
    name: 'BadRequestError',
  },
  {
    engine: 'vLLM before 0.10',
    status: 404,
    body: { object: 'error', message: 'The model does not exist.', type: 'NotFoundError', param: null, code: 404 },
    name: 'NotFoundError',
  },
  {
    engine: 'llama.cpp, loading',
    status: 503,
    body: { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } },
    name: 'unavailable_error',
  },
  {
    engine: 'llama.cpp, too long',
    status: 400,
    body: {
      error: {
        code: 400,
        message: 'request (9412 tokens) exceeds the available context size (8192 tokens), try increasing it',
        type: 'exceed_context_size_error',
        n_prompt_tokens: 9_412,
        n_ctx: 8_192,
      },
    },
    name: 'exceed_context_size_error',
  },
  {
    engine: 'Ollama',
    status: 404,
    body: { error: { message: "model 'served' not found", type: 'not_found_error', param: null, code: null } },
    name: 'not_found_error',
  },
];

/** What the tensor servers say of a model, and what they infer. */
export const TENSORS: Record<'Triton' | 'KServe', { metadata: Json; infer: (data: number[]) => Json }> = {
  Triton: {
    metadata: {
      name: 'served',
      versions: ['1'],
      platform: 'onnxruntime_onnx',
      inputs: [{ name: 'image', datatype: 'FP32', shape: [-1, 1, 28, 28] }],
      outputs: [{ name: 'scores', datatype: 'FP32', shape: [-1, 10] }],
    },
    infer: (data) => ({
      model_name: 'served',
      model_version: '1',
      outputs: [{ name: 'scores', datatype: 'FP32', shape: [1, data.length], data }],
    }),
  },
  KServe: {
    metadata: { name: 'served', versions: [], platform: '', inputs: [], outputs: [] },
    infer: (data) => ({
      model_name: 'served',
      model_version: null,
      id: '4b2d6f0e-5a7c-4c39-9f0e-1f6f2a6b7c8d',
      parameters: null,
      outputs: [{ name: 'output-0', shape: [1, data.length], datatype: 'FP32', parameters: null, data }],
    }),
  },
};
