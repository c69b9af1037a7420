import { describeSite } from '@oml/onnx/inspect';
import { LanguageModel } from '@oml/onnx/language-model';
import type { OnnxModel } from '@oml/onnx/model-file';
import { feedTokens } from '@oml/onnx/run/feeds';
import { outputOf, type Engine } from '@oml/onnx/runner';
import { argmax } from '@oml/onnx/sampling';
import type { Tokenizer } from '@oml/onnx/tokenizer';
import { OmlError } from '@oml/protocol/error';
import type { LanguageTarget, Scored } from './language-target.ts';

export interface LanguageFiles {
  model: OnnxModel;
  tokenizer: Tokenizer;
  /** In tokens; what the graph shows if not given. */
  contextLength?: number;
}

/** A language model out of files. Throws MODEL_UNSUPPORTED for a classifier, and what the engine throws. */
export async function languageFile(files: LanguageFiles, engine: Engine): Promise<LanguageTarget> {
  const { model, tokenizer } = files;
  const inspection = describeSite(model);
  if (inspection.kind !== 'language')
    throw new OmlError('MODEL_UNSUPPORTED', 'This method measures language models; this is a classifier.');
  const contextLength = files.contextLength ?? inspection.contextLength ?? 2048;
  const [runner, writer] = await Promise.all([
    engine.open(model.bytes),
    LanguageModel.open({ model: model.bytes, tokenizer, contextLength }, engine, { caches: true }),
  ]);
  const size = inspection.outcomes;

  async function score(context: string, continuation: string): Promise<Scored> {
    const { ids, from } = cut(tokenizer, context, continuation, contextLength);
    const outputs = await runner.run(feedTokens(inspection, [ids.slice(0, -1)]), [inspection.logitsTensor]);
    const { data } = outputOf(outputs, inspection.logitsTensor);
    let [logProb, isGreedy] = [0, true];
    for (let at = from; at < ids.length; at++) {
      const row = (at - 1) * size;
      logProb += logChance(data, row, size, ids[at]!);
      isGreedy &&= argmax(data, row, size) === ids[at];
    }
    return { logProb, tokens: ids.length - from, isGreedy };
  }

  return {
    score,
    generate: (prompt, maxTokens, stop = []) => {
      const ids = tokenizer.encode(prompt);
      const room = Math.max(1, contextLength - maxTokens);
      return writer.completeText({ prompt: ids.slice(-room), maxTokens, temperature: 0, stop });
    },
    close: async () => void (await Promise.all([runner.dispose(), writer.dispose()])),
  };
}

/** Tokens of both texts as one, and where the continuation begins: behind what it shares with the context alone. */
function cut(tokenizer: Tokenizer, context: string, continuation: string, contextLength: number) {
  const [before, whole] = [tokenizer.encode(context), tokenizer.encode(context + continuation)];
  let from = 0;
  while (from < before.length && before[from] === whole[from]) from++;
  const start = Math.max(1, from);
  const tokens = whole.length - start;
  if (tokens < 1) throw new OmlError('REQUEST_INVALID', 'A continuation is empty.');
  if (tokens >= contextLength)
    throw new OmlError('PROMPT_TOO_LONG', `A continuation of ${tokens} tokens fills the context of ${contextLength}.`);
  const dropped = Math.max(0, whole.length - contextLength);
  return { ids: whole.slice(dropped), from: start - dropped };
}

function logChance(scores: Float32Array, from: number, size: number, id: number): number {
  if (id >= size) throw new OmlError('TOKENIZER_INVALID', 'The tokenizer gives ids that this model does not know.');
  const top = scores[from + argmax(scores, from, size)]!;
  let total = 0;
  for (let i = 0; i < size; i++) total += Math.exp(scores[from + i]! - top);
  return scores[from + id]! - top - Math.log(total);
}
