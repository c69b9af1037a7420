import { TensorProto_DataType } from 'onnx-buf';
import { MICROSOFT, Net } from '../net.ts';
import { attend, causalMask, lengthOf, rotaryTables, SIZES, splitHeads } from './attention.ts';

const { vocabulary, size, heads, inner, layers } = SIZES;
const HEAD = size / heads;

/**
 * A Llama as Optimum exports it with a cache: mask, positions and past keys as inputs, RMS norm and rotary embedding
 * written out.
 */
export function cachedLlamaModel(): Uint8Array<ArrayBuffer> {
  const net = new Net({ seed: 5 });
  const ids = net.takes('input_ids', TensorProto_DataType.INT64, ['batch_size', 'sequence_length']);
  const attention = net.takes('attention_mask', TensorProto_DataType.INT64, ['batch_size', 'total_length']);
  const positions = net.takes('position_ids', TensorProto_DataType.INT64, ['batch_size', 'sequence_length']);
  const past = Array.from({ length: layers }, (_, i) =>
    ['key', 'value'].map((part) =>
      net.takes(`past_key_values.${i}.${part}`, TensorProto_DataType.FLOAT, ['batch_size', heads, 'past_length', HEAD]),
    ),
  );
  const total = lengthOf(net, attention, 1);
  const mask = causalMask(net, net.op('Sub', [total, lengthOf(net, ids, 1)]), total);
  const tables = rotaryTables(net);
  const [cos, sin] = [tables.cos, tables.sin].map((table) => {
    const rows = net.op('Gather', [table, positions]);
    return net.op('Unsqueeze', [net.op('Concat', [rows, rows], { axis: -1n }), net.ints('axis1', [1])]);
  });
  let x = net.op('Gather', [net.weight('model.embed_tokens.weight', [vocabulary, size], 2), ids]);
  for (let i = 0; i < layers; i++) {
    const normed = writtenRms(net, x, `layers.${i}.input_layernorm`);
    const [q, k, v] = ['q', 'k', 'v'].map((part) =>
      splitHeads(net, net.op('MatMul', [normed, net.weight(`layers.${i}.${part}_proj`, [size, size], 0.5)])),
    );
    const keys = net.op('Concat', [past[i]![0]!, rotate(net, k!, cos!, sin!)], { axis: 2n });
    const values = net.op('Concat', [past[i]![1]!, v!], { axis: 2n });
    const mixed = attend(net, rotate(net, q!, cos!, sin!), keys, values, mask);
    x = net.op('Add', [x, net.op('MatMul', [mixed, net.weight(`layers.${i}.o_proj`, [size, size], 0.5)])]);
    x = net.op('Add', [x, swiglu(net, writtenRms(net, x, `layers.${i}.post_attention_layernorm`), `layers.${i}`)]);
    for (const [part, tensor] of [
      ['key', keys],
      ['value', values],
    ] as const)
      net.gives(tensor, `present.${i}.${part}`, ['batch_size', heads, 'total_length', HEAD]);
  }
  net.gives(net.op('MatMul', [writtenRms(net, x, 'norm'), net.weight('lm_head', [size, vocabulary], 2)]), 'logits', [
    'batch_size',
    'sequence_length',
    vocabulary,
  ]);
  return net.file('cached-llama');
}

/**
 * A Llama as the onnxruntime-genai builder writes it: fused norms and sums, GroupQueryAttention with rotary tables and
 * cache.
 */
export function genaiLlamaModel({
  floatType = TensorProto_DataType.FLOAT,
}: { floatType?: TensorProto_DataType } = {}): Uint8Array<ArrayBuffer> {
  const net = new Net({ seed: 6, floatType });
  const ids = net.takes('input_ids', TensorProto_DataType.INT64, ['batch_size', 'sequence_length']);
  const attention = net.takes('attention_mask', TensorProto_DataType.INT64, ['batch_size', 'total_sequence_length']);
  const past = Array.from({ length: layers }, (_, i) =>
    ['key', 'value'].map((part) =>
      net.takes(`past_key_values.${i}.${part}`, floatType, ['batch_size', heads, 'past_sequence_length', HEAD]),
    ),
  );
  const toInt32 = { to: BigInt(TensorProto_DataType.INT32) };
  const counted = net.op('ReduceSum', [attention, net.ints('axis1', [1])], { keepdims: 0n });
  const lengths = net.op('Cast', [net.op('Sub', [counted, net.ints('unit', [1])])], toInt32);
  const total = net.op(
    'Cast',
    [net.op('Gather', [net.op('Shape', [attention]), net.ints('second', [1], [])])],
    toInt32,
  );
  const { cos, sin } = rotaryTables(net);
  const gain = (name: string) => net.gain(`model.${name}.weight`, size);
  let x = net.op('Gather', [net.weight('model.embed_tokens.weight', [vocabulary, size], 2), ids]);
  let normed = net.op('SimplifiedLayerNormalization', [x, gain('layers.0.input_layernorm')], {
    axis: -1n,
    epsilon: 1e-5,
    stash_type: 1n,
  });
  const skip = (term: string, name: string, outputs: number) => {
    const out = net.ops(
      'SkipSimplifiedLayerNormalization',
      [x, term, gain(name)],
      outputs,
      { epsilon: 1e-5 },
      MICROSOFT,
    );
    [normed, x] = [out[0]!, out[3] ?? ''];
  };
  for (let i = 0; i < layers; i++) {
    const [q, k, v] = ['q', 'k', 'v'].map((part) =>
      net.op('MatMul', [normed, net.weight(`model.layers.${i}.attn.${part}_proj.MatMul.weight`, [size, size], 0.5)]),
    );
    const attributes = { num_heads: BigInt(heads), kv_num_heads: BigInt(heads), do_rotary: 1n };
    const [mixed, key, value] = net.ops(
      'GroupQueryAttention',
      [q!, k!, v!, ...past[i]!, lengths, total, cos, sin],
      3,
      attributes,
      MICROSOFT,
    );
    skip(
      net.op('MatMul', [mixed!, net.weight(`model.layers.${i}.attn.o_proj.MatMul.weight`, [size, size], 0.5)]),
      `layers.${i}.post_attention_layernorm`,
      4,
    );
    skip(
      swiglu(net, normed, `model.layers.${i}`),
      i === layers - 1 ? 'layers.2.final_norm_layernorm' : `layers.${i + 1}.input_layernorm`,
      i === layers - 1 ? 1 : 4,
    );
    for (const [part, tensor] of [
      ['key', key!],
      ['value', value!],
    ] as const)
      net.gives(tensor, `present.${i}.${part}`, ['batch_size', heads, 'total_sequence_length', HEAD]);
  }
  net.gives(net.op('MatMul', [normed, net.weight('lm_head.MatMul.weight', [size, vocabulary], 2)]), 'logits', [
    'batch_size',
    'sequence_length',
    vocabulary,
  ]);
  return net.file('genai-llama');
}

