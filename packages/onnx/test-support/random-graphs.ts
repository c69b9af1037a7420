import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  FunctionProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  SparseTensorProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  type AttributeProto,
  type GraphProto,
  type NodeProto,
  type TensorProto,
} from 'onnx-buf';
import { bytesSource, modelFiles, type ModelFiles } from '../src/file/byte-source.ts';
import { buildModel, buildNode, buildTensor, buildValue } from '../src/file/build.ts';
import { rawBytes } from '../src/file/tensor.ts';
import { seededRandom } from '../src/run/seeded-random.ts';
import { placeOutside } from './external-data.ts';

const { BOOL, DOUBLE, FLOAT, FLOAT16, INT4, INT8, INT32, INT64, STRING, UINT8 } = TensorProto_DataType;
const { FLOATS, GRAPH, SPARSE_TENSOR, STRINGS, TENSOR, TENSORS } = AttributeProto_AttributeType;

/**
 * A small graph of everything that ONNX lets numbers stand in: initializers of many types, raw or typed, twice the
 * same, unused or sparse; constants and string constants; attributes; bodies in bodies that read what is around them;
 * functions. It is no model that does something.
 */
export function randomGraph(seed: number): Uint8Array<ArrayBuffer> {
  const make = new Maker(seededRandom(seed));
  const graph = make.graph(['x', 'y'], 0);
  const model = fromBinary(
    ModelProtoSchema,
    buildModel('random', graph, { domains: ['com.example'], opset: 17 + make.below(3) }),
  );
  model.graph = graph;
  model.functions = [make.function()];
  return toBinary(ModelProtoSchema, model);
}

/** The same with every tensor of 8 bytes and more in another file, those of bodies and attributes too. */
export function externalEverywhere(file: Uint8Array): { model: Uint8Array; data: Uint8Array; files: ModelFiles } {
  const proto = fromBinary(ModelProtoSchema, file);
  const parts: Uint8Array[] = [];
  let offset = 0;
  const move = (tensor: TensorProto) => {
    const bytes = tensor.dataType === STRING ? new Uint8Array() : rawBytes(tensor).slice();
    if (bytes.length < 8) return;
    parts.push(bytes);
    Object.assign(tensor, { int32Data: [], int64Data: [], doubleData: [], uint64Data: [] });
    placeOutside(tensor, { location: 'w.data', offset: String(offset), length: String(bytes.length) });
    offset += bytes.length;
  };
  const moveGraph = (graph: GraphProto): void => {
    graph.initializer.forEach(move);
    graph.node.flatMap((node) => node.attribute).forEach(moveAttribute);
  };
  const moveAttribute = ({ t, tensors, g }: AttributeProto): void => {
    [...(t ? [t] : []), ...tensors].forEach(move);
    if (g) moveGraph(g);
  };
  moveGraph(proto.graph!);
  const [model, data] = [toBinary(ModelProtoSchema, proto), new Uint8Array(Buffer.concat(parts))];
  return { model, data, files: modelFiles(bytesSource(model), new Map([['w.data', bytesSource(data)]])) };
}

class Maker {
  private readonly random: () => number;
  private names = 0;

  constructor(random: () => number) {
    this.random = random;
  }

  below(count: number): number {
    return Math.floor(this.random() * count);
  }

  graph(visible: readonly string[], depth: number): GraphProto {
    const input = (depth === 0 ? visible : [this.name(), this.name()]).map((name) => buildValue(name, FLOAT, [2, 'n']));
    const initializer = Array.from({ length: 3 }, () => this.tensor());
    initializer.push(create(TensorProtoSchema, { ...initializer[0]!, name: this.name() }));
    const values = this.tensor(FLOAT, [3]);
    const sparse = create(SparseTensorProtoSchema, { dims: [9n], values, indices: this.tensor(INT64, [3]) });
    const known = [...visible, ...[...input, ...initializer, values].map(({ name }) => name)];
    const node = Array.from({ length: 5 }, () => {
      const made = this.node(known, depth);
      known.push(...made.output.filter((name) => name !== ''));
      return made;
    });
    const last = node.at(-1)!.output.at(-1)!;
    return create(GraphProtoSchema, {
      name: this.name(),
      input,
      initializer,
      sparseInitializer: [sparse],
      node,
      output: [buildValue(last, FLOAT, [2, this.below(9)])],
      valueInfo: [buildValue(node[0]!.output.at(-1)!, FLOAT, [this.below(9)])],
    });
  }

