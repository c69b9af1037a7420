import { TensorProto_DataType, type NodeProto, type TensorProto } from 'onnx-buf';
import { buildModel, buildNode, buildTensor, buildValue, type AttributeValue } from '../file/build.ts';
import type { Tensor } from '../run/runner.ts';
import { seededRandom } from '../run/seeded-random.ts';

const { FLOAT, INT32, INT64, UINT8, INT8 } = TensorProto_DataType;

/** A small graph around one operator, and what plain arithmetic makes of it. */
export interface Trial {
  /** The operator, and what of it was tried. */
  name: string;
  model: Uint8Array;
  feeds: Record<string, Tensor>;
  expected: readonly number[];
  /** Of the greatest expected value; 0: integers, which are equal or wrong. */
  tolerance: number;
}

/** The node of a file that is tried, and the version of its operators. */
export interface Tried {
  node: NodeProto;
  opset: number;
  /** The initializer of this name. */
  initializer(name: string | undefined): TensorProto | undefined;
}

/** float32 sums in another order differ by less. */
const FLOAT_TOLERANCE = 1e-4;

/** Puts a trial together: what it is fed, what is constant, the operator and what comes out. */
export class TrialGraph {
  private readonly opset: number;
  private readonly nodes: NodeProto[] = [];
  private readonly inputs: ReturnType<typeof buildValue>[] = [];
  private readonly initializers: TensorProto[] = [];
  private readonly feeds: Record<string, Tensor> = {};
  private readonly random = seededRandom(7);
  private names = 0;

  constructor({ opset }: Tried) {
    this.opset = opset;
  }

  /** Values about 0, none far from it; the same in every run. */
  values(count: number, from = -2, to = 2): Float32Array<ArrayBuffer> {
    return Float32Array.from({ length: count }, () => from + (to - from) * this.random());
  }

  /** Bytes of which many are the least and the greatest, the first `extreme` of them all the greatest. */
  bytes(count: number, extreme: number): Uint8Array<ArrayBuffer> {
    const one = () => (this.random() < 0.5 ? Math.floor(this.random() * 256) : this.random() < 0.5 ? 0 : 255);
    return Uint8Array.from({ length: count }, (_, i) => (i < extreme ? 255 : one()));
  }

  feed(dims: readonly number[], data: Float32Array): string {
    return this.fed(FLOAT, { dtype: 'float32', dims, data });
  }

  feedWhole(dims: readonly number[], data: readonly number[], type: 'int32' | 'int64' = 'int64'): string {
    return type === 'int32'
      ? this.fed(INT32, { dtype: 'int32', dims, data: Int32Array.from(data) })
      : this.fed(INT64, { dtype: 'int64', dims, data: BigInt64Array.from(data, BigInt) });
  }

  /** A Tensor is never of bytes: they are fed as int32 and cast. */
  feedBytes(dims: readonly number[], codes: Uint8Array): string {
    return this.node('Cast', [this.feedWhole(dims, [...codes], 'int32')], { to: BigInt(UINT8) });
  }

  constant(dims: readonly number[], data: ArrayBufferView<ArrayBuffer>): string {
    const type = typeOf(data);
    this.initializers.push(buildTensor(this.name(), type, dims, data));
    return this.initializers.at(-1)!.name;
  }

  /** The first output. */
  node(
    opType: string,
    inputs: readonly string[],
    attributes: Record<string, AttributeValue> = {},
    { domain = '', outputs = 1 }: { domain?: string; outputs?: number } = {},
  ): string {
    const names = Array.from({ length: outputs }, () => this.name());
    this.nodes.push(buildNode(opType, inputs, names, attributes, domain));
    return names[0]!;
  }

  /** Floats, compared with a tolerance. */
  floats(name: string, output: string, expected: readonly number[], tolerance = FLOAT_TOLERANCE): Trial {
    return this.finish(name, output, FLOAT, expected, tolerance);
  }

  /** Integers of any width, compared exactly. */
  integers(name: string, output: string, expected: readonly number[]): Trial {
    return this.finish(name, this.node('Cast', [output], { to: BigInt(INT32) }), INT32, expected, 0);
  }

  private finish(
    name: string,
    output: string,
    type: TensorProto_DataType,
    expected: readonly number[],
    tolerance: number,
  ): Trial {
    const parts = { node: this.nodes, input: this.inputs, output: [buildValue(output, type)] };
    const model = buildModel(
      'trial',
      { ...parts, initializer: this.initializers },
      { opset: this.opset, domains: ['com.microsoft'] },
    );
    return { name, model, feeds: this.feeds, expected, tolerance };
  }

  private fed(type: TensorProto_DataType, tensor: Tensor): string {
    const name = this.name();
    this.inputs.push(buildValue(name, type, tensor.dims));
    this.feeds[name] = tensor;
    return name;
  }

  private name(): string {
    return `t${this.names++}`;
  }
}

function typeOf(data: ArrayBufferView): TensorProto_DataType {
  if (data instanceof Uint8Array) return UINT8;
  if (data instanceof Int8Array) return INT8;
  if (data instanceof Int32Array) return INT32;
  return data instanceof BigInt64Array ? INT64 : FLOAT;
}

/** A number, a whole number or a text that a node states; `usual` where it states none. */
export function attribute(node: NodeProto, name: string, usual: number): number {
  const found = node.attribute.find((each) => each.name === name);
  if (!found) return usual;
  return found.f !== 0 ? found.f : Number(found.i);
}

export const attributeText = (node: NodeProto, name: string): string =>
  new TextDecoder().decode(node.attribute.find((each) => each.name === name)?.s);