/** A Llama with the fused RotaryEmbedding operator and no cache. */
export function rotaryLlamaModel(): Uint8Array<ArrayBuffer> {
  const net = new Net({ seed: 7 });
  const ids = net.takes('input_ids', TensorProto_DataType.INT64, ['batch', 'sequence']);
  const positions = net.takes('position_ids', TensorProto_DataType.INT64, ['batch', 'sequence']);
  const mask = causalMask(net, net.ints('zero', [0]), lengthOf(net, ids, 1));
  const { cos, sin } = rotaryTables(net);
  let x = net.op('Gather', [net.weight('embedding', [vocabulary, size], 2), ids]);
  for (let i = 0; i < layers; i++) {
    const normed = net.op('SimplifiedLayerNormalization', [x, net.gain(`${i}.attention_norm`, size)], {
      axis: -1n,
      epsilon: 1e-5,
    });
    const [q, k, v] = ['q', 'k', 'v'].map((part) =>
      splitHeads(net, net.op('MatMul', [normed, net.weight(`${i}.w${part}`, [size, size], 0.5)])),
    );
    const turn = (tensor: string) =>
      net.op('RotaryEmbedding', [tensor, positions, cos, sin], { interleaved: 0n }, MICROSOFT);
    x = net.op('Add', [
      x,
      net.op('MatMul', [attend(net, turn(q!), turn(k!), v!, mask), net.weight(`${i}.wo`, [size, size], 0.5)]),
    ]);
    x = net.op('Add', [
      x,
      swiglu(
        net,
        net.op('SimplifiedLayerNormalization', [x, net.gain(`${i}.ffn_norm`, size)], { axis: -1n, epsilon: 1e-5 }),
        `${i}`,
      ),
    ]);
  }
  const last = net.op('SimplifiedLayerNormalization', [x, net.gain('norm', size)], { axis: -1n, epsilon: 1e-5 });
  net.gives(net.op('MatMul', [last, net.weight('head', [size, vocabulary], 2)]), 'logits', [
    'batch',
    'sequence',
    vocabulary,
  ]);
  return net.file('rotary-llama');
}

function swiglu(net: Net, x: string, name: string): string {
  const gate = net.op('MatMul', [x, net.weight(`${name}.mlp.gate_proj.weight`, [size, inner], 0.5)]);
  const up = net.op('MatMul', [x, net.weight(`${name}.mlp.up_proj.weight`, [size, inner], 0.5)]);
  const active = net.op('Mul', [net.op('Mul', [gate, net.op('Sigmoid', [gate])]), up]);
  return net.op('MatMul', [active, net.weight(`${name}.mlp.down_proj.weight`, [inner, size], 0.5)]);
}

/** As torch exports it, casts to float32 included. */
function writtenRms(net: Net, x: string, name: string): string {
  const scalar = (label: string, value: number) =>
    net.initializer.some((t) => t.name === label) ? label : net.floats(label, [], Float32Array.of(value));
  const float = net.op('Cast', [x], { to: BigInt(TensorProto_DataType.FLOAT) });
  const mean = net.op('ReduceMean', [net.op('Pow', [float, scalar('two', 2)])], { axes: [-1n] });
  const root = net.op('Sqrt', [net.op('Add', [mean, scalar('eps', 1e-5)])]);
  return net.op('Mul', [
    net.gain(`${name}.weight`, size),
    net.op('Mul', [float, net.op('Div', [scalar('unit_float', 1), root])]),
  ]);
}

function rotate(net: Net, x: string, cos: string, sin: string): string {
  const half = HEAD / 2;
  const last = net.ints('last', [3]);
  const first = net.op('Slice', [x, net.ints('zero', [0]), net.ints('half_head', [half]), last]);
  const second = net.op('Slice', [x, net.ints('half_head', [half]), net.ints('whole_head', [HEAD]), last]);
  const turned = net.op('Concat', [net.op('Neg', [second]), first], { axis: -1n });
  return net.op('Add', [net.op('Mul', [x, cos]), net.op('Mul', [turned, sin])]);
}
