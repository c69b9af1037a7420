import { conversationTokens } from '@oml/onnx/chat-template';
import type { CompletionEvent } from '@oml/onnx/language-model';
import type { LanguageFacts } from '@oml/onnx/model-facts';
import { z } from 'zod';
import { engineEvents, engineFailed, errorName } from './backend-http.ts';
import type { OpenAiBackend } from './backends.ts';
import type { EngineRequest, LanguageEngine, Unable } from './engine.ts';

/** What each engine's own documentation says that its `/v1/completions` does not take. */
const UNABLE: Record<OpenAiBackend['dialect'], Unable[]> = {
  vllm: [],
  'llama.cpp': [],
  ollama: ['token prompts', 'logit_bias'],
};

/** An event of `/v1/completions`; engines put more into it, which is not read. */
const event = z.object({
  choices: z
    .array(
      z.object({ index: z.literal(0).optional(), text: z.string().nullish(), finish_reason: z.string().nullish() }),
    )
    .max(1),
  usage: z.unknown().optional(),
});
const tokens = z.int().min(0).max(10_000_000);
const usage = z.object({ prompt_tokens: tokens, completion_tokens: tokens });

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
    if (!choice.text) continue;
    if (!choice.text.isWellFormed()) throw engineFailed('sent half a character');
    text += choice.text;
    yield { type: 'text', text: choice.text };
  }
  if (finish === undefined) throw engineFailed('broke off its answer');
  const isSound = counted && counted.completion_tokens <= limit && counted.prompt_tokens <= contextLength;
  // Nobody pays for more than was quoted.
  const promptTokens = isSound ? Math.min(counted!.prompt_tokens, prompt.length) : prompt.length;
  const completionTokens = isSound ? counted!.completion_tokens : Math.min(limit, tokenizer.encodeWritten(text).length);
  yield { type: 'end', finishReason: finish, usage: { promptTokens, completionTokens } };
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
    stream: true,
    stream_options: { include_usage: true },
  };
}
