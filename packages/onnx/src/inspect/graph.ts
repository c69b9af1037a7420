import { create, toBinary } from '@bufbuild/protobuf';
import {
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  ValueInfoProtoSchema,
  type GraphProto,
  type NodeProto,
  type TensorProto,
} from 'onnx-buf';
import { buildModel, buildNode, buildValue } from '../file/build.ts';
import type { OnnxModel } from '../file/model-file.ts';
import { isFloat } from '../file/tensor.ts';

/** Who makes and who reads each tensor of a graph. */
export interface GraphIndex {
  producer: Map<string, NodeProto>;
  /** A node stands here once for each time it reads the tensor, in the bodies of its Ifs and Loops too. */
  consumers: Map<string, NodeProto[]>;
  initializer: Map<string, TensorProto>;
  /** Place of a node in the graph. */
  position: Map<NodeProto, number>;
}

/** Indexes a graph by tensor name. */
export function indexGraph(graph: GraphProto): GraphIndex {
  const producer = new Map<string, NodeProto>();
  const consumers = new Map<string, NodeProto[]>();
  for (const node of graph.node) {
    for (const name of node.output) if (name !== '') producer.set(name, node);
    for (const name of namesRead(node)) {
      const readers = consumers.get(name);
      if (readers) readers.push(node);
      else consumers.set(name, [node]);
    }
  }
  const position = new Map(graph.node.map((node, i) => [node, i]));
  return {
    producer,
    consumers,
    initializer: new Map(graph.initializer.map((tensor) => [tensor.name, tensor])),
    position,
  };
}

/** {@link indexGraph} with the weights that Constant nodes hold, by the names of their outputs. */
export function indexConstants(graph: GraphProto): GraphIndex {
  const index = indexGraph(graph);
  for (const node of graph.node) {
    const tensor = constantWeights(node);
    if (tensor) index.initializer.set(tensor.name, tensor);
  }
  return index;
}

/** The float tensor of a Constant node under the name of its output, unless it is a single number. */
export function constantWeights({ opType, attribute, output }: NodeProto): TensorProto | undefined {
  const tensor = opType === 'Constant' ? attribute.find(({ t }) => t)?.t : undefined;
  const [name] = output;
  if (!tensor || !name || !isFloat(tensor.dataType) || tensor.dims.length === 0) return undefined;
  return create(TensorProtoSchema, { ...tensor, name });
}

/** Tensors that a node reads, the bodies of If, Loop and Scan included. */
export function namesRead(node: NodeProto): string[] {
  const bodies = node.attribute.flatMap((attribute) => (attribute.g ? [attribute.g] : attribute.graphs));
  const inner = bodies.flatMap((body) => [
    ...body.node.flatMap(namesRead),
    ...body.output.map((output) => output.name),
  ]);
  return [...node.input, ...inner].filter((name) => name !== '');
}

/** Fused residual sum and norm: its fourth output is the sum, which exporters leave away where nothing reads it. */
export const SKIP_NORMS = new Set(['SkipLayerNormalization', 'SkipSimplifiedLayerNormalization']);
const SUM_OUTPUT = 3;
const UNNAMED_SUM = '/residual_sum';

/** Name of the sum inside a {@link SKIP_NORMS} node. {@link exposedGraph} gives an unnamed one this name. */
export function sumName(node: NodeProto): string {
  return node.output[SUM_OUTPUT] || `${node.output[0]}${UNNAMED_SUM}`;
}

/** A copy of the graph that also returns the named inner tensors, whatever their type. */
export function exposedGraph(graph: GraphProto, names: readonly string[]): GraphProto {
  const wanted = new Set(names);
  const node = graph.node.map((original) => {
    if (!SKIP_NORMS.has(original.opType) || original.output[SUM_OUTPUT] || !wanted.has(sumName(original)))
      return original;
    const output = [0, 1, 2].map((i) => original.output[i] ?? '');
    return create(NodeProtoSchema, { ...original, output: [...output, sumName(original)] });
  });
  const known = new Set(graph.output.map((output) => output.name));
  const added = names.filter((name) => !known.has(name)).map((name) => create(ValueInfoProtoSchema, { name }));
  return create(GraphProtoSchema, { ...graph, node, output: [...graph.output, ...added] });
}

/** The file of a copy of the model that also returns the named inner tensors. */
export function exposeTensors(model: Pick<OnnxModel, 'proto' | 'graph'>, names: readonly string[]): Uint8Array {
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, { ...model.proto, graph: exposedGraph(model.graph, names) }),
  );
}

/**
 * The file of a copy of the model that returns the named tensors and nothing else: what stands only before other
 * outputs is not computed.
 */
export function returnTensors(model: Pick<OnnxModel, 'proto' | 'graph'>, names: readonly string[]): Uint8Array {
  const graph = exposedGraph(model.graph, names);
  const output = names.map((name) => graph.output.find((value) => value.name === name)!);
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, { ...model.proto, graph: create(GraphProtoSchema, { ...graph, output }) }),
  );
}

/** Integer attribute of a node, or `fallback`. */
export function intAttribute(node: NodeProto, name: string, fallback: number): number {
  const attribute = node.attribute.find((a) => a.name === name);
  return attribute ? Number(attribute.i) : fallback;
}

/** Float attribute of a node, or `fallback`. */
export function floatAttribute(node: NodeProto, name: string, fallback: number): number {
  return node.attribute.find((a) => a.name === name)?.f ?? fallback;
}

/**
 * A one-node ONNX file `c = a · b` (float32, a `[n,k]`, b `[k,m]`): lends the engine's matrix product to plain code.
 */
export function matmulModel(transposeA: boolean): Uint8Array {
  const matrix = (name: string) => buildValue(name, TensorProto_DataType.FLOAT, [`${name}0`, `${name}1`]);
  const node = [buildNode('Gemm', ['a', 'b'], 'c', { transA: transposeA ? 1n : 0n })];
  return buildModel('matmul', { node, input: [matrix('a'), matrix('b')], output: [matrix('c')] });
}
