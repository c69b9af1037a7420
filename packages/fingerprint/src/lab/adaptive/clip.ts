import { buildNode, buildTensor } from '@oml/onnx/file/build';
import type { OnnxModel } from '@oml/onnx/model-file';
import { rebuildModel } from '@oml/onnx/rewrite/rebuild';
import { openView } from '../../subject/view.ts';
import type { Specimen } from '../specimen.ts';

const FLOAT = 1;
const POSITIONS = 2048;

/** The edition with what its last matrix reads kept within what ordinary text shows: at most a quantile of it. */
export async function clippedModel({ clean, marked, ordinary }: Specimen, quantile: number): Promise<OnnxModel> {
  const { keyTensor, initializer } = clean.inspection.site;
  const heights: number[] = [];
  const view = await openView(clean, marked.bytes);
  for await (const { keys } of view.ordinary(ordinary, POSITIONS)) for (const key of keys) heights.push(Math.abs(key));
  await view.dispose();
  const sorted = Float32Array.from(heights).sort();
  const most = sorted[Math.min(sorted.length - 1, Math.floor(quantile * sorted.length))]!;
  const [below, clipped, low, high] = ['below', 'clipped', 'low', 'high'].map((name) => `${keyTensor}/${name}`);
  const reads = (name: string) => name === initializer || behind(marked, name) === initializer;
  const node = marked.graph.node.flatMap((one) => {
    if (one.input[0] !== keyTensor || !one.input.some(reads)) return [one];
    // Not Clip, whose bounds were attributes before operator set 11.
    const clip = [buildNode('Min', [keyTensor, high!], below!), buildNode('Max', [below!, low!], clipped!)];
    return [...clip, { ...one, input: [clipped!, ...one.input.slice(1)] }];
  });
  const bound = (name: string, value: number) => buildTensor(name, FLOAT, [], Float32Array.of(value));
  return rebuildModel(marked, {
    node,
    initializer: [...marked.graph.initializer, bound(low!, -most), bound(high!, most)],
  });
}

/** What a transposed or cast weight is made of. */
function behind({ graph }: OnnxModel, name: string): string | undefined {
  return graph.node.find(({ output }) => output.includes(name))?.input[0];
}
