import { toBinary } from '@bufbuild/protobuf';
import { sha256 } from '@noble/hashes/sha2.js';
import {
  AttributeProto_AttributeType,
  FunctionProtoSchema,
  type AttributeProto,
  type GraphProto,
  type NodeProto,
  type ValueInfoProto,
} from 'onnx-buf';
import { OmlError } from '@oml/protocol/error';
import { toHex } from './digest.ts';
import type { OnnxModel } from './model-file.ts';
import { rawBytes } from './tensor.ts';

/**
 * Canonical digest of what a graph computes, its weights left to `weightsDigest`: a Merkle hash from inputs and
 * initializer names through operators and
 * attributes to the outputs. Names of nodes and inner tensors, the order of nodes, unused nodes, comments and metadata
 * do not change it.
 */
export function graphDigest(model: Pick<OnnxModel, 'proto' | 'graph'>): `0x${string}` {
  const domains = new Set(['', ...model.graph.node.map((node) => domainOf(node.domain))]);
  const opsets = model.proto.opsetImport
    .map((o) => [domainOf(o.domain), String(o.version)])
    .filter(([domain]) => domains.has(domain!))
    .sort();
  // Functions of the model's own are few and rarely there: their encoding stands for them.
  const functions = model.proto.functions.map((f) => toHex(sha256(toBinary(FunctionProtoSchema, f)))).sort();
  return `0x${hash(['oml-graph-1', opsets, functions, hashGraph(model.graph, new Map(), 0)])}`;
}

const MAX_NESTING = 16;

/** `outside` holds what the body of an If or Loop may read from the graphs around it. */
function hashGraph(graph: GraphProto, outside: ReadonlyMap<string, string>, depth: number): string {
  if (depth > MAX_NESTING) throw new OmlError('MODEL_TOO_LARGE', 'The graph holds graphs in graphs beyond reason.');
  const known = new Map(outside);
  known.set('', hash('none'));
  // The position of an input stands for it inside of a body, its name in the graph itself: callers feed by name.
  for (const [i, input] of graph.input.entries())
    known.set(input.name, hash(['input', depth === 0 ? input.name : i, signature(input)]));
  for (const tensor of graph.initializer)
    known.set(
      tensor.name,
      hash(['weights', depth === 0 ? tensor.name : contents(tensor), tensor.dataType, tensor.dims.map(String)]),
    );
  for (const node of graph.node) {
    const inner = hashNode(node, known, depth);
    for (const [i, output] of node.output.entries()) if (output !== '') known.set(output, hash([inner, i]));
  }
  return hash([
    'graph',
    graph.output.map((output) => [depth === 0 ? output.name : '', known.get(output.name) ?? 'undefined']),
  ]);
}

function hashNode(node: NodeProto, known: ReadonlyMap<string, string>, depth: number): string {
  const attributes = node.attribute
    .map((attribute) => [attribute.name, attributeHash(attribute, known, depth)])
    .sort(([a], [b]) => (a! < b! ? -1 : 1));
  return hash([
    'node',
    domainOf(node.domain),
    node.opType,
    attributes,
    node.input.map((input) => known.get(input) ?? 'undefined'),
  ]);
}

function attributeHash(attribute: AttributeProto, known: ReadonlyMap<string, string>, depth: number): unknown {
  const { TENSOR, TENSORS, GRAPH, GRAPHS } = AttributeProto_AttributeType;
  if (attribute.type === TENSOR || attribute.type === TENSORS)
    return [attribute.t, ...attribute.tensors]
      .filter((t) => t !== undefined)
      .map((t) => [contents(t), t.dataType, t.dims.map(String)]);
  if (attribute.type === GRAPH || attribute.type === GRAPHS)
    return [attribute.g, ...attribute.graphs].filter((g) => g !== undefined).map((g) => hashGraph(g, known, depth + 1));
  return [
    attribute.type,
    attribute.f,
    String(attribute.i),
    toHex(attribute.s),
    attribute.floats,
    attribute.ints.map(String),
    attribute.strings.map(toHex),
  ];
}

const contents = (tensor: Parameters<typeof rawBytes>[0]): string => toHex(sha256(rawBytes(tensor)));

function signature(input: ValueInfoProto): unknown {
  if (input.type?.value.case !== 'tensorType') return 'other';
  const { elemType, shape } = input.type.value.value;
  return [elemType, shape?.dim.map((dim) => (dim.value.case === 'dimValue' ? String(dim.value.value) : '?'))];
}

const domainOf = (domain: string): string => (domain === 'ai.onnx' ? '' : domain);
const hash = (value: unknown): string => toHex(sha256(new TextEncoder().encode(JSON.stringify(value))));
