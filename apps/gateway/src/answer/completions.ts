import { LanguageModel, type CompletionRequest } from '@oml/onnx/language-model';
import { OmlError } from '@oml/protocol/error';
import { queryHash } from '@oml/protocol/evidence/query';
import { randomInt } from 'node:crypto';
import type { Outcome } from './kept-answers.ts';
import type { ServedModel } from './models.ts';
import { completionBody, parseBody, type CompletionBody } from './openai-wire.ts';
import type { Call } from './serve.ts';
import type { Emit } from './stream.ts';

/**
 * Reads a request for a completion; everything that can be refused is refused here, before it costs anything. Throws
 * REQUEST_INVALID, NOT_FOUND, PROMPT_TOO_LONG.
 */
export function completionCall(text: string, find: (name: string) => ServedModel): Call {
  const { raw, body } = parseBody(completionBody, text);
  const model = find(body.model);
  if (!(model.engine instanceof LanguageModel))
    throw new OmlError('REQUEST_INVALID', `${model.model} is a classifier: ask it at /v1/classify.`);
  const { engine } = model;
  checkPrompt(engine, body.prompt);
  const request = requestOf(body);
  return {
    model,
    queryHash: queryHash(raw),
    stream: body.stream ?? false,
    run: (emit) => complete(engine, request, emit),
  };
}

function checkPrompt({ tokenizer, contextLength }: LanguageModel, prompt: string): void {
  const promptTokens = tokenizer.encode(prompt).length;
  if (promptTokens === 0) throw new OmlError('REQUEST_INVALID', 'The prompt has no tokens.');
  if (promptTokens < contextLength) return;
  throw new OmlError(
    'PROMPT_TOO_LONG',
    `The prompt has ${promptTokens} tokens; the model reads ${contextLength}, of which the answer needs one.`,
    { details: { promptTokens, contextLength } },
  );
}

/** Without a seed the answer is random, as OpenAI clients expect. */
function requestOf({
  prompt,
  max_tokens: maxTokens,
  temperature,
  top_p: topP,
  stop,
  seed,
}: CompletionBody): CompletionRequest {
  const stops = stop == null ? {} : { stop: typeof stop === 'string' ? [stop] : stop };
  return { prompt, maxTokens, temperature, topP, seed: seed ?? randomInt(2 ** 31), ...stops };
}

async function complete(engine: LanguageModel, request: CompletionRequest, emit: Emit): Promise<Outcome> {
  let text = '';
  for await (const event of engine.complete(request)) {
    if (event.type === 'end') return { kind: 'text', text, finishReason: event.finishReason, usage: event.usage };
    text += event.text;
    await emit(event.text);
  }
  throw new OmlError('INTERNAL', 'The model ended without an end.');
}
