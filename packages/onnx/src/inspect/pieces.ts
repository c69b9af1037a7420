import { create, toBinary } from '@bufbuild/protobuf';
import { GraphProtoSchema, ModelProtoSchema, TensorProto_DataType, type GraphProto, type NodeProto } from 'onnx-buf';
import { buildValue } from '../file/build.ts';
import type { OnnxModel } from '../file/model-file.ts';
import { withoutUnused } from '../rewrite/rebuild.ts';
import { namesRead } from './graph.ts';

/** Tensors that follow from no input at all, however they are computed. */
export function constantTensors({ node, initializer }: GraphProto): Set<string> {
  const constant = new Set(initializer.map(({ name }) => name));
  for (const one of node)
    if (!one.opType.startsWith('Random') && namesRead(one).every((name) => constant.has(name)))
      addOutputs(constant, one);
  return constant;
}

/** Tensors that follow from `start` and constants alone, in graph order; itself is not among them. */
export function followersOf({ node }: GraphProto, constant: ReadonlySet<string>, start: string): Set<string> {
  const found = new Set([start]);
  for (const one of node) {
    const read = namesRead(one);
    const follows = read.some((name) => found.has(name)) && read.every((name) => found.has(name) || constant.has(name));
    if (follows) addOutputs(found, one);
  }
  found.delete(start);
  return found;
}

/** The file of what a model computes between two of its tensors: `start` goes in, `end` comes out. */
export function pieceBetween(
  model: Pick<OnnxModel, 'proto' | 'graph'>,
  start: string,
  dtype: 'float32' | 'float16',
  end: string,
): Uint8Array {
  const type = dtype === 'float32' ? TensorProto_DataType.FLOAT : TensorProto_DataType.FLOAT16;
  const graph = create(GraphProtoSchema, {
    name: 'piece',
    node: model.graph.node.filter(({ output }) => !output.includes(start)),
    initializer: model.graph.initializer,
    input: [buildValue(start, type)],
    output: [buildValue(end, type)],
  });
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, { ...model.proto, graph: withoutUnused(graph) }));
}

function addOutputs(names: Set<string>, { output }: NodeProto): void {
  for (const name of output) if (name !== '') names.add(name);
}
