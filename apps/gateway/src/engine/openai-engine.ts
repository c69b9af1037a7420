import { conversationTokens } from '@oml/onnx/chat-template';
import type { CompletionEvent } from '@oml/onnx/language-model';
import type { LanguageFacts } from '@oml/onnx/model-facts';
import type { DrawnToken } from '@oml/onnx/run/token-chances';
import { z } from 'zod';
import { engineEvents, engineFailed, errorName } from './backend-http.ts';
import type { OpenAiBackend } from './backends.ts';
import type { EngineRequest, LanguageEngine, Unable } from './engine.ts';

/** What each engine's own documentation says that its `/v1/completions` does not take. */
const UNABLE: Record<OpenAiBackend['dialect'], Unable[]> = {
  vllm: [],
  'llama.cpp': ['logprobs', 'json_object', 'json_schema'],
  ollama: ['token prompts', 'logit_bias', 'logprobs', 'json_object', 'json_schema'],
};

/** As OpenAI's raw completions have them; the likeliest of the first token may be missing. */
const logprobs = z.object({
  tokens: z.array(z.string()).max(4_096),
  token_logprobs: z.array(z.number().nullable()),
  top_logprobs: z.array(z.record(z.string(), z.number()).nullable()).nullish(),
});

/** An event of `/v1/completions`; engines put more into it, which is not read. */
const event = z.object({
  choices: z
    .array(
      z.object({
        index: z.literal(0).optional(),
        text: z.string().nullish(),
        finish_reason: z.string().nullish(),
        logprobs: logprobs.nullish(),
      }),
    )
    .max(1),
  usage: z.unknown().optional(),
});
const tokens = z.int().min(0).max(10_000_000);
const usage = z.object({ prompt_tokens: tokens, completion_tokens: tokens });

/** What OpenAI's API says of a token that could not be drawn. */
const LEAST = -9_999;

type End = Extract<CompletionEvent, { type: 'end' }>;

/**
 * A language model that another engine runs, behind OpenAI's `/v1/completions`. The edition's own tokenizer and chat
 * template make the prompt, so that a question is the same in tokens whoever answers it.
 */
export function openAiEngine(facts: LanguageFacts, backend: OpenAiBackend): LanguageEngine {
  const { tokenizer, chatTemplate, contextLength, vocabularySize } = facts;
  return {
    kind: 'language',
    tokenizer,
    contextLength,
    vocabularySize,
    chatTemplate,
    unable: new Set(UNABLE[backend.dialect]),
    conversation: (messages) => conversationTokens(facts, messages),
    complete: (request) => complete(facts, backend, request),
    dispose: async () => {},
  };
}

async function* complete(
  { tokenizer, contextLength }: LanguageFacts,
  backend: OpenAiBackend,
  request: EngineRequest,
): AsyncGenerator<CompletionEvent, void, undefined> {
  const prompt = typeof request.prompt === 'string' ? tokenizer.encode(request.prompt) : request.prompt;
  const limit = Math.min(request.maxTokens, contextLength - prompt.length);
  const body = bodyOf(backend, { ...request, prompt, maxTokens: limit });
  let text = '';
  let finish: End['finishReason'] | undefined;
  let counted: z.output<typeof usage> | undefined;
  for await (const data of engineEvents(backend, { path: '/completions', body, signal: request.signal })) {
    const { success, data: read } = event.safeParse(data);
    if (!success) throw engineFailed(`broke off its answer${errorName(data)}`);
    counted = usage.safeParse(read.usage).data ?? counted;
    const [choice] = read.choices;
    if (!choice) continue;
    if (finish !== undefined && choice.text) throw engineFailed('went on after its end');
    if (choice.finish_reason) finish = finishOf(choice.finish_reason);
    const drawn = request.logprobs === undefined ? [] : drawnOf(choice.logprobs);
    if (!choice.text && drawn.length === 0) continue;
    const said = choice.text ?? '';
    if (!said.isWellFormed()) throw engineFailed('sent half a character');
    text += said;
    yield { type: 'text', text: said, ...(drawn.length > 0 ? { tokens: drawn } : {}) };
  }
  if (finish === undefined) throw engineFailed('broke off its answer');
  const isSound = counted && counted.completion_tokens <= limit && counted.prompt_tokens <= contextLength;
  // Nobody pays for more than was quoted.
  const promptTokens = isSound ? Math.min(counted!.prompt_tokens, prompt.length) : prompt.length;
  const completionTokens = isSound ? counted!.completion_tokens : Math.min(limit, tokenizer.encodeWritten(text).length);
  yield { type: 'end', finishReason: finish, usage: { promptTokens, completionTokens } };
}

/** Likelihoods that an engine told; never less than any number of JSON. */
function drawnOf(told: z.output<typeof logprobs> | null | undefined): DrawnToken[] {
  if (!told) return [];
  const chance = (token: string, logprob: number | null | undefined) => ({
    token: token.toWellFormed(),
    logprob: Math.max(logprob ?? LEAST, LEAST),
  });
  return told.tokens.map((token, i) => ({
    ...chance(token, told.token_logprobs[i]),
    top: Object.entries(told.top_logprobs?.[i] ?? {}).map(([other, logprob]) => chance(other, logprob)),
  }));
}

function finishOf(reason: string): End['finishReason'] {
  if (reason === 'stop' || reason === 'length') return reason;
  throw engineFailed(`ended its answer by "${reason.replace(/[^\w -]/g, '').slice(0, 40)}"`);
}

function bodyOf(backend: OpenAiBackend, request: EngineRequest & { prompt: readonly number[] }) {
  const unable = new Set(UNABLE[backend.dialect]);
  const biases = [...(request.logitBias ?? [])].map(([id, bias]) => [String(id), bias]);
  return {
    model: backend.model,
    prompt: unable.has('token prompts') ? request.promptText : [...request.prompt],
    max_tokens: request.maxTokens,
    temperature: request.temperature ?? 1,
    top_p: request.topP ?? 1,
    seed: request.seed ?? 0,
    frequency_penalty: request.frequencyPenalty ?? 0,
    presence_penalty: request.presencePenalty ?? 0,
    ...(request.stop?.length ? { stop: request.stop } : {}),
    ...(biases.length > 0 ? { logit_bias: Object.fromEntries(biases) } : {}),
    ...(request.logprobs === undefined ? {} : { logprobs: request.logprobs }),
    ...(request.json ? { response_format: { type: 'json_object' } } : {}),
    ...(request.jsonSchema ? { response_format: { type: 'json_schema', json_schema: request.jsonSchema } } : {}),
    stream: true,
    stream_options: { include_usage: true },
  };
}
