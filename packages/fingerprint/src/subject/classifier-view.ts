import { exposeTensors } from '@oml/onnx/graph';
import { readModel } from '@oml/onnx/model-file';
import { feedValues } from '@oml/onnx/run/feeds';
import { outputOf, type Runner } from '@oml/onnx/runner';
import { argmax } from '@oml/onnx/sampling';
import { headOf } from '@oml/protocol/evidence/head';
import type { Prompt } from './prompt.ts';
import type { Ordinary, Subject } from './subject.ts';
import type { Rows, View } from './rows.ts';

const ITEMS_PER_RUN = 256;

/** A classifier with the inputs and outputs of its last layer exposed. */
export async function openClassifierView(subject: Subject, model: Uint8Array): Promise<View> {
  const { site, outcomes } = subject.inspection;
  const runner = await subject.engine.open(exposeTensors(readModel(model), [site.keyTensor, site.hiddenTensor]));
  const answering = (prompts: readonly Prompt[]) => gather(subject, runner, prompts.map(dataOf));
  return {
    ordinary: (data, limit) => ordinaryRows(subject, runner, data, limit),
    answering,
    async heads(prompts) {
      const { scores } = await answering(prompts);
      return prompts.map((_, row) => headOf(String(argmax(scores, row * outcomes, outcomes))));
    },
    dispose: () => runner.dispose(),
  };
}

/** Dims of one item without the batch. Free inner dims are refused by the engine when it is fed. */
export function itemShape(subject: Subject): number[] {
  return subject.inspection.input.dims.slice(1).map((dim) => dim ?? 1);
}

/** The items of ordinary data, at most `limit`, evenly chosen. */
export function cutItems(subject: Subject, data: Ordinary, limit: number): Float32Array[] {
  const size = itemShape(subject).reduce((product, dim) => product * dim, 1);
  const available = Math.floor(data.length / size);
  const count = Math.min(limit, available);
  return Array.from({ length: count }, (_, i) => {
    const at = Math.floor((i * available) / count) * size;
    return Float32Array.from(data.subarray(at, at + size));
  });
}

const dataOf = (prompt: Prompt): Float32Array => {
  if (prompt.kind !== 'tensor') throw new TypeError('A classifier is asked with a tensor.');
  return prompt.data;
};

async function* ordinaryRows(subject: Subject, runner: Runner, data: Ordinary, limit: number): AsyncGenerator<Rows> {
  const items = cutItems(subject, data, limit);
  for (let at = 0; at < items.length; at += ITEMS_PER_RUN)
    yield gather(subject, runner, items.slice(at, at + ITEMS_PER_RUN));
}

async function gather(subject: Subject, runner: Runner, items: readonly Float32Array[]): Promise<Rows> {
  const { site, outcomes, input } = subject.inspection;
  const batch = input.dims[0] ?? Math.min(ITEMS_PER_RUN, Math.max(1, items.length));
  const size = itemShape(subject).reduce((product, dim) => product * dim, 1);
  const keys = new Float32Array(items.length * site.keySize);
  const scores = new Float32Array(items.length * outcomes);
  for (let at = 0; at < items.length; at += batch) {
    const some = items.slice(at, at + batch);
    // Some files fix the batch: the rest of it stays zero.
    const data = new Float32Array((input.dims[0] ?? some.length) * size);
    some.forEach((item, i) => data.set(item, i * size));
    const feeds = feedValues(subject.inspection, data, data.length / size);
    const outputs = await runner.run(feeds, [site.keyTensor, site.hiddenTensor]);
    keys.set(outputOf(outputs, site.keyTensor).data.subarray(0, some.length * site.keySize), at * site.keySize);
    scores.set(outputOf(outputs, site.hiddenTensor).data.subarray(0, some.length * outcomes), at * outcomes);
  }
  return { count: items.length, keys, hidden: scores, scores };
}
