import type { DrawnToken } from '@oml/onnx/run/token-chances';
import { OmlError } from '@oml/protocol/error';
import { askedText, queryHash } from '@oml/protocol/evidence/query';
import { chatBody, plainMessages, type ChatBody, type ResponseFormat } from '@oml/protocol/wire/chat-body';
import { completionBody, onePrompt } from '@oml/protocol/wire/completion-body';
import { drawingOf, type Drawing } from '@oml/protocol/wire/openai-members';
import { randomInt } from 'node:crypto';
import type { EngineRequest, LanguageEngine, Unable } from '../engine/engine.ts';
import type { Choice, Outcome } from './kept-answers.ts';
import type { ServedModel } from './models.ts';
import { chatWire, completionWire, type Piece, type Wire } from './openai-wire.ts';
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
  const wanted = { ...drawing, maxTokens: drawing.maxTokens ?? DEFAULT_TOKENS, logprobs: body.logprobs ?? undefined };
  return callOf({ model, engine, raw, body, ...requestOf(engine, written, wanted), wire: completionWire });
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
  const wanted = { ...drawingOf(body), logprobs: logprobsOf(body), format: body.response_format ?? undefined };
  return callOf({ model, engine, raw, body, ...requestOf(engine, { prompt, promptText }, wanted), wire: chatWire });
}

/** How many of the likeliest are told beside each token; undefined: nothing is. Throws REQUEST_INVALID. */
function logprobsOf({ logprobs, top_logprobs: top }: ChatBody): number | undefined {
  if (logprobs) return top ?? 0;
  if (top) throw refused('top_logprobs is told beside logprobs: send logprobs: true as well.', 'top_logprobs');
  return undefined;
}

interface Read {
  model: ServedModel;
  engine: LanguageEngine;
  raw: Record<string, unknown>;
  body: Body;
  request: EngineRequest;
  choices: number;
  wire: Wire;
}

const callOf = ({ model, engine, raw, body, request, choices, wire }: Read): Call => ({
  model,
  queryHash: queryHash(raw),
  asked: askedText('language', raw),
  wire,
  most: {
    inputTokens: request.prompt.length,
    outputTokens: choices * Math.min(request.maxTokens, engine.contextLength - request.prompt.length),
  },
  stream: body.stream ? { includeUsage: body.stream_options?.include_usage ?? false, choices } : undefined,
  run: (emit) => completeAll(engine, request, choices, emit),
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

interface Wanted extends Drawing {
  logprobs: number | undefined;
  format?: ResponseFormat | undefined;
}

/** Without a seed the answer is random, as OpenAI clients expect. Throws REQUEST_INVALID for what an engine can't. */
function requestOf(
  engine: LanguageEngine,
  written: Written,
  wanted: Wanted,
): { request: EngineRequest; choices: number } {
  const { choices, format, maxTokens = MOST_TOKENS, seed = randomInt(2 ** 31), ...drawing } = wanted;
  const unknown = [...drawing.logitBias.keys()].find((id) => id >= engine.vocabularySize);
  if (unknown !== undefined) throw refused(`The model has no token ${unknown}.`, 'logit_bias');
  const asks: [boolean, Unable, string][] = [
    [drawing.logitBias.size > 0, 'logit_bias', 'logit_bias'],
    [drawing.logprobs !== undefined, 'logprobs', 'logprobs'],
    [format?.type === 'json_object', 'json_object', 'response_format.type'],
    [format?.type === 'json_schema', 'json_schema', 'response_format.type'],
  ];
  for (const [isAsked, what, param] of asks)
    if (isAsked && engine.unable?.has(what)) throw refused(`The engine of this model does no ${what}.`, param);
  if (written.promptText === undefined && engine.unable?.has('token prompts'))
    throw refused('The engine of this model takes prompts as text, and not as tokens.', 'prompt');
  const json = format?.type === 'json_object' ? true : undefined;
  const jsonSchema = format?.type === 'json_schema' ? format.json_schema : undefined;
  return { request: { ...drawing, ...written, maxTokens, seed, json, jsonSchema }, choices };
}

/** Each choice is drawn by a seed of its own, the first by the one that was given. */
async function completeAll(
  engine: LanguageEngine,
  request: EngineRequest,
  choices: number,
  emit: Emit,
): Promise<Outcome> {
  const stop = new AbortController();
  const made = await Promise.all(
    Array.from({ length: choices }, (_, index) =>
      complete(engine, { ...request, seed: request.seed! + index, signal: stop.signal }, (piece) =>
        emit({ index, ...piece }),
      ),
    ),
  ).catch((error: unknown) => {
    // Nobody is given the others.
    stop.abort();
    throw error;
  });
  const [{ choice, usage }, ...others] = made as [Made, ...Made[]];
  const completionTokens = made.reduce((sum, each) => sum + each.usage.completionTokens, 0);
  const more = others.length > 0 ? { more: others.map((each) => each.choice) } : {};
  return { kind: 'text', ...choice, ...more, usage: { promptTokens: usage.promptTokens, completionTokens } };
}

interface Made {
  choice: Choice;
  usage: { promptTokens: number; completionTokens: number };
}

async function complete(
  engine: LanguageEngine,
  request: EngineRequest,
  emit: (piece: Omit<Piece, 'index'>) => Promise<void>,
): Promise<Made> {
  let text = '';
  const tokens: DrawnToken[] = [];
  for await (const event of engine.complete(request)) {
    if (event.type === 'end') {
      const told = request.logprobs === undefined ? {} : { tokens };
      return { choice: { text, finishReason: event.finishReason, ...told }, usage: event.usage };
    }
    text += event.text;
    tokens.push(...(event.tokens ?? []));
    await emit({ text: event.text, tokens: event.tokens });
  }
  throw new OmlError('INTERNAL', 'The model ended without an end.');
}
