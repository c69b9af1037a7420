import type { OnnxModel } from '../src/file/model-file.ts';
import { nodeEngine } from '../src/run/runner-node.ts';
import type { Tensor } from '../src/run/runner.ts';

/** What a model answers: the named output, or its first. */
export async function outputs(
  model: OnnxModel,
  feeds: Record<string, Tensor>,
  name = model.graph.output[0]!.name,
): Promise<Float32Array> {
  const runner = await nodeEngine({ threads: 1 }).open(model.bytes);
  try {
    return (await runner.run(feeds, [name]))[name]!.data;
  } finally {
    await runner.dispose();
  }
}

/** Root mean square of the difference, in units of the first one's deviation. */
export function distance(a: Float32Array, b: Float32Array): number {
  const square = (f: (i: number) => number) => Math.sqrt(a.reduce((sum, _, i) => sum + f(i) ** 2, 0) / a.length);
  return square((i) => a[i]! - b[i]!) / square((i) => a[i]!);
}
