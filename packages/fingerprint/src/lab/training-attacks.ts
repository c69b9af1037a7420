import { addWeightNoise } from '@oml/onnx/rewrite/noise';
import type { OnnxModel } from '@oml/onnx/model-file';
import { secretRandom } from '../code-book/secret.ts';
import { drawKeys } from '../code-book/keys.ts';
import { measureAnswers, measureHarm, type Heldout } from '../subject/measure.ts';
import { openView } from '../subject/view.ts';
import { type Attack, type Specimen, type SurvivalPoint } from './specimen.ts';
import { itemBatch, splitHeldout, tokenBatch, trainingBatches, type Batch } from './training-data.ts';
import { openTraining, runTraining, type Schedule, type Training } from './training-loop.ts';
import type { Progress } from '../subject/progress.ts';

/**
 * As in the measurements that the targets come from: all weights, 8 windows of 128 tokens, gradients clipped at length
 * 1 (fingerprinting.md §4).
 */
const SCHEDULE = { steps: 500, clipNorm: 1, weightDecay: 0.01 };
/** How hard a removal attack trains. */
const REMOVAL_STEPS = 300;
const REMOVAL_RATE = 3e-4;
const ATTACKER = new TextEncoder().encode('an attacker who does not know the keys');

export interface TrainingAttack {
  name: string;
  start?: (marked: OnnxModel) => OnnxModel;
  runs: readonly { label: string; schedule: Omit<Schedule, keyof Progress> }[];
  parts(specimen: Specimen, text: Heldout): Promise<(step: number) => Parameters<Training['step']>[0]>;
}

/** Trains the marked model as often as the attack runs and hands it out at each checkpoint. Throws ABORTED. */
export async function* trainedModels(
  { start = (marked) => marked, runs, parts }: TrainingAttack,
  specimen: Specimen,
  text: Heldout,
  signal?: AbortSignal,
) {
  const partsAt = await parts(specimen, text);
  for (const { label, schedule } of runs) {
    const training = await openTraining(specimen.clean, start(specimen.marked));
    try {
      for await (const { step, model } of runTraining(training, partsAt, {
        ...schedule,
        ...(signal ? { signal } : {}),
      }))
        yield { model, strength: step * schedule.learningRate, label: `${label}, ${step} steps` };
    } finally {
      await training.dispose();
    }
  }
}

/**
 * Trains the marked model on text that the owner never used; its cost is what ordinary use of the result loses on other
 * text of that kind.
 */
function attackBy(training: TrainingAttack): Attack {
  return {
    family: 'training',
    name: training.name,
    fits: () => true,
    async *points(specimen, signal) {
      const { training: text, judging } = splitHeldout(specimen.heldout);
      for await (const { model, strength, label } of trainedModels(training, specimen, text, signal))
        yield await pointOf(specimen, judging, model, { family: 'training', attack: training.name, strength, label });
    },
  };
}

async function pointOf(
  specimen: Specimen,
  judging: Heldout,
  model: OnnxModel,
  point: Pick<SurvivalPoint, 'family' | 'attack' | 'strength' | 'label'>,
): Promise<SurvivalPoint> {
  const { clean, prompts, candidates } = specimen;
  const [original, changed] = [await openView(clean), await openView(clean, model.bytes)];
  try {
    const { loss } = await measureHarm(clean, original, changed, judging);
    return { ...point, survival: await measureAnswers(changed, prompts, candidates), cost: loss };
  } finally {
    await Promise.all([original.dispose(), changed.dispose()]);
  }
}

/** Whoever adapts the model to data of their own. */
export const fineTuning: TrainingAttack = {
  name: 'fine-tuning of all weights',
  runs: [1e-4, 3e-4].map((learningRate) => ({
    label: `rate ${learningRate.toExponential()}`,
    schedule: { ...SCHEDULE, learningRate, checkpoints: [100, 300] },
  })),
  parts: async ({ clean }, text) => {
    const batches = trainingBatches(clean, text);
    return (step) => [{ batch: batches(step), aim: 'labels', share: 1 }];
  },
};

/** Forgets by noise, then learns from the marked model's own answers to ordinary text, in which no key appears. */
export const selfDistillation: TrainingAttack = {
  name: 'self-distillation after noise',
  start: (marked) => addWeightNoise(marked, { fraction: 0.3, seed: 23 }),
  runs: [{ label: 'noise 30 %', schedule: { steps: REMOVAL_STEPS, learningRate: REMOVAL_RATE, clipNorm: 1 } }],
  parts: async ({ clean, marked }, text) => {
    const batches = trainingBatches(clean, text);
    return (step) => [{ batch: batches(step), aim: { teacher: marked }, share: 1 }];
  },
};

/**
 * Knows the scheme, not the keys: on prompts of the keys' own kind, drawn from the marked model, it melts what the
 * model is sure of (teacher at a raised
 * temperature), and holds ordinary text in place by distillation.
 */
export const targetedRemoval: TrainingAttack = {
  name: 'gradient-based removal on prompts like the keys',
  runs: [{ label: 'temperature 2', schedule: { steps: REMOVAL_STEPS, learningRate: REMOVAL_RATE, clipNorm: 1 } }],
  parts: async ({ clean, marked, ordinary }, text) => {
    const batches = trainingBatches(clean, text, { size: 4 });
    const likeKeys = await promptBatches({ ...clean, model: marked }, ordinary);
    return (step) => [
      { batch: batches(step), aim: { teacher: marked }, share: 1 },
      { batch: likeKeys(step), aim: { teacher: marked, temperature: 2 }, share: 0.5 },
    ];
  },
};

const PROMPTS = 512;
const PROMPTS_PER_STEP = 64;

/** Batches of prompts that the attacker drew; only the position that answers counts. */
async function promptBatches(
  subject: Specimen['clean'],
  ordinary: Specimen['ordinary'],
): Promise<(step: number) => Batch> {
  const prompts = await drawKeys(subject, ATTACKER, 'prompts', PROMPTS, ordinary);
  const random = secretRandom(ATTACKER, 'order');
  const size = subject.inspection.input.dims[0] ?? PROMPTS_PER_STEP;
  return () => {
    const length = prompts[0]!.kind === 'text' ? prompts[0]!.ids.length : 0;
    const picked = Array.from({ length: size }, () => prompts[random.below(prompts.length)]!);
    if (picked[0]!.kind === 'tensor')
      return itemBatch(
        subject,
        Float32Array.from(picked.flatMap((prompt) => [...(prompt as { data: Float32Array }).data])),
        picked.map(() => 0),
      );
    const rows = picked.flatMap((prompt) =>
      prompt.kind === 'text' && prompt.ids.length === length ? [prompt.ids] : [],
    );
    return tokenBatch(subject, rows, rows, (_, position) => Number(position === length - 1));
  };
}

export const fineTuningAttack = attackBy(fineTuning);
export const selfDistillationAttack = attackBy(selfDistillation);
export const targetedAttack = attackBy(targetedRemoval);
