import { exposeTensors } from '@oml/onnx/graph';
import { constantTensors } from '@oml/onnx/inspect/pieces';
import { floatTensors } from '@oml/onnx/inspect/float-tensors';
import type { OnnxModel } from '@oml/onnx/model-file';
import { outputOf, type Engine } from '@oml/onnx/runner';
import { askings, type Asking, type Question } from '../suspect/asking.ts';
import type { Way } from '../suspect/ways.ts';

/** A model that is asked the same questions as another, whatever its tensors are called. */
export interface Observed {
  model: OnnxModel;
  way: Pick<Way, 'inputs' | 'asked'>;
  engine: Engine;
}

const PER_RUN = 8;

/** A tensor that has a row for each position of a question. */
export interface InnerTensor {
  /** Values of a row. */
  size: number;
  /** Dims of the tensor: products of some kinds want two. */
  rank: number;
}

/** Inner tensors of floats with a row for each position of a question, in graph order. */
export async function innerTensors(observed: Observed, question: Question): Promise<Map<string, InnerTensor>> {
  const { graph } = observed.model;
  // Weights behind DequantizeLinear are floats too, and some engines refuse to hand them out.
  const constant = constantTensors(graph);
  const names = [...floatTensors(graph).keys()].filter((name) => !constant.has(name));
  // Twice the same: what has one row for all questions, as positions do, is no row of each.
  const [asking] = askings(observed.way as Way, [question, question], 2);
  const runner = await observed.engine.open(exposeTensors(observed.model, names));
  try {
    const outputs = await runner.run(asking!.feeds, names);
    const found = names.flatMap((name): [string, InnerTensor][] => {
      const { dims, data } = outputOf(outputs, name);
      const size = dims.at(-1) ?? 0;
      return dims.length > 1 && size > 1 && data.length === size * asking!.rows * asking!.width
        ? [[name, { size, rank: dims.length }]]
        : [];
    });
    return new Map(found);
  } finally {
    await runner.dispose();
  }
}

/** What named tensors hold at every position of the questions, row after row; padding is left out. */
export async function gatherRows(
  { model, way, engine }: Observed,
  questions: readonly Question[],
  sizes: ReadonlyMap<string, number>,
): Promise<Map<string, Float32Array>> {
  const names = [...sizes.keys()];
  const parts = new Map(names.map((name) => [name, [] as Float32Array[]]));
  const runner = await engine.open(exposeTensors(model, names));
  try {
    for (const asking of askings(way as Way, questions, PER_RUN)) {
      const outputs = await runner.run(asking.feeds, names);
      for (const [name, size] of sizes) parts.get(name)!.push(...ownRows(outputOf(outputs, name).data, asking, size));
    }
  } finally {
    await runner.dispose();
  }
  return new Map([...parts].map(([name, some]) => [name, joined(some)]));
}

function ownRows(data: Float32Array, { count, width, length }: Asking, size: number): Float32Array[] {
  return Array.from({ length: count }, (_, row) => data.subarray(row * width * size, (row * width + length) * size));
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
