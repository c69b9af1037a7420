import { GraphDraft } from '../src/autodiff/draft.ts';
import { differentiate } from '../src/autodiff/differentiate.ts';
import type { Dim } from '../src/autodiff/shapes/facts.ts';
import { nodeEngine } from '../src/run/runner-node.ts';
import { outputOf, type Tensor } from '../src/run/runner.ts';
import { seededRandom } from '../src/run/seeded-random.ts';

export interface GradientCase {
  /** Dims of each differentiated float input, called x0, x1, … */
  shapes: number[][];
  /** Builds the graph from the input names and returns the tensors whose weighted sum is the loss. */
  build: (draft: GraphDraft, inputs: string[]) => string | string[];
  /** Values from uniform [0, 1) numbers; by default normal in spirit, away from nothing. */
  value?: (uniform: number) => number;
  /** Hides the sizes from shape inference: every dim of every input is a free name. */
  free?: boolean;
  opset?: number;
  seed?: number;
}

const STEP = 1e-2;
const engine = nodeEngine({ threads: 1 });

/**
 * Largest difference between the built gradients and central finite differences, relative to the largest gradient of
 * each input.
 */
export async function gradientError({
  shapes,
  build,
  value = (u) => 3 * u - 1.5,
  free = false,
  opset = 17,
  seed = 1,
}: GradientCase): Promise<number> {
  const draft = GraphDraft.empty(opset);
  const names = shapes.map((dims, i) =>
    draft.input(`x${i}`, 'float32', free ? dims.map((_, at): Dim => `n${i}_${at}`) : dims),
  );
  const built = [build(draft, names)].flat();
  const weighted = built.map((tensor) =>
    draft.op(
      'ReduceSum',
      [
        draft.op('Mul', [
          tensor,
          draft.op('Sin', [draft.op('Add', [draft.op('Mul', [tensor, draft.number(0)]), rampLike(draft, tensor)])]),
        ]),
      ],
      { keepdims: 0 },
    ),
  );
  const loss = draft.op('Sum', weighted);
  draft.output(loss, 'loss');
  for (const [name, gradient] of differentiate(draft, loss, names)) draft.output(gradient, `d/${name}`);
  const runner = await engine.open(draft.write());
  const random = seededRandom(seed);
  const feeds = Object.fromEntries(
    names.map((name, i): [string, Tensor] => [
      name,
      {
        dtype: 'float32',
        dims: shapes[i]!,
        data: Float32Array.from({ length: shapes[i]!.reduce((a, b) => a * b, 1) }, () => value(random())),
      },
    ]),
  );
  const lossAt = async () => outputOf(await runner.run(feeds, ['loss']), 'loss').data[0]!;
  const outputs = await runner.run(feeds);
  let worst = 0;
  for (const [i, name] of names.entries()) {
    const gradient = outputOf(outputs, `d/${name}`);
    if (`${gradient.dims}` !== `${shapes[i]}`)
      throw new Error(`The gradient of ${name} has dims [${gradient.dims}], not [${shapes[i]}].`);
    const data = feeds[name]!.data as Float32Array;
    const largest = Math.max(1e-3, ...gradient.data.map(Math.abs));
    for (let at = 0; at < data.length; at++) {
      const kept = data[at]!;
      data[at] = kept + STEP;
      const up = await lossAt();
      const above = data[at]!;
      data[at] = kept - STEP;
      const difference = (up - (await lossAt())) / (above - data[at]!);
      data[at] = kept;
      worst = Math.max(worst, Math.abs(difference - gradient.data[at]!) / largest);
    }
  }
  await runner.dispose();
  return worst;
}

/** 0, .7, 1.4, … in the shape of a tensor: unequal weights, so that a gradient in the wrong place shows. */
function rampLike(draft: GraphDraft, tensor: string): string {
  const count = draft.op('Size', [tensor]);
  const numbers = draft.op('Cast', [draft.op('Range', [draft.ints([0], true), count, draft.ints([1], true)])], {
    to: 1,
  });
  return draft.op('Reshape', [draft.op('Mul', [numbers, draft.number(0.7)]), draft.op('Shape', [tensor])]);
}
