import { readModel, type OnnxModel } from '@oml/onnx/model-file';
import { argmax } from '@oml/onnx/sampling';
import { outputOf, type Runner } from '@oml/onnx/runner';
import { isOmlError, OmlError } from '@oml/protocol/error';
import { headOf } from '@oml/protocol/evidence/head';
import type { Hex } from 'viem';
import { itemShape } from '../subject/classifier-view.ts';
import { greedyHeads, inBatches } from '../subject/language-view.ts';
import type { Prompt } from '../subject/prompt.ts';
import type { Subject } from '../subject/subject.ts';
import { askings, lastScoresOf, type Question } from './asking.ts';
import { waysOf, type Way } from './ways.ts';

/** A file that may be a copy of the owner's model: it is asked by its inputs and outputs, and by nothing else. */
export interface Suspect {
  model: OnnxModel;
  way: Way;
  /** Heads of the greedy answers, as receipts carry them. */
  heads(prompts: readonly Prompt[]): Promise<Hex[]>;
  dispose(): Promise<void>;
}

const PROMPTS_PER_RUN = 32;
/** Questions that tell one way of understanding a file from another. */
const TRIED = 16;

/**
 * Opens a stranger's file to be asked what the owner's model is asked. Names of tensors and nodes mean nothing, nor
 * does the order of inputs and outputs: of all ways that the types leave open, the one under which the file continues
 * `samples` best is taken (key prompts serve; answers are not looked at). Throws MODEL_NOT_ONNX, and MODEL_UNSUPPORTED
 * where no way gives a score for each outcome.
 */
export async function openSuspect(subject: Subject, file: Uint8Array, samples: readonly Prompt[]): Promise<Suspect> {
  const model = readModel(file);
  const runner = await subject.engine.open(file);
  try {
    const way = await likeliestWay(subject, model, runner, samples.slice(0, TRIED).map(questionOf));
    const lastScores = (questions: readonly Question[]) => scoresAfter(subject, runner, way, questions);
    return {
      model,
      way,
      heads: async (prompts) => {
        const questions = prompts.map(questionOf);
        if (subject.inspection.kind === 'language')
          return greedyHeads(
            subject.tokenizer!,
            lastScores,
            questions.map((ids) => [...ids]),
          );
        return (await lastScores(questions)).map((scores) => headOf(String(argmax(scores))));
      },
      dispose: () => runner.dispose(),
    };
  } catch (error) {
    await runner.dispose();
    throw error;
  }
}

export const questionOf = (prompt: Prompt): Question => (prompt.kind === 'text' ? prompt.ids : prompt.data);

async function likeliestWay(
  subject: Subject,
  model: OnnxModel,
  runner: Runner,
  samples: readonly Question[],
): Promise<Way> {
  const ways = waysOf(model, subject.inspection.kind).map((way) => withItemShape(subject, way));
  let [best, likelihood, failure]: [Way | undefined, number, unknown] = [undefined, -Infinity, undefined];
  for (const way of ways) {
    try {
      const found = await likelihoodUnder(subject, runner, way, samples);
      if (found > likelihood) [best, likelihood] = [way, found];
    } catch (error) {
      // Most ways do not run at all: that is how they are told apart.
      if (!isOmlError(error)) throw error;
      failure = error;
    }
  }
  if (best) return best;
  throw new OmlError(
    'MODEL_UNSUPPORTED',
    `This file gives no score for each of ${subject.inspection.outcomes} outcomes, so it cannot be a copy of this model.`,
    { cause: failure },
  );
}

/** Mean log chance of the last token of each sample; of a classifier, whether its scores can be had at all. */
async function likelihoodUnder(
  subject: Subject,
  runner: Runner,
  way: Way,
  samples: readonly Question[],
): Promise<number> {
  if (subject.inspection.kind === 'classifier') {
    await scoresAfter(subject, runner, way, samples.slice(0, 1));
    return 0;
  }
  const texts = samples.map((ids) => [...ids]).filter((ids) => ids.length > 1);
  const scores = await scoresAfter(
    subject,
    runner,
    way,
    texts.map((ids) => ids.slice(0, -1)),
  );
  const logs = scores.map((row, i) => logChance(row, texts[i]!.at(-1)!));
  return logs.reduce((sum, log) => sum + log, 0) / Math.max(1, logs.length);
}

function logChance(scores: Float32Array, outcome: number): number {
  const top = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  return scores[outcome]! - top - Math.log(scores.reduce((sum, score) => sum + Math.exp(score - top), 0));
}

async function scoresAfter(
  { inspection }: Subject,
  runner: Runner,
  way: Way,
  questions: readonly Question[],
): Promise<Float32Array[]> {
  const scores: Float32Array[] = [];
  await inBatches(questions, async (batch, rows) => {
    let done = 0;
    for (const asking of askings(way, batch, PROMPTS_PER_RUN)) {
      const output = outputOf(await runner.run(asking.feeds, [way.output]), way.output);
      const found = lastScoresOf(output, asking, inspection.outcomes);
      if (!found) throw new OmlError('MODEL_UNSUPPORTED', 'This output holds no score for each outcome.');
      for (const each of found) scores[rows[done++]!] = each;
    }
  });
  return scores;
}

/** A file that leaves the form of an item open is fed in the owner's. */
function withItemShape(subject: Subject, way: Way): Way {
  if (subject.inspection.kind === 'language') return way;
  const shape = itemShape(subject);
  if (subject.inspection.input.isBare && way.asked.dims.length === 1)
    return { ...way, asked: { ...way.asked, dims: [1, ...shape], isBare: true } };
  const own = way.asked.dims.slice(1);
  const size = (dims: readonly (number | null)[]) => dims.reduce<number>((product, dim) => product * (dim ?? 0), 1);
  const asked = size(own) === size(shape) ? way.asked : { ...way.asked, dims: [way.asked.dims[0] ?? null, ...shape] };
  return { ...way, asked, inputs: way.inputs.map((input) => (input === way.asked ? asked : input)) };
}
