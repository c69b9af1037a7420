import { create } from '@bufbuild/protobuf';
import { OmlError } from '@oml/protocol/error';
import {
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  ValueInfoProtoSchema,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type ValueInfoProto,
} from 'onnx-buf';
import { cloneModel, writeModel, type OnnxModel } from '../file/model-file.ts';
import { attribute, attributeOf, type AttributeValue } from './attribute.ts';
import { checkLiftedSoftmax, liftOpset } from './lift.ts';
import { isFloat, unknownDim, type Dim, type Facts } from './shapes/facts.ts';
import { inferNode } from './shapes/infer.ts';
import { tensorFacts } from './shapes/infer-values.ts';

const ELEMENT_TYPES = { float32: TensorProto_DataType.FLOAT, int64: TensorProto_DataType.INT64 } as const;
export type ElementType = keyof typeof ELEMENT_TYPES;

/** A copy of a model that nodes are appended to; what is known of each tensor's shape is kept along the way. */
export class GraphDraft {
  readonly proto: ModelProto;
  readonly graph: GraphProto;
  /** Version of the standard operator set. */
  readonly opset: number;
  private readonly known = new Map<string, Facts>();
  private readonly constants = new Map<string, string>();
  private readonly taken = new Set<string>();
  private serial = 0;

  private constructor(proto: ModelProto) {
    this.proto = proto;
    this.graph = proto.graph!;
    this.opset = Number(proto.opsetImport.find((o) => o.domain === '' || o.domain === 'ai.onnx')!.version);
    const { input, initializer, node } = this.graph;
    for (const info of input) this.known.set(info.name, valueFacts(info));
    for (const tensor of initializer) this.known.set(tensor.name, tensorFacts(tensor));
    for (const each of node) this.learn(each);
    // What an exporter wrote down helps where our own rules know nothing.
    for (const info of this.graph.valueInfo)
      if (!this.known.get(info.name)?.dims) this.known.set(info.name, valueFacts(info));
    for (const name of this.known.keys()) this.taken.add(name);
  }

  /** Copies a model, raised to an operator set that gradients can be written in. Throws MODEL_UNSUPPORTED. */
  static of(model: OnnxModel): GraphDraft {
    const { proto } = cloneModel(model);
    const softmax = liftOpset(proto);
    const draft = new GraphDraft(proto);
    checkLiftedSoftmax(softmax, (tensor) => draft.rankOf(tensor));
    return draft;
  }

  /** An empty graph. */
  static empty(opset = 17): GraphDraft {
    return new GraphDraft(
      create(ModelProtoSchema, {
        irVersion: 8n,
        opsetImport: [{ domain: '', version: BigInt(opset) }],
        graph: { name: 'draft' },
      }),
    );
  }

  factsOf(name: string): Facts | undefined {
    return this.known.get(name);
  }

  dimsOf(name: string): Dim[] | undefined {
    return this.known.get(name)?.dims;
  }

  /** Number of dimensions. Throws MODEL_UNSUPPORTED where the graph does not show it. */
  rankOf(name: string): number {
    const dims = this.dimsOf(name);
    if (!dims)
      throw new OmlError('MODEL_UNSUPPORTED', `The graph does not show how many dimensions the tensor "${name}" has.`);
    return dims.length;
  }

  /** Appends a node with one output and returns the output's name; an empty input name leaves an optional input out. */
  op(opType: string, input: readonly string[], attributes: Record<string, AttributeValue> = {}, domain = ''): string {
    return this.ops(opType, input, 1, attributes, domain)[0]!;
  }

  /** Appends a node with `count` outputs. */
  ops(
    opType: string,
    input: readonly string[],
    count: number,
    attributes: Record<string, AttributeValue> = {},
    domain = '',
  ): string[] {
    const output = Array.from({ length: count }, () => this.freshName(opType));
    const fields = Object.entries(attributes).map(([name, value]) => attribute(name, value));
    const node = create(NodeProtoSchema, {
      opType,
      domain,
      name: output[0]!,
      input: [...input],
      output,
      attribute: fields,
    });
    this.graph.node.push(node);
    this.learn(node);
    return output;
  }

  /** A constant int64 vector, or with `scalar` a single number. */
  ints(values: readonly number[], scalar = false): string {
    return this.constant(
      `i${scalar}${values}`,
      'int64',
      scalar ? [] : [values.length],
      new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
    );
  }

