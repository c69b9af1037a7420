import { buildModel, buildNode, buildTensor, buildValue, type AttributeValue } from '../src/file/build.ts';
import { encodeFloats } from '../src/file/tensor.ts';
import { seededRandom } from '../src/run/seeded-random.ts';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  ModelProtoSchema,
  TensorProto_DataType,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from 'onnx-buf';

export const MICROSOFT = 'com.microsoft';

/** A graph under construction: operators as calls, weights random and the same on every run. */
export class Net {
  readonly node: NodeProto[] = [];
  readonly input: ValueInfoProto[] = [];
  readonly output: ValueInfoProto[] = [];
  readonly initializer: TensorProto[] = [];
  readonly floatType: TensorProto_DataType;
  private readonly random: () => number;
  private made = 0;

  constructor({ seed = 1, floatType = TensorProto_DataType.FLOAT } = {}) {
    this.random = seededRandom(seed);
    this.floatType = floatType;
  }

  op(opType: string, inputs: readonly string[], attributes: Record<string, AttributeValue> = {}, domain = ''): string {
    return this.ops(opType, inputs, 1, attributes, domain)[0]!;
  }

  /** An operator of several outputs. */
  ops(
    opType: string,
    inputs: readonly string[],
    outputs: number,
    attributes: Record<string, AttributeValue> = {},
    domain = '',
  ): string[] {
    const names = Array.from({ length: outputs }, (_, i) => `${opType}_${this.made}${i === 0 ? '' : `_${i}`}`);
    this.made++;
    this.node.push(buildNode(opType, inputs, names, attributes, domain));
    return names;
  }

  /** Random weights of deviation about `size / 2`. */
  weight(name: string, dims: readonly number[], size = 0.8): string {
    const count = dims.reduce((product, dim) => product * dim, 1);
    return this.floats(
      name,
      dims,
      Float32Array.from({ length: count }, () => (this.random() + this.random() + this.random() - 1.5) * size),
    );
  }

  /** Norm gains around 1. */
  gain(name: string, size: number): string {
    return this.floats(
      name,
      [size],
      Float32Array.from({ length: size }, () => 0.7 + 0.6 * this.random()),
    );
  }

  floats(name: string, dims: readonly number[], values: Float32Array): string {
    this.initializer.push(buildTensor(name, this.floatType, dims, encodeFloats(values, this.floatType, name)));
    return name;
  }

  ints(name: string, values: readonly number[], dims: readonly number[] = [values.length]): string {
    if (!this.initializer.some((tensor) => tensor.name === name))
      this.initializer.push(buildTensor(name, TensorProto_DataType.INT64, dims, BigInt64Array.from(values, BigInt)));
    return name;
  }

  takes(name: string, type: TensorProto_DataType, dims: readonly (number | string)[]): string {
    this.input.push(buildValue(name, type, dims));
    return name;
  }

  /** Names the tensor and returns it from the graph. */
  gives(
    tensor: string,
    name: string,
    dims: readonly (number | string)[],
    type: TensorProto_DataType = this.floatType,
  ): void {
    this.node.push(buildNode('Identity', [tensor], name));
    this.output.push(buildValue(name, type, dims));
  }

  file(name: string, { opset = 17 } = {}): Uint8Array<ArrayBuffer> {
    return buildModel(name, this, { opset, domains: [MICROSOFT] });
  }
}

/** The same model with its small constants in Constant nodes, as torch exports them. */
export function withConstantNodes(file: Uint8Array): Uint8Array<ArrayBuffer> {
  const proto = fromBinary(ModelProtoSchema, file);
  const graph = proto.graph!;
  const small = graph.initializer.filter((tensor) => tensor.rawData.length <= 32 && !/weight|bias/.test(tensor.name));
  const constants = small.map((tensor) => {
    const node = buildNode('Constant', [], tensor.name);
    node.attribute = [
      create(AttributeProtoSchema, { name: 'value', type: AttributeProto_AttributeType.TENSOR, t: tensor }),
    ];
    return node;
  });
  graph.initializer = graph.initializer.filter((tensor) => !small.includes(tensor));
  graph.node.unshift(...constants);
  return toBinary(ModelProtoSchema, proto);
}
