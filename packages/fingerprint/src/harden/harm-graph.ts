import type { Weights } from '@oml/onnx/autodiff/adam';
import { GraphDraft } from '@oml/onnx/autodiff/draft';
import { distillation } from '@oml/onnx/autodiff/losses';
import { openTrainer } from '@oml/onnx/autodiff/trainer';
import { returnTensors } from '@oml/onnx/graph';
import { outputOf } from '@oml/onnx/runner';
import type { Subject } from '../subject/subject.ts';
import { packPassages, type Passage } from './passage.ts';
import type { Site } from './site.ts';

/** A passage whose every position should stay as it is, and how much it counts. */
export interface Bystander {
  passage: Passage;
  share: number;
}

export interface HarmGraph {
  /** KL(original ‖ changed) per position, the mean over passages weighted by their shares, and its gradient by weight. */
  measure(bystanders: readonly Bystander[], weights: Weights): Promise<{ loss: number; gradients: Map<string, Float32Array> }>;
  dispose(): Promise<void>;
}

/** Opens the original as a teacher beside the model whose weights are fed. */
export async function openHarm(subject: Subject, sites: readonly Site[]): Promise<HarmGraph> {
  const { model, inspection, engine } = subject;
  const scores = inspection.logitsTensor;
  const axes = inspection.kind === 'language' ? ['batch', 'position'] : ['batch'];
  const draft = GraphDraft.of(model);
  const loss = distillation(draft, scores, draft.input('teacher', 'float32', [...axes, inspection.outcomes]), draft.input('weights', 'float32', axes));
  const [trainer, original] = [await openTrainer(draft, engine, { loss, trained: sites.map(({ weight }) => weight) }), await engine.open(returnTensors(model, [scores]))];
  return {
    async measure(bystanders, weights) {
      const total = bystanders.reduce((sum, { share }) => sum + share, 0);
      const sum = { loss: 0, gradients: new Map<string, Float32Array>() };
      let at = 0;
      for (const { feeds, present, width, count } of packPassages(subject, bystanders.map(({ passage }) => passage))) {
        const teacher = outputOf(await original.run(feeds, [scores]), scores);
        const some = bystanders.slice(at, at + count);
        at += count;
        const lengths = some.map((_, row) => present.subarray(row * width, (row + 1) * width).reduce((length, one) => length + one, 0));
        const data = present.map((one, i) => (one === 0 ? 0 : some[Math.floor(i / width)]!.share / lengths[Math.floor(i / width)]! / total));
        const dims = teacher.dims.slice(0, -1);
        const { loss, gradients } = await trainer.gradients(weights, { ...feeds, teacher: { dtype: 'float32', dims: teacher.dims, data: teacher.data }, weights: { dtype: 'float32', dims, data } });
        sum.loss += loss;
        for (const [name, gradient] of gradients) addTo(sum.gradients, name, gradient);
      }
      return sum;
    },
    dispose: async () => void (await Promise.all([trainer.dispose(), original.dispose()])),
  };
}

function addTo(sums: Map<string, Float32Array>, name: string, part: Float32Array): void {
  const sum = sums.get(name);
  if (!sum) sums.set(name, part);
  else for (let i = 0; i < sum.length; i++) sum[i]! += part[i]!;
}