  /** A constant float32 scalar. */
  number(value: number): string {
    return this.constant(`f${value}`, 'float32', [], new Uint8Array(Float32Array.of(value).buffer));
  }

  /** Declares an input. Names in place of numbers stand for free dims. */
  input(name: string, type: ElementType, dims: readonly Dim[]): string {
    this.graph.input.push(valueInfo(name, type, dims));
    this.known.set(name, { dims: [...dims], float: type === 'float32' });
    this.taken.add(name);
    return name;
  }

  /** Declares an existing float32 tensor as an output called `name`. */
  output(tensor: string, name: string): void {
    if (name !== tensor)
      this.graph.node.push(create(NodeProtoSchema, { opType: 'Identity', name, input: [tensor], output: [name] }));
    this.graph.output.push(valueInfo(name, 'float32', undefined));
  }

  /**
   * Makes an initializer an input that is fed with every run; onnxruntime's JavaScript binding cannot override
   * initializers.
   */
  feedInitializer(name: string): void {
    const at = this.graph.initializer.findIndex((tensor) => tensor.name === name);
    const tensor = this.graph.initializer[at];
    if (!tensor) throw new OmlError('MODEL_UNSUPPORTED', `The model has no weights called "${name}".`);
    this.graph.initializer.splice(at, 1);
    if (!this.graph.input.some((input) => input.name === name))
      this.graph.input.push(valueInfo(name, 'float32', tensor.dims.map(Number)));
  }

  /** The graph as a file, without the nodes that no output needs. */
  write(): Uint8Array {
    const needed = new Set(this.graph.output.map((output) => output.name));
    const kept: NodeProto[] = [];
    for (const node of this.graph.node.toReversed()) {
      if (!node.output.some((name) => needed.has(name))) continue;
      kept.unshift(node);
      for (const name of node.input) needed.add(name);
    }
    const initializer = this.graph.initializer.filter((tensor) => needed.has(tensor.name));
    const graph = { ...this.graph, node: kept, initializer };
    const proto = { ...this.proto, graph };
    return writeModel({ proto, graph, bytes: new Uint8Array() });
  }

  private constant(key: string, type: ElementType, dims: readonly number[], rawData: Uint8Array<ArrayBuffer>): string {
    const old = this.constants.get(key);
    if (old !== undefined) return old;
    const name = this.freshName('constant');
    const tensor = create(TensorProtoSchema, { name, dims: dims.map(BigInt), dataType: ELEMENT_TYPES[type], rawData });
    this.graph.initializer.push(tensor);
    this.known.set(name, tensorFacts(tensor));
    this.constants.set(key, name);
    return name;
  }

  private freshName(kind: string): string {
    let name: string;
    do name = `draft/${kind}_${this.serial++}`;
    while (this.taken.has(name));
    this.taken.add(name);
    return name;
  }

  private learn(node: NodeProto): void {
    const tensor = node.opType === 'Constant' ? attributeOf(node, 'value').raw?.t : undefined;
    const facts = tensor ? [tensorFacts(tensor)] : inferNode(node, (name) => this.known.get(name));
    node.output.forEach((name, i) => {
      if (name !== '' && facts[i]) this.known.set(name, facts[i]);
    });
  }
}

function valueInfo(name: string, type: ElementType, dims: readonly Dim[] | undefined): ValueInfoProto {
  const dim = dims?.map((d) =>
    create(TensorShapeProto_DimensionSchema, {
      value: typeof d === 'number' ? { case: 'dimValue', value: BigInt(d) } : { case: 'dimParam', value: d },
    }),
  );
  return create(ValueInfoProtoSchema, {
    name,
    type: {
      value: { case: 'tensorType', value: { elemType: ELEMENT_TYPES[type], ...(dim ? { shape: { dim } } : {}) } },
    },
  });
}

/** Facts that a file states of a tensor. */
function valueFacts(info: ValueInfoProto): Facts {
  const type = info.type?.value.case === 'tensorType' ? info.type.value.value : undefined;
  const dims = type?.shape?.dim.map(({ value }): Dim => {
    if (value.case === 'dimValue' && value.value > 0n) return Number(value.value);
    return value.case === 'dimParam' && value.value !== '' ? value.value : unknownDim();
  });
  return { ...(dims ? { dims } : {}), float: isFloat(type?.elemType ?? TensorProto_DataType.FLOAT) };
}
