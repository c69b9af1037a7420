import { toBinary } from '@bufbuild/protobuf';
import { sha256 } from '@noble/hashes/sha2.js';
import { OmlError } from '@oml/protocol/error';
import {
  TrainingInfoProtoSchema,
  TypeProtoSchema,
  type AttributeProto,
  type FunctionProto,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type OperatorSetIdProto,
  type SparseTensorProto,
  type TensorProto,
  type TypeProto,
  type ValueInfoProto,
} from 'onnx-buf';
import { toHex } from './sha256.ts';
import { MAX_NESTING } from './tensors-of.ts';

/** Hash by the contents of each tensor. */
type Contents = ReadonlyMap<TensorProto, string>;

/** The hash behind `weightsDigest`, which states its format. A value is known by what makes it, never by its name. */
export function modelHash(proto: ModelProto, graph: GraphProto, contents: Contents): string {
  return hashJson([
    'oml-model-1',
    String(proto.irVersion),
    opsetsOf(proto.opsetImport),
    proto.functions.map((f) => hashFunction(f, contents)).sort(),
    proto.trainingInfo.map((info) => toHex(sha256(toBinary(TrainingInfoProtoSchema, info)))).sort(),
    hashGraph(graph, new Scope(contents)),
  ]);
}

export const hashJson = (value: unknown): string => toHex(sha256(new TextEncoder().encode(JSON.stringify(value))));

/** The values that nodes of one graph may read; a body also reads those of the graphs around it. */
class Scope {
  readonly contents: Contents;
  readonly outer: Scope | undefined;
  readonly depth: number;
  private readonly values = new Map<string, string>();

  constructor(contents: Contents, outer?: Scope) {
    this.contents = contents;
    this.outer = outer;
    this.depth = outer ? outer.depth + 1 : 0;
    if (this.depth > MAX_NESTING)
      throw new OmlError('MODEL_TOO_LARGE', 'The graph holds graphs in graphs beyond reason.');
  }

  define(name: string, value: string): void {
    if (name === '') return;
    if (this.values.has(name))
      throw new OmlError('MODEL_INVALID', `A graph defines the tensor "${name.slice(0, 80)}" twice.`);
    this.values.set(name, value);
  }

  find(name: string): string | undefined {
    return this.values.get(name) ?? this.outer?.find(name);
  }

  value(name: string): string {
    if (name === '') return '';
    const value = this.find(name);
    if (value === undefined)
      throw new OmlError('MODEL_INVALID', `A graph reads "${name.slice(0, 80)}", which nothing before it makes.`);
    return value;
  }
}

function hashGraph(graph: GraphProto, scope: Scope): string {
  const { contents, depth } = scope;
  const initializers = [
    ...graph.initializer.map((tensor) => [tensor.name, hashTensor(tensor, contents)] as const),
    ...graph.sparseInitializer.map((sparse) => [sparse.values?.name ?? '', hashSparse(sparse, contents)] as const),
  ];
  for (const [name, value] of initializers) scope.define(name, value);
  // Before IR version 4 every initializer is listed as an input too.
  const own = new Set(initializers.map(([name]) => name));
  const inputs = graph.input.filter(({ name }) => !own.has(name));
  for (const [i, { name }] of inputs.entries()) scope.define(name, hashJson(['input', depth, i]));
  const nodes = graph.node.map((node) => hashNode(node, scope));
  // Callers feed and ask the model itself by name; nobody calls a body so.
  const shown = (name: string) => (depth === 0 ? name : '');
  return hashJson([
    'graph',
    inputs.map(({ name, type }) => [shown(name), typeOf(type)]),
    graph.output.map(({ name, type }) => [shown(name), scope.value(name), typeOf(type)]),
    nodes.sort(),
    initializers.map(([, value]) => value).sort(),
    annotated(graph.valueInfo, scope),
  ]);
}

function hashFunction(f: FunctionProto, contents: Contents): string {
  const scope = new Scope(contents);
  for (const [i, name] of f.input.entries()) scope.define(name, hashJson(['input', '', i]));
  const nodes = f.node.map((node) => hashNode(node, scope));
  return hashJson([
    'function',
    domainOf(f.domain),
    f.name,
    f.overload,
    f.input.length,
    f.attribute.toSorted(),
    f.attributeProto.map((attribute) => attributeOf(attribute, scope)).sort(byJson),
    opsetsOf(f.opsetImport),
    nodes.sort(),
    f.output.map((name) => scope.value(name)),
    annotated(f.valueInfo, scope),
  ]);
}

/** Also makes its outputs known. */
function hashNode(node: NodeProto, scope: Scope): string {
  const hash = hashJson([
    'node',
    domainOf(node.domain),
    node.opType,
    node.overload,
    node.attribute.map((attribute) => attributeOf(attribute, scope)).sort(byJson),
    node.input.map((name) => scope.value(name)),
    node.output.map((name) => (name === '' ? 0 : 1)),
  ]);
  for (const [i, name] of node.output.entries()) scope.define(name, hashJson(['output', hash, i]));
  return hash;
}

function attributeOf(a: AttributeProto, scope: Scope): unknown[] {
  const { contents } = scope;
  const body = (graph: GraphProto) => hashGraph(graph, new Scope(contents, scope));
  return [
    a.name,
    a.type,
    a.refAttrName,
    floatText(a.f),
    String(a.i),
    toHex(a.s),
    a.t ? hashTensor(a.t, contents) : '',
    a.g ? body(a.g) : '',
    a.floats.map(floatText),
    a.ints.map(String),
    a.strings.map(toHex),
    a.tensors.map((tensor) => hashTensor(tensor, contents)),
    a.graphs.map(body),
    typeOf(a.tp),
    a.typeProtos.map(typeOf),
    a.sparseTensor ? hashSparse(a.sparseTensor, contents) : '',
    a.sparseTensors.map((sparse) => hashSparse(sparse, contents)),
  ];
}

function hashTensor(tensor: TensorProto, contents: Contents): string {
  return hashJson(['tensor', tensor.dataType, tensor.dims.map(String), contents.get(tensor)!]);
}

function hashSparse({ dims, values, indices }: SparseTensorProto, contents: Contents): string {
  const part = (tensor: TensorProto | undefined) => (tensor ? hashTensor(tensor, contents) : '');
  return hashJson(['sparse', dims.map(String), part(values), part(indices)]);
}

const annotated = (infos: readonly ValueInfoProto[], scope: Scope) =>
  infos.map(({ name, type }) => [scope.find(name) ?? '', typeOf(type)]).sort(byJson);

function typeOf(type: TypeProto | undefined): unknown {
  if (!type) return '';
  if (type.value.case !== 'tensorType') return toHex(toBinary(TypeProtoSchema, type));
  const { elemType, shape } = type.value.value;
  const dims = shape?.dim.map(({ value }) => (value.case === 'dimValue' ? String(value.value) : '?'));
  return ['tensor', elemType, dims ?? 'any'];
}

const opsetsOf = (imports: readonly OperatorSetIdProto[]) =>
  imports.map(({ domain, version }) => [domainOf(domain), String(version)]).sort(byJson);

function byJson(a: unknown, b: unknown): number {
  const [first, second] = [JSON.stringify(a), JSON.stringify(b)];
  return first < second ? -1 : first > second ? 1 : 0;
}

const floatText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));
const domainOf = (domain: string): string => (domain === 'ai.onnx' ? '' : domain);
