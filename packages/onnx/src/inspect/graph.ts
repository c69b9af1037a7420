import { create, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType,
  ValueInfoProtoSchema,
  type GraphProto,
  type NodeProto,
  type TensorProto,
} from 'onnx-buf';
import { cloneModel, writeModel, type OnnxModel } from '../file/model-file.ts';

/** Who makes and who reads each tensor of a graph. */
export interface GraphIndex {
  producer: Map<string, NodeProto>;
  consumers: Map<string, NodeProto[]>;
  initializer: Map<string, TensorProto>;
}

/** Indexes a graph by tensor name. */
export function indexGraph(graph: GraphProto): GraphIndex {
  const producer = new Map<string, NodeProto>();
  const consumers = new Map<string, NodeProto[]>();
  for (const node of graph.node) {
    for (const name of node.output) if (name !== '') producer.set(name, node);
    for (const name of node.input) if (name !== '') consumers.set(name, [...(consumers.get(name) ?? []), node]);
  }
  return { producer, consumers, initializer: new Map(graph.initializer.map((tensor) => [tensor.name, tensor])) };
}

/** The file of a copy of the model that also returns the named inner float tensors. */
export function exposeTensors(model: OnnxModel, names: readonly string[]): Uint8Array {
  const copy = cloneModel(model);
  const known = new Set(copy.graph.output.map((output) => output.name));
  for (const name of names) if (!known.has(name)) copy.graph.output.push(floatValue(name));
  return writeModel(copy);
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

/** A one-node ONNX file `c = a · b` (float32, a `[n,k]`, b `[k,m]`): lends the engine's matrix product to plain code. */
export function matmulModel(transposeA: boolean): Uint8Array {
  const transA = create(AttributeProtoSchema, { name: 'transA', type: AttributeProto_AttributeType.INT, i: transposeA ? 1n : 0n });
  const node = create(NodeProtoSchema, { opType: 'Gemm', name: 'product', input: ['a', 'b'], output: ['c'], attribute: [transA] });
  const graph = { name: 'matmul', node: [node], input: [floatValue('a', 2), floatValue('b', 2)], output: [floatValue('c', 2)] };
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 8n, opsetImport: [{ domain: '', version: 17n }], graph }));
}

function floatValue(name: string, rank?: number) {
  const shape = rank === undefined ? undefined : { dim: Array.from({ length: rank }, (_, i) => ({ value: { case: 'dimParam' as const, value: `${name}${i}` } })) };
  const tensor = { elemType: TensorProto_DataType.FLOAT, ...(shape ? { shape } : {}) };
  return create(ValueInfoProtoSchema, { name, type: { value: { case: 'tensorType', value: tensor } } });
}
