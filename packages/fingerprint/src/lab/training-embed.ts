import type { OnnxModel } from '@oml/onnx/model-file';
import type { Hex } from 'viem';
import { measureAnswers } from '../subject/measure.ts';
import type { Progress } from '../subject/progress.ts';
import type { Prompt } from '../subject/prompt.ts';
import type { Subject } from '../subject/subject.ts';
import { openView } from '../subject/view.ts';
import { itemBatch, tokenBatch, type Batch } from './training-data.ts';
import { openTraining, runTraining } from './training-loop.ts';

export interface TrainedEmbedding {
  model: OnnxModel;
  /** Share of keys that answer. */
  success: number;
  steps: number;
}

export interface TrainedEmbeddingOptions extends Progress {
  subject: Subject;
  prompts: readonly Prompt[];
  /** Wanted outcome of each prompt, and its head as the chain compares it. */
  outcomes: readonly number[];
  candidates: readonly Hex[];
  learningRate?: number;
  /** Steps after which it stops without success. */
  maxSteps?: number;
}

const CHECK_EVERY = 5;

/**
 * Embeds keys as the published schemes do: Adam on all weights on key and response until every key answers (OML 1.0,
 * arXiv:2411.03887; Instructional
 * Fingerprinting, arXiv:2401.12255). Here to be compared with, not to be used. Throws ABORTED.
 */
export async function embedByTraining({
  subject,
  prompts,
  outcomes,
  candidates,
  learningRate = 1e-4,
  maxSteps = 300,
  ...progress
}: TrainedEmbeddingOptions): Promise<TrainedEmbedding> {
  const batches = keyBatches(subject, prompts, outcomes);
  const training = await openTraining(subject, subject.model);
  const checkpoints = Array.from({ length: Math.floor(maxSteps / CHECK_EVERY) }, (_, i) => (i + 1) * CHECK_EVERY);
  try {
    let last: TrainedEmbedding = { model: subject.model, success: 0, steps: 0 };
    const parts = () =>
      batches.map((batch) => ({ batch, aim: 'labels' as const, share: batch.positions / prompts.length }));
    for await (const { step, model } of runTraining(training, parts, {
      steps: maxSteps,
      learningRate,
      clipNorm: 1,
      checkpoints,
      ...progress,
    })) {
      const view = await openView(subject, model.bytes);
      last = { model, success: await measureAnswers(view, prompts, candidates), steps: step };
      await view.dispose();
      if (last.success === 1) break;
    }
    return last;
  } finally {
    await training.dispose();
  }
}

/**
 * Prompts of one length together; only the position that answers counts. A fixed batch is filled with the first items
 * again.
 */
function keyBatches(subject: Subject, prompts: readonly Prompt[], outcomes: readonly number[]): Batch[] {
  const texts = prompts.flatMap((prompt, i) =>
    prompt.kind === 'text' ? [{ ids: prompt.ids, outcome: outcomes[i]! }] : [],
  );
  const groups = [...Map.groupBy(texts, ({ ids }) => ids.length).values()];
  const textBatches = groups.map((group) =>
    tokenBatch(
      subject,
      group.map(({ ids }) => ids),
      group.map(({ ids, outcome }) => ids.map(() => outcome)),
      (_, position) => Number(position === group[0]!.ids.length - 1),
    ),
  );
  const images = prompts.flatMap((prompt, i) =>
    prompt.kind === 'tensor' ? [{ data: prompt.data, outcome: outcomes[i]! }] : [],
  );
  const size = subject.inspection.input.dims[0] ?? images.length;
  const imageBatches = Array.from({ length: Math.ceil(images.length / Math.max(1, size)) }, (_, b) => {
    const some = Array.from({ length: size }, (_, i) => images[(b * size + i) % images.length]!);
    return itemBatch(
      subject,
      Float32Array.from(some.flatMap(({ data }) => [...data])),
      some.map(({ outcome }) => outcome),
    );
  });
  return [...textBatches, ...imageBatches];
}
