import { RecitationWatch, type ProtectedCorpus } from '@oml/measure/recitation/recitation-watch';
import { OmlError } from '@oml/protocol/error';
import type { AnswerEvent, EngineRequest, LanguageEngine, Unable } from './engine.ts';

/**
 * A language engine whose answers recite nothing of a protected corpus: they end before it, as `content_filter`, and
 * what was given is what is charged. One of which nothing is left is none: ANSWER_WITHHELD, and nothing is charged.
 * Pieces come later by as many characters as a recitation has. It tells no `logprobs`, which would tell the rest.
 */
export function guardedEngine(engine: LanguageEngine, corpus: ProtectedCorpus): LanguageEngine {
  return {
    ...engine,
    unable: new Set<Unable>([...(engine.unable ?? []), 'logprobs']),
    conversation: (messages) => engine.conversation(messages),
    complete: (request) => guarded(engine, corpus, request),
    dispose: () => engine.dispose(),
  };
}

async function* guarded(
  engine: LanguageEngine,
  corpus: ProtectedCorpus,
  request: EngineRequest,
): AsyncGenerator<AnswerEvent, void, undefined> {
  const watch = new RecitationWatch(corpus);
  let given = '';
  for await (const event of engine.complete(request)) {
    if (event.type === 'end') {
      const rest = watch.rest();
      if (rest !== '') yield { type: 'text', text: rest };
      yield event;
      return;
    }
    const { out, recites } = watch.take(event.text);
    given += out;
    if (out !== '') yield { type: 'text', text: out };
    if (!recites) continue;
    if (given.trim() === '') throw withheld();
    const usage = { promptTokens: request.prompt.length, completionTokens: engine.tokenizer.encode(given).length };
    yield { type: 'end', finishReason: 'content_filter', usage };
    return;
  }
}

const withheld = (): OmlError =>
  new OmlError('ANSWER_WITHHELD', 'The answer would have recited a text that this host protects: ask something else.');
