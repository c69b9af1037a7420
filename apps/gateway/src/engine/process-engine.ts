import { conversationTokens } from '@oml/onnx/chat-template';
import type { CompletionEvent } from '@oml/onnx/language-model';
import { canWriteJson } from '@oml/onnx/run/json-drawing';
import { readModelFacts, type ClassifierFacts, type LanguageFacts } from '@oml/onnx/model-facts';
import { OmlError } from '@oml/protocol/error';
import type { Logger } from '@oml/service/logger';
import type { ClassifierEngine, LanguageEngine, ModelEngine, Unable } from './engine.ts';
import { ModelProcess, type ProcessOptions } from './model-process.ts';
import { receiveError, type Said } from './process-talk.ts';

/** An engine that can be watched. */
export type ProcessEngine = ModelEngine & { readonly child: ModelProcess };

/**
 * Opens the model of a folder in a process of its own: what it computes keeps no request waiting. Prompts are cut into
 * tokens here, before anything is paid. Throws the codes of the model's opening, and ENGINE_WRONG.
 */
export async function openProcessEngine(
  folder: string,
  logger: Logger,
  options?: ProcessOptions,
): Promise<ProcessEngine> {
  const facts = await readModelFacts(folder);
  const child = await ModelProcess.start(folder, logger, options);
  if (facts.kind === 'classifier') return classifierOf(facts, child);
  if (child.uncached !== undefined)
    logger.warn({ folder, why: child.uncached }, 'a model is served without caches: each token reads the whole text');
  return languageOf(facts, child);
}

const languageOf = (facts: LanguageFacts, child: ModelProcess): LanguageEngine & { child: ModelProcess } => ({
  ...facts,
  child,
  unable: new Set<Unable>(canWriteJson(facts.tokenizer) ? ['json_schema'] : ['json_schema', 'json_object']),
  conversation: (messages) => conversationTokens(facts, messages),
  async *complete({ signal, ...request }) {
    const heard = new Heard();
    const call = child.ask({ complete: request }, (said) => heard.push(said));
    const abort = () => heard.stir();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      for (;;) {
        const event = await heard.next(signal);
        yield event;
        if (event.type === 'end') return;
      }
    } finally {
      signal?.removeEventListener('abort', abort);
      child.end(call);
    }
  },
  dispose: () => child.dispose(),
});

const classifierOf = (facts: ClassifierFacts, child: ModelProcess): ClassifierEngine & { child: ModelProcess } => ({
  ...facts,
  child,
  givesFeatures: true,
  classify: ({ shape, data }, options) =>
    new Promise((resolve, reject) => {
      child.ask({ classify: { shape, data }, options }, ({ classification, error }) =>
        classification ? resolve(classification) : reject(receiveError(error!)),
      );
    }),
  dispose: () => child.dispose(),
});

/** What a process said to one call, in order, until it is asked for. */
class Heard {
  private readonly said: Said[] = [];
  private wake = (): void => {};

  push(said: Said): void {
    this.said.push(said);
    this.wake();
  }

  /** The next event. Throws what the process threw, and ABORTED. */
  async next(signal: AbortSignal | undefined): Promise<CompletionEvent> {
    while (this.said.length === 0) {
      if (signal?.aborted) throw new OmlError('ABORTED', 'The completion was cancelled.');
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    const { event, error } = this.said.shift()!;
    if (event) return event;
    throw receiveError(error!);
  }

  /** Looks again whether it is still wanted. */
  stir(): void {
    this.wake();
  }
}
