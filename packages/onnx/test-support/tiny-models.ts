import { create, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import { seededRandom } from '../src/run/seeded-random.ts';
import type { Tokenizer } from '../src/run/tokenizer.ts';

const node = (opType: string, input: string[], output: string, attributes: Record<string, number> = {}) =>
  create(NodeProtoSchema, {
    opType,
    name: output,
    input,
    output: [output],
    attribute: Object.entries(attributes).map(([name, i]) =>
      create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INT, i: BigInt(i) }),
    ),
  });

const value = (name: string, elemType: number, dims: (number | string)[]) => {
  const dim = dims.map((d) =>
    create(TensorShapeProto_DimensionSchema, {
      value: typeof d === 'number' ? { case: 'dimValue', value: BigInt(d) } : { case: 'dimParam', value: d },
    }),
  );
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: { elemType, shape: { dim } } } },
  });
};

/** Named float32 weights, normal in spirit and the same on every run. */
function weights(shapes: Record<string, number[]>, seed: number) {
  const random = seededRandom(seed);
  return Object.entries(shapes).map(([name, dims]) => {
    // A sharp head, so that most tokens can be made the likeliest, as in a trained model.
    const size = name === 'head' ? 5 : 0.8;
    const values = Float32Array.from(
      { length: dims.reduce((a, b) => a * b, 1) },
      () => (random() + random() + random() - 1.5) * size,
    );
    return create(TensorProtoSchema, {
      name,
      dims: dims.map(BigInt),
      dataType: TensorProto_DataType.FLOAT,
      rawData: new Uint8Array(values.buffer),
    });
  });
}

type Graph = NonNullable<Parameters<typeof create<typeof ModelProtoSchema>>[1]>['graph'];
const file = (graph: Graph): Uint8Array =>
  toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, { irVersion: 8n, opsetImport: [{ domain: '', version: 17n }], graph }),
  );

/** A classifier of 4 × 4 images: Flatten, Gemm, Relu, Gemm, Softmax. */
export function tinyClassifier({ features = 48, classes = 10, seed = 1 } = {}): Uint8Array {
  return file({
    name: 'tiny-classifier',
    node: [
      node('Flatten', ['image'], 'flat'),
      node('Gemm', ['flat', 'w1', 'b1'], 'h1'),
      node('Relu', ['h1'], 'r1'),
      node('Gemm', ['r1', 'w2', 'b2'], 'scores', { transB: 1 }),
      node('Softmax', ['scores'], 'chances'),
    ],
    input: [value('image', 1, ['batch', 1, 14, 14])],
    output: [value('chances', 1, ['batch', classes])],
    initializer: weights({ w1: [196, features], b1: [features], w2: [classes, features], b2: [classes] }, seed),
  });
}

/** A language model without attention: embedding, MLP, residual sum, LayerNorm with gain and bias, untied head. */
export function tinyLanguageModel({ vocabulary = 128, size = 16, inner = 64, seed = 1 } = {}): Uint8Array {
  return file({
    name: 'tiny-language-model',
    node: [
      node('Gather', ['embedding', 'input_ids'], 'x'),
      node('MatMul', ['x', 'up'], 'h'),
      node('Relu', ['h'], 'k'),
      node('MatMul', ['k', 'down'], 'm'),
      node('Add', ['x', 'm'], 'residual'),
      node('LayerNormalization', ['residual', 'gain', 'bias'], 'normed', { axis: -1 }),
      node('MatMul', ['normed', 'head'], 'logits'),
    ],
    input: [value('input_ids', 7, ['batch', 'sequence'])],
    output: [value('logits', 1, ['batch', 'sequence', vocabulary])],
    initializer: weights(
      {
        embedding: [vocabulary, size],
        up: [size, inner],
        down: [inner, size],
        gain: [size],
        bias: [size],
        head: [size, vocabulary],
      },
      seed,
    ),
  });
}

/** One character per token, printable ASCII from 32; 0 is the start and 1 the end mark. */
export const asciiTokenizer: Tokenizer = {
  specialIds: new Set([0, 1]),
  endIds: new Set([1]),
  maxTokenBytes: 1,
  knows: (id) => id < 128,
  encode: (text) => [0, ...asciiTokenizer.encodeWritten(text)],
  encodeWritten: (text) => Array.from(text, (char) => char.charCodeAt(0)),
  decode: (ids) =>
    ids
      .filter((id) => id > 1)
      .map((id) => String.fromCharCode(id))
      .join(''),
};
