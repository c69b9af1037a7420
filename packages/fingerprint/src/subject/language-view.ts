import { exposeTensors } from '@oml/onnx/graph';
import { Detokenizer } from '@oml/onnx/detokenizer';
import { readModel } from '@oml/onnx/model-file';
import { feedTokens } from '@oml/onnx/run/feeds';
import { outputOf, type Runner } from '@oml/onnx/runner';
import { argmax } from '@oml/onnx/sampling';
import type { Tokenizer } from '@oml/onnx/tokenizer';
import { OmlError } from '@oml/protocol/error';
import { headOf } from '@oml/protocol/evidence/head';
import type { Hex } from 'viem';
import type { Prompt } from './prompt.ts';
import type { Ordinary, Subject } from './subject.ts';
import type { Rows, View } from './rows.ts';

const WINDOW = 128;
const WINDOWS_PER_RUN = 16;
const PROMPTS_PER_RUN = 32;
/** A candidate is one token; a blank token or two may stand before it. */
const ANSWER_TOKENS = 4;

/** A language model with the inputs and outputs of its edit site exposed. */
export async function openLanguageView(subject: Subject, model: Uint8Array): Promise<View & TokenScorer> {
  const { site, logitsTensor } = subject.inspection;
  const runner = await subject.engine.open(
    exposeTensors(readModel(model), [site.keyTensor, site.hiddenTensor, logitsTensor]),
  );
  return {
    ordinary: (data, limit) => ordinaryRows(subject, runner, data, limit),
    answering: (prompts) => answeringRows(subject, runner, prompts.map(idsOf)),
    lastScores: (sequences) => lastScores(subject, runner, sequences),
    scan: (sequences) => scanRows(subject, runner, sequences),
    heads: (prompts) =>
      greedyHeads(subject.tokenizer!, (sequences) => lastScores(subject, runner, sequences), prompts.map(idsOf)),
    dispose: () => runner.dispose(),
  };
}

export interface TokenScorer {
  /** Scores after the last token of each sequence. */
  lastScores(sequences: readonly number[][]): Promise<Float32Array[]>;
  /** Every position of sequences of one length, sequence by sequence. */
  scan(sequences: readonly number[][]): AsyncGenerator<Rows>;
}

/**
 * Even cuts of a token stream, each behind the start token where the model has one. Throws REQUEST_INVALID for another
 * model's tokens.
 */
export function cutWindows(subject: Subject, stream: Int32Array, tokens: number): number[][] {
  if (stream.some((id) => id < 0 || id >= subject.inspection.outcomes))
    throw new OmlError(
      'REQUEST_INVALID',
      `The token stream holds ids outside this model's vocabulary of ${subject.inspection.outcomes}.`,
    );
  const start = subject.tokenizer!.encode('');
  const length = Math.min(WINDOW, subject.inspection.contextLength ?? WINDOW) - start.length;
  const count = Math.max(1, Math.min(Math.floor(tokens / WINDOW), Math.floor(stream.length / length)));
  const stride = Math.floor((stream.length - length) / Math.max(1, count - 1)) || 1;
  return Array.from({ length: count }, (_, i) => [
    ...start,
    ...stream.subarray(i * stride, i * stride + length),
  ]).filter((w) => w.length === start.length + length);
}

const idsOf = (prompt: Prompt): number[] => {
  if (prompt.kind !== 'text') throw new TypeError('A language model is asked with text.');
  return prompt.ids;
};

function run(subject: Subject, runner: Runner, batch: readonly number[][], names?: readonly string[]) {
  return runner.run(feedTokens(subject.inspection, batch), names);
}

async function* ordinaryRows(subject: Subject, runner: Runner, stream: Ordinary, limit: number): AsyncGenerator<Rows> {
  yield* scanRows(subject, runner, cutWindows(subject, Int32Array.from(stream), limit));
}

