import type { Classifier } from '@oml/onnx/classifier';
import type { LanguageModel } from '@oml/onnx/language-model';
import { openModelFolder } from '@oml/onnx/model-folder';
import type { Engine } from '@oml/onnx/runner';
import { OmlError } from '@oml/protocol/error';
import { sendError, type FromProcess, type Said, type ToProcess } from './process-talk.ts';

const post = (message: FromProcess): void => void process.send?.(message);

/** What one step of the engine gives to all its texts goes out together. */
const outbox: Said[] = [];
function say(said: Said): void {
  if (outbox.push(said) === 1) setImmediate(() => post({ said: outbox.splice(0) }));
}

const running = new Map<number, AbortController>();

async function answer(model: LanguageModel | Classifier, message: ToProcess): Promise<void> {
  const { call } = message;
  if ('cancel' in message) return running.get(call)?.abort();
  const abort = new AbortController();
  running.set(call, abort);
  try {
    if ('classify' in message && model.kind === 'classifier')
      say({ call, classification: await model.classify(message.classify, message.options) });
    else if ('complete' in message && model.kind === 'language')
      for await (const event of model.complete({ ...message.complete, signal: abort.signal })) say({ call, event });
    else throw new OmlError('INTERNAL', 'A model was asked for what it does not do.');
  } catch (error) {
    say({ call, error: sendError(error) });
  } finally {
    running.delete(call);
  }
}

/** Serves the model of a folder to the gateway that started this process, once its engine was tested. */
export async function serveModel(folder: string, engineFor: (bytes: number) => Engine): Promise<void> {
  // It ends with its gateway, which may have answers to finish when a terminal or a supervisor tells both to stop.
  process.on('disconnect', () => process.exit());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
  try {
    const model = await openModelFolder(folder, engineFor, { caches: true, isTested: true });
    process.on('message', (message: ToProcess) => void answer(model, message));
    post({ ready: { uncached: model.kind === 'language' ? model.uncached : undefined } });
  } catch (error) {
    post({ failed: sendError(error) });
  }
}
