import type { Engine, FloatTensor, Tensor } from '../run/runner.ts';
import { outputOf } from '../run/runner.ts';
import type { Weights } from './adam.ts';
import { differentiate } from './differentiate.ts';
import type { GraphDraft } from './draft.ts';

export interface StepResult {
  loss: number;
  /** Gradient of each trained weight, by its name. */
  gradients: Map<string, Float32Array>;
  /** The further outputs that were asked for. */
  outputs: Record<string, FloatTensor>;
}

/** A loss whose gradients can be computed again and again while the weights change. */
export interface Trainer {
  /** One forward and backward pass at these weights. */
  gradients(weights: Weights, feeds: Record<string, Tensor>): Promise<StepResult>;
  /** The loss and further outputs alone. */
  evaluate(weights: Weights, feeds: Record<string, Tensor>): Promise<StepResult>;
  dispose(): Promise<void>;
}

export interface TrainerOptions {
  /** Scalar tensor of the draft. */
  loss: string;
  /** Initializers to train. They become inputs, so that a step needs no new session. */
  trained: readonly string[];
  /** Further float tensors to fetch. */
  outputs?: readonly string[];
}

const LOSS = 'loss of the trainer';
const gradientName = (weight: string): string => `gradient of ${weight}`;

/** Opens a draft with its loss for training. The draft is used up. Throws MODEL_UNSUPPORTED. */
export async function openTrainer(
  draft: GraphDraft,
  engine: Engine,
  { loss, trained, outputs = [] }: TrainerOptions,
): Promise<Trainer> {
  const gradients = differentiate(draft, loss, trained);
  const dims = new Map(trained.map((name) => [name, draft.dimsOf(name) as number[]]));
  for (const name of trained) draft.feedInitializer(name);
  draft.graph.output.length = 0;
  draft.output(loss, LOSS);
  for (const name of outputs) draft.output(name, name);
  for (const [name, gradient] of gradients) draft.output(gradient, gradientName(name));
  const runner = await engine.open(draft.write());
  const run = async (weights: Weights, feeds: Record<string, Tensor>, wanted: readonly string[]) => {
    const fed = Object.fromEntries(
      trained.map((name): [string, Tensor] => [
        name,
        { dtype: 'float32', dims: dims.get(name)!, data: weights.get(name)! },
      ]),
    );
    return runner.run({ ...fed, ...feeds }, wanted);
  };
  return {
    gradients: async (weights, feeds) =>
      resultOf(await run(weights, feeds, [LOSS, ...outputs, ...trained.map(gradientName)]), trained),
    evaluate: async (weights, feeds) => resultOf(await run(weights, feeds, [LOSS, ...outputs]), []),
    dispose: () => runner.dispose(),
  };
}

function resultOf(all: Record<string, FloatTensor>, trained: readonly string[]): StepResult {
  const gradients = new Map(trained.map((name) => [name, outputOf(all, gradientName(name)).data]));
  const outputs = Object.fromEntries(
    Object.entries(all).filter(([name]) => name !== LOSS && !name.startsWith('gradient of ')),
  );
  return { loss: outputOf(all, LOSS).data[0]!, gradients, outputs };
}