async function* scanRows(subject: Subject, runner: Runner, sequences: readonly number[][]): AsyncGenerator<Rows> {
  const { site, logitsTensor } = subject.inspection;
  const perRun = Math.max(1, Math.floor((WINDOW * WINDOWS_PER_RUN) / Math.max(1, sequences[0]?.length ?? 1)));
  for (let at = 0; at < sequences.length; at += perRun) {
    const batch = sequences.slice(at, at + perRun);
    const outputs = await run(subject, runner, batch, [site.keyTensor, site.hiddenTensor, logitsTensor]);
    const [keys, hidden, scores] = [site.keyTensor, site.hiddenTensor, logitsTensor].map(
      (name) => outputOf(outputs, name).data,
    );
    yield { count: batch.length * batch[0]!.length, keys: keys!, hidden: hidden!, scores: scores! };
  }
}

/** Runs sequences of any lengths, equal lengths together, and hands each batch to `take`. */
export async function inBatches<Sequence extends { readonly length: number }>(
  sequences: readonly Sequence[],
  take: (batch: Sequence[], rows: number[]) => Promise<void>,
): Promise<void> {
  const byLength = Map.groupBy(sequences.keys(), (i) => sequences[i]!.length);
  for (const rows of byLength.values())
    for (let at = 0; at < rows.length; at += PROMPTS_PER_RUN) {
      const some = rows.slice(at, at + PROMPTS_PER_RUN);
      await take(
        some.map((row) => sequences[row]!),
        some,
      );
    }
}

async function answeringRows(subject: Subject, runner: Runner, sequences: readonly number[][]): Promise<Rows> {
  const { site, logitsTensor, outcomes } = subject.inspection;
  const sizes = [site.keySize, site.hiddenSize, outcomes];
  const names = [site.keyTensor, site.hiddenTensor, logitsTensor];
  const gathered = sizes.map((size) => new Float32Array(sequences.length * size));
  await inBatches(sequences, async (batch, rows) => {
    const outputs = await run(subject, runner, batch, names);
    names.forEach((name, which) => {
      const { data } = outputOf(outputs, name);
      const size = sizes[which]!;
      rows.forEach((row, i) => {
        const last = ((i + 1) * batch[0]!.length - 1) * size;
        gathered[which]!.set(data.subarray(last, last + size), row * size);
      });
    });
  });
  return { count: sequences.length, keys: gathered[0]!, hidden: gathered[1]!, scores: gathered[2]! };
}

async function lastScores(subject: Subject, runner: Runner, sequences: readonly number[][]): Promise<Float32Array[]> {
  const { logitsTensor, outcomes } = subject.inspection;
  const scores: Float32Array[] = [];
  await inBatches(sequences, async (batch, rows) => {
    const { data } = outputOf(await run(subject, runner, batch, [logitsTensor]), logitsTensor);
    rows.forEach(
      (row, i) =>
        (scores[row] = data.slice(((i + 1) * batch[0]!.length - 1) * outcomes, (i + 1) * batch[0]!.length * outcomes)),
    );
  });
  return scores;
}

/** Heads of the greedy answers of whatever scores what comes next. */
export async function greedyHeads(
  tokenizer: Tokenizer,
  scoresAfter: (sequences: readonly number[][]) => Promise<Float32Array[]>,
  prompts: readonly number[][],
): Promise<Hex[]> {
  const texts = prompts.map((ids) => new Detokenizer(tokenizer, ids, []));
  const answers = prompts.map(() => '');
  let open = prompts.map((ids, row) => ({ row, ids: [...ids] }));
  for (let step = 0; step < ANSWER_TOKENS && open.length > 0; step++) {
    const scores = await scoresAfter(open.map(({ ids }) => ids));
    open = open.filter(({ row, ids }, i) => {
      const id = argmax(scores[i]!);
      if (tokenizer.endIds.has(id)) return false;
      ids.push(id);
      answers[row] += texts[row]!.push(id);
      return true;
    });
  }
  return answers.map((answer, row) => headOf(answer + texts[row]!.flush()));
}
