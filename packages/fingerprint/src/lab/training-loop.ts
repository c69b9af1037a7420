import { Adam, type AdamOptions, type Weights } from '@oml/onnx/autodiff/adam';
import { GraphDraft } from '@oml/onnx/autodiff/draft';
import { crossEntropy, distillation } from '@oml/onnx/autodiff/losses';
import { readWeights, trainableWeights } from '@oml/onnx/autodiff/trainable';
import { openTrainer, type Trainer } from '@oml/onnx/autodiff/trainer';
import type { OnnxModel } from '@oml/onnx/model-file';
import { mapTensors } from '@oml/onnx/rewrite/weights';
import { outputOf, type Engine, type Tensor } from '@oml/onnx/runner';
import { report, type Progress } from '../subject/progress.ts';
import type { Subject } from '../subject/subject.ts';
import type { Batch } from './training-data.ts';

/** What is trained towards: the labels of each batch, or the scores of a teacher at a temperature. */
export type Aim = 'labels' | { teacher: OnnxModel; temperature?: number };

/** A model in training: all of its weights, with Adam. */
export interface Training {
  weights: Weights;
  /** One step on batches of one aim each, weighted; returns their losses per position. */
  step(parts: readonly { batch: Batch; aim: Aim; share: number }[], options: AdamOptions): Promise<number[]>;
  /** The model as trained so far. */
  model(): OnnxModel;
  dispose(): Promise<void>;
}

/**
 * Opens all weights of a float32 model for training. Throws MODEL_UNSUPPORTED where some operator has no known
 * gradient.
 */
export async function openTraining(subject: Subject, start: OnnxModel): Promise<Training> {
  const { engine, inspection } = subject;
  const trained = trainableWeights(start);
  const weights = readWeights(start, trained);
  const adam = new Adam();
  const opened = new Map<string, Promise<Trainer>>();
  const teachers = new Map<OnnxModel, Promise<Awaited<ReturnType<Engine['open']>>>>();
  const trainerOf = (kind: 'labels' | 'teacher') =>
    opened.get(kind) ?? keep(opened, kind, openFor(kind, start, subject, trained));
  const feedsOf = async (batch: Batch, aim: Aim, share: number): Promise<Record<string, Tensor>> => {
    const scale = share / Math.max(1, batch.positions);
    const weighted = batch.feeds['weights']!;
    const feeds: Record<string, Tensor> = {
      ...batch.feeds,
      weights: {
        dtype: 'float32',
        dims: weighted.dims,
        data: Float32Array.from(weighted.data as Float32Array, (weight) => weight * scale),
      },
    };
    if (aim === 'labels') return feeds;
    delete feeds['labels'];
    const runner = await (teachers.get(aim.teacher) ?? keep(teachers, aim.teacher, engine.open(aim.teacher.bytes)));
    const input = inspection.input.name;
    const scores = outputOf(
      await runner.run({ [input]: feeds[input]! }, [inspection.logitsTensor]),
      inspection.logitsTensor,
    );
    const heat = aim.temperature ?? 1;
    return {
      ...feeds,
      teacher: {
        dtype: 'float32',
        dims: scores.dims,
        data: heat === 1 ? scores.data : scores.data.map((score) => score / heat),
      },
    };
  };
  return {
    weights,
    async step(parts, options) {
      const total = new Map(trained.map((name) => [name, new Float32Array(weights.get(name)!.length)]));
      const losses: number[] = [];
      for (const { batch, aim, share } of parts) {
        const trainer = await trainerOf(aim === 'labels' ? 'labels' : 'teacher');
        const { loss, gradients } = await trainer.gradients(weights, await feedsOf(batch, aim, share));
        losses.push(loss / share);
        for (const [name, gradient] of gradients) addTo(total.get(name)!, gradient);
      }
      adam.step(weights, total, options);
      return losses;
    },
    model: () => mapTensors(start, new Set(trained), (_, tensor) => weights.get(tensor.name)!),
    async dispose() {
      for (const each of [...opened.values(), ...teachers.values()]) await (await each).dispose();
    },
  };
}

function addTo(sum: Float32Array, part: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += part[i]!;
}

function keep<K, V>(map: Map<K, V>, key: K, value: V): V {
  map.set(key, value);
  return value;
}

function openFor(
  kind: 'labels' | 'teacher',
  model: OnnxModel,
  { engine, inspection }: Subject,
  trained: readonly string[],
): Promise<Trainer> {
  const draft = GraphDraft.of(model);
  const scores = inspection.logitsTensor;
  const axes = draft
    .dimsOf(scores)!
    .slice(0, -1)
    .map((_, i) => `axis ${i}`);
  const weights = draft.input('weights', 'float32', axes);
  const loss =
    kind === 'labels'
      ? crossEntropy(draft, scores, draft.input('labels', 'int64', axes), weights)
      : distillation(draft, scores, draft.input('teacher', 'float32', [...axes, inspection.outcomes]), weights);
  return openTrainer(draft, engine, { loss, trained });
}

export interface Schedule extends AdamOptions, Progress {
  steps: number;
  /** Steps after which the model is handed out; the last one always is. */
  checkpoints?: readonly number[];
}

/** Runs steps and hands the model out at each checkpoint, in order. Throws ABORTED. */
export async function* runTraining(
  training: Training,
  partsAt: (step: number) => Parameters<Training['step']>[0],
  schedule: Schedule,
): AsyncGenerator<{ step: number; losses: number[]; model: OnnxModel }> {
  const stops = new Set([...(schedule.checkpoints ?? []), schedule.steps]);
  for (let step = 1; step <= schedule.steps; step++) {
    report(schedule, 'training', step / schedule.steps);
    const losses = await training.step(partsAt(step), schedule);
    if (stops.has(step)) yield { step, losses, model: training.model() };
  }
}
