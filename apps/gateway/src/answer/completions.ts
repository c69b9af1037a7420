import { OmlError } from '@oml/protocol/error';
import { askedText, queryHash } from '@oml/protocol/evidence/query';
import { chatBody, plainMessages } from '@oml/protocol/wire/chat-body';
import { completionBody, onePrompt } from '@oml/protocol/wire/completion-body';
import { drawingOf, type Drawing } from '@oml/protocol/wire/openai-members';
import { randomInt } from 'node:crypto';
import type { EngineRequest, LanguageEngine } from '../engine/engine.ts';
import type { Outcome } from './kept-answers.ts';
import type { ServedModel } from './models.ts';
import { chatWire, completionWire, type Wire } from './openai-wire.ts';
import { parseBody } from './read-body.ts';
import type { Call } from './serve.ts';
import type { Emit } from './stream.ts';

// Everything that can be refused is refused here, before it costs anything.

type Find = (name: string) => ServedModel;
type Body = {
  stream?: boolean | null | undefined;
  stream_options?: { include_usage?: boolean | null | undefined } | null | undefined;
};

/** What OpenAI's raw completions give where no number is said; a conversation goes on to its end. */
const DEFAULT_TOKENS = 16;
const MOST_TOKENS = 4_096;

/** Reads a request for a completion. Throws REQUEST_INVALID, NOT_FOUND, PROMPT_TOO_LONG. */
export function completionCall(text: string, find: Find): Call {
  const { raw, body } = parseBody(completionBody, text);
  const { model, engine } = languageModel(body.model, find);
  const given = onePrompt(body.prompt);
  if (typeof given === 'string') checkBytes(engine, [given], 'prompt');
  const prompt = typeof given === 'string' ? engine.tokenizer.encode(given) : given;
  checkPrompt(engine, prompt, 'prompt');
  const drawing = drawingOf(body);
  const written = { prompt, promptText: typeof given === 'string' ? given : undefined };
  const request = requestOf(engine, written, { ...drawing, maxTokens: drawing.maxTokens ?? DEFAULT_TOKENS });
  return callOf({ model, engine, raw, body, request, wire: completionWire });
}

/** Reads a request for the next turn of a conversation. Throws REQUEST_INVALID, NOT_FOUND, PROMPT_TOO_LONG. */
export function chatCall(text: string, find: Find): Call {
  const { raw, body } = parseBody(chatBody, text);
  const { model, engine } = languageModel(body.model, find);
  const messages = plainMessages(body.messages);
  checkBytes(
    engine,
    messages.map(({ content }) => content),
    'messages',
  );
  const prompt = engine.conversation(messages);
  checkPrompt(engine, prompt, 'messages');
  const promptText = engine.unable?.has('token prompts') ? engine.chatTemplate?.render(messages) : undefined;
  const request = requestOf(engine, { prompt, promptText }, drawingOf(body));
  return callOf({ model, engine, raw, body, request, wire: chatWire });
}

interface Read {
  model: ServedModel;
  engine: LanguageEngine;
  raw: Record<string, unknown>;
  body: Body;
  request: EngineRequest;
  wire: Wire;
}

const callOf = ({ model, engine, raw, body, request, wire }: Read): Call => ({
  model,
  queryHash: queryHash(raw),
  asked: askedText('language', raw),
  wire,
  most: {
    inputTokens: request.prompt.length,
    outputTokens: Math.min(request.maxTokens, engine.contextLength - request.prompt.length),
  },
  stream: body.stream ? { includeUsage: body.stream_options?.include_usage ?? false } : undefined,
  run: (emit) => complete(engine, request, emit),
});

function languageModel(name: string, find: Find): { model: ServedModel; engine: LanguageEngine } {
  const model = find(name);
  if (model.engine.kind === 'language') return { model, engine: model.engine };
  throw refused(`${name} is a classifier: ask it at /v1/classify.`, 'model');
}

const refused = (why: string, param: string): OmlError => new OmlError('REQUEST_INVALID', why, { details: { param } });

/** What cannot fit is refused before it costs the time to cut it into tokens. */
function checkBytes({ tokenizer, contextLength }: LanguageEngine, texts: readonly string[], param: string): void {
  const promptBytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (promptBytes <= contextLength * tokenizer.maxTokenBytes) return;
  throw new OmlError(
    'PROMPT_TOO_LONG',
    `The prompt has ${promptBytes} bytes; the model reads ${contextLength} tokens of at most ${tokenizer.maxTokenBytes}.`,
    { details: { param, promptBytes, contextLength } },
  );
}

function checkPrompt(engine: LanguageEngine, prompt: readonly number[], param: string): void {
  const { contextLength, vocabularySize } = engine;
  if (prompt.length === 0) throw refused('The prompt has no tokens.', param);
  const unknown = prompt.find((id) => id >= vocabularySize);
  if (unknown !== undefined) throw refused(`The model knows ${vocabularySize} tokens, and not ${unknown}.`, param);
  if (prompt.length < contextLength) return;
  throw new OmlError(
    'PROMPT_TOO_LONG',
    `The prompt has ${prompt.length} tokens; the model reads ${contextLength}, of which the answer needs one.`,
    { details: { param, promptTokens: prompt.length, contextLength } },
  );
}

type Written = { prompt: readonly number[]; promptText: string | undefined };

/** Without a seed the answer is random, as OpenAI clients expect. */
function requestOf(engine: LanguageEngine, written: Written, drawing: Drawing): EngineRequest {
  const unknown = [...drawing.logitBias.keys()].find((id) => id >= engine.vocabularySize);
  if (unknown !== undefined) throw refused(`The model has no token ${unknown}.`, 'logit_bias');
  if (drawing.logitBias.size > 0 && engine.unable?.has('logit_bias'))
    throw refused('The engine of this model takes no logit_bias.', 'logit_bias');
  if (written.promptText === undefined && engine.unable?.has('token prompts'))
    throw refused('The engine of this model takes prompts as text, and not as tokens.', 'prompt');
  const { maxTokens = MOST_TOKENS, seed = randomInt(2 ** 31) } = drawing;
  return { ...drawing, ...written, maxTokens, seed };
}

async function complete(engine: LanguageEngine, request: EngineRequest, emit: Emit): Promise<Outcome> {
  let text = '';
  for await (const event of engine.complete(request)) {
    if (event.type === 'end') return { kind: 'text', text, finishReason: event.finishReason, usage: event.usage };
    text += event.text;
    await emit(event.text);
  }
  throw new OmlError('INTERNAL', 'The model ended without an end.');
}