  function() {
    const node = buildNode('Add', ['a', 'c'], 'b');
    const constant = buildNode('Constant', [], 'c');
    constant.attribute = [attribute('value', TENSOR, { t: this.tensor(FLOAT, [2]) })];
    return create(FunctionProtoSchema, {
      name: 'Own',
      domain: 'com.example',
      input: ['a'],
      output: ['b'],
      attribute: ['alpha'],
      node: [constant, node],
      opsetImport: [{ domain: '', version: 17n }],
    });
  }

  private node(known: readonly string[], depth: number): NodeProto {
    const pick = () => known[this.below(known.length)]!;
    const kind = this.below(depth < 2 ? 6 : 5);
    if (kind === 0) return this.withAttribute('Constant', [], attribute('value', TENSOR, { t: this.tensor() }));
    if (kind === 1)
      return this.withAttribute('Constant', [], attribute('value_strings', STRINGS, { strings: this.words() }));
    if (kind === 2) {
      const node = buildNode('Gemm', [pick(), '', pick()], ['', this.name()], { alpha: this.random(), transB: 1n });
      node.attribute.push(attribute('more', FLOATS, { floats: [this.random(), -0, 1] }));
      return node;
    }
    if (kind === 3) return buildNode('Own', [pick()], this.name(), {}, 'com.example');
    if (kind === 4) {
      const words = create(TensorProtoSchema, { dataType: STRING, dims: [2n], stringData: this.words() });
      const sparseTensor = create(SparseTensorProtoSchema, { dims: [4n], values: this.tensor(FLOAT, [1]) });
      const node = this.withAttribute('Odd', [pick()], attribute('s', SPARSE_TENSOR, { sparseTensor }));
      node.attribute.push(attribute('t', TENSORS, { tensors: [this.tensor(), words] }));
      return node;
    }
    return this.withAttribute('Loop', [pick(), pick()], attribute('body', GRAPH, { g: this.graph(known, depth + 1) }));
  }

  private withAttribute(opType: string, inputs: readonly string[], attribute: AttributeProto): NodeProto {
    const node = buildNode(opType, inputs, this.name());
    node.attribute = [attribute];
    return node;
  }

  /** Raw or typed. */
  private tensor(dataType = TYPES[this.below(TYPES.length)]!, dims = [1 + this.below(2), 2]): TensorProto {
    const count = dims.reduce((product, dim) => product * dim, 1);
    const whole = Array.from({ length: count }, () => this.below(dataType === BOOL ? 2 : 100));
    const name = this.name();
    if (dataType === FLOAT)
      return buildTensor(
        name,
        FLOAT,
        dims,
        Float32Array.from(whole, (n) => n / 7),
      );
    const typed = { name, dataType, dims: dims.map(BigInt) };
    if (dataType === DOUBLE) return create(TensorProtoSchema, { ...typed, doubleData: whole.map((n) => n / 7) });
    if (dataType === INT64) return create(TensorProtoSchema, { ...typed, int64Data: whole.map((n) => BigInt(n - 50)) });
    const int32Data = dataType === INT4 ? whole.slice(0, Math.ceil(count / 2)) : whole;
    const tensor = create(TensorProtoSchema, { ...typed, int32Data });
    return this.below(2) === 0
      ? tensor
      : create(TensorProtoSchema, { ...typed, rawData: new Uint8Array(rawBytes(tensor)) });
  }

  private words(): Uint8Array<ArrayBuffer>[] {
    return [0, 0].map(() => new TextEncoder().encode(`word ${this.below(1000)}`));
  }

  private name(): string {
    return `v${this.names++}`;
  }
}

const TYPES = [FLOAT, FLOAT16, DOUBLE, INT8, UINT8, BOOL, INT32, INT64, INT4];

const attribute = (name: string, type: AttributeProto_AttributeType, value: Partial<AttributeProto>) =>
  create(AttributeProtoSchema, { ...value, name, type } as Parameters<typeof create<typeof AttributeProtoSchema>>[1]);
