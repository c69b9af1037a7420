import { create } from '@bufbuild/protobuf';
import {
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
  TensorProtoSchema,
  type NodeProto,
} from 'onnx-buf';
import { buildModel, buildNode, buildValue, type AttributeValue } from '../src/file/build.ts';
import { encodeFloats } from '../src/file/tensor.ts';
import { seededRandom } from '../src/run/seeded-random.ts';
import { MICROSOFT } from './net.ts';

export interface LargeShape {
  layers: number;
  size: number;
  inner: number;
  heads: number;
  vocabulary: number;
  context: number;
  format: 'float32' | 'float16';
}

/**
 * About 1.1 billion weights: the sizes of TinyLlama-1.1B, with a key and value head per query head and fewer layers
 * instead.
 */
export const BILLION: LargeShape = {
  layers: 19,
  size: 2048,
  inner: 5632,
  heads: 32,
  vocabulary: 32_000,
  context: 512,
  format: 'float32',
};

interface Weight {
  name: string;
  dims: number[];
  values: 'random' | 'ones' | 'cos' | 'sin';
}

const LOCATION = 'model.onnx.data';
/** Elements that are drawn and written at a time. */
const PIECE = 1 << 20;

/**
 * A Llama of any size with random weights in an external file, which is made piece by piece: `chunks` follow each other
 * without gaps.
 */
export function largeLlama(shape: LargeShape): {
  model: Uint8Array;
  location: string;
  parameters: number;
  chunks: () => Generator<Uint8Array>;
} {
  const weights: Weight[] = [];
  const node = llamaNodes(shape, weights);
  const element = shape.format === 'float32' ? 4 : 2;
  const dataType = shape.format === 'float32' ? TensorProto_DataType.FLOAT : TensorProto_DataType.FLOAT16;
  const count = ({ dims }: Weight) => dims.reduce((product, dim) => product * dim, 1);
  let offset = 0;
  const initializer = weights.map((weight) => {
    const length = count(weight) * element;
    const externalData = Object.entries({ location: LOCATION, offset: String(offset), length: String(length) }).map(
      ([key, value]) => create(StringStringEntryProtoSchema, { key, value }),
    );
    offset += length;
    return create(TensorProtoSchema, {
      name: stored(weight.name, shape),
      dims: weight.dims.map(BigInt),
      dataType,
      dataLocation: TensorProto_DataLocation.EXTERNAL,
      externalData,
    });
  });
  const casts =
    shape.format === 'float32'
      ? []
      : weights.map(({ name }) =>
          buildNode('Cast', [stored(name, shape)], name, { to: BigInt(TensorProto_DataType.FLOAT) }),
        );
  const ids = (name: string) => buildValue(name, TensorProto_DataType.INT64, ['batch', 'sequence']);
  const output = [buildValue('logits', TensorProto_DataType.FLOAT, ['batch', 'sequence', shape.vocabulary])];
  const model = buildModel(
    'large-llama',
    { node: [...casts, ...node], input: [ids('input_ids'), ids('position_ids')], output, initializer },
    { domains: [MICROSOFT] },
  );
  const parameters = weights
    .filter(({ values }) => values === 'random' || values === 'ones')
    .reduce((sum, weight) => sum + count(weight), 0);
  return { model, location: LOCATION, parameters, chunks: () => chunksOf(weights, shape, dataType) };
}

const stored = (name: string, { format }: LargeShape): string => (format === 'float32' ? name : `${name}.float16`);

function llamaNodes({ layers, size, inner, heads, vocabulary, context }: LargeShape, weights: Weight[]): NodeProto[] {
  const nodes: NodeProto[] = [];
  const op = (
    opType: string,
    inputs: string[],
    output: string,
    attributes: Record<string, AttributeValue> = {},
    domain = '',
  ) => {
    nodes.push(buildNode(opType, inputs, output, attributes, domain));
    return output;
  };
  const weight = (name: string, dims: number[], values: Weight['values'] = 'random') => (
    weights.push({ name, dims, values }),
    name
  );
  const norm = (x: string, name: string) =>
    op('SimplifiedLayerNormalization', [x, weight(`${name}.weight`, [size], 'ones')], name, {
      axis: -1n,
      epsilon: 1e-5,
    });
  const linear = (x: string, name: string, from: number, to: number) =>
    op('MatMul', [x, weight(`${name}.weight`, [from, to])], name);
  const [cos, sin] = (['cos', 'sin'] as const).map((values) =>
    weight(`rotary.${values}`, [context, size / heads / 2], values),
  );
  let x = op('Gather', [weight('model.embed_tokens.weight', [vocabulary, size]), 'input_ids'], 'embedded');
  for (let i = 0; i < layers; i++) {
    const at = `model.layers.${i}`;
    const normed = norm(x, `${at}.input_layernorm`);
    const [q, k, v] = ['q', 'k', 'v'].map((part) => linear(normed, `${at}.self_attn.${part}_proj`, size, size));
    const [turnedQ, turnedK] = [q!, k!].map((part) =>
      op(
        'RotaryEmbedding',
        [part, 'position_ids', cos!, sin!],
        `${part}/rotated`,
        { num_heads: BigInt(heads) },
        MICROSOFT,
      ),
    );
    const mixed = op(
      'MultiHeadAttention',
      [turnedQ!, turnedK!, v!],
      `${at}.self_attn`,
      { num_heads: BigInt(heads), unidirectional: 1n },
      MICROSOFT,
    );
    x = op('Add', [x, linear(mixed, `${at}.self_attn.o_proj`, size, size)], `${at}.after_attention`);
    const inside = norm(x, `${at}.post_attention_layernorm`);
    const [gate, up] = ['gate', 'up'].map((part) => linear(inside, `${at}.mlp.${part}_proj`, size, inner));
    const silu = op('Mul', [gate!, op('Sigmoid', [gate!], `${at}.mlp.sigmoid`)], `${at}.mlp.silu`);
    x = op(
      'Add',
      [x, linear(op('Mul', [silu, up!], `${at}.mlp.inner`), `${at}.mlp.down_proj`, inner, size)],
      `${at}.after_mlp`,
    );
  }
  op('MatMul', [norm(x, 'model.norm'), weight('lm_head.weight', [size, vocabulary])], 'logits');
  return nodes;
}

function* chunksOf(
  weights: readonly Weight[],
  { context }: LargeShape,
  dataType: TensorProto_DataType,
): Generator<Uint8Array> {
  const random = seededRandom(1);
  for (const { name, dims, values } of weights) {
    const count = dims.reduce((product, dim) => product * dim, 1);
    const half = count / context;
    // An embedding of deviation 1 and products that keep their inputs' size, so that no layer drowns another.
    const spread = Math.sqrt(12) * (name.includes('embed') ? 1 : 1 / Math.sqrt(dims[0]!));
    const angle = (i: number) => Math.floor(i / half) / 10_000 ** ((i % half) / half);
    const value = {
      random: () => (random() - 0.5) * spread,
      ones: () => 1,
      cos: (i: number) => Math.cos(angle(i)),
      sin: (i: number) => Math.sin(angle(i)),
    }[values];
    for (let at = 0; at < count; at += PIECE) {
      const piece = new Float32Array(Math.min(PIECE, count - at));
      for (let i = 0; i < piece.length; i++) piece[i] = value(at + i);
      yield encodeFloats(piece, dataType, name);
    }
  }
}
