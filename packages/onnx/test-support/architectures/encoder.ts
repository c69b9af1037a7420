import { TensorProto_DataType } from 'onnx-buf';
import { MICROSOFT, Net } from '../net.ts';
import { attend, layerNorm, lengthOf, paddingMask, SIZES, splitHeads } from './attention.ts';

const { vocabulary, size, heads, inner, layers, context } = SIZES;
const CLASSES = 5;

/**
 * BERT for sequence classification as torch exports it: post-norm, mask, token types, pooled first token, linear head.
 */
export function bertModel(): Uint8Array<ArrayBuffer> {
  const net = new Net({ seed: 8 });
  const { ids, attention, types } = inputs(net);
  const mask = paddingMask(net, attention);
  const places = net.op('Slice', [
    net.weight('position_embeddings', [context, size]),
    net.ints('zero', [0]),
    lengthOf(net, ids, 1),
    net.ints('axis0', [0]),
  ]);
  const words = net.op('Add', [
    net.op('Gather', [net.weight('word_embeddings', [vocabulary, size], 2), ids]),
    net.op('Gather', [net.weight('token_type_embeddings', [2, size]), types]),
  ]);
  let x = layerNorm(net, net.op('Add', [words, places]), 'embeddings.LayerNorm');
  for (let i = 0; i < layers; i++) {
    const [q, k, v] = ['query', 'key', 'value'].map((part) =>
      splitHeads(net, linear(net, x, `layer.${i}.${part}`, size, size)),
    );
    x = layerNorm(
      net,
      net.op('Add', [linear(net, attend(net, q!, k!, v!, mask), `layer.${i}.attention.dense`, size, size), x]),
      `layer.${i}.attention.LayerNorm`,
    );
    const up = net.op('Gelu', [linear(net, x, `layer.${i}.intermediate`, size, inner)], {}, MICROSOFT);
    x = layerNorm(
      net,
      net.op('Add', [linear(net, up, `layer.${i}.output`, inner, size), x]),
      `layer.${i}.output.LayerNorm`,
    );
  }
  pooledHead(net, x);
  return net.file('bert');
}

/** The same after onnxruntime's optimiser: EmbedLayerNormalization, Attention, SkipLayerNormalization, BiasGelu. */
export function fusedBertModel(): Uint8Array<ArrayBuffer> {
  const net = new Net({ seed: 9 });
  const { ids, attention, types } = inputs(net, TensorProto_DataType.INT32);
  const tables = [
    net.weight('word_embeddings', [vocabulary, size], 2),
    net.weight('position_embeddings', [context, size]),
    net.weight('token_type_embeddings', [2, size]),
  ];
  const norm = (name: string) => [net.gain(`${name}.weight`, size), net.weight(`${name}.bias`, [size])];
  const [embedded, lengths] = net.ops(
    'EmbedLayerNormalization',
    [ids, types, ...tables, ...norm('embeddings.LayerNorm'), attention],
    2,
    { epsilon: 1e-12 },
    MICROSOFT,
  );
  let x = embedded!;
  for (let i = 0; i < layers; i++) {
    const mixed = net.op(
      'Attention',
      [x, net.weight(`layer.${i}.qkv`, [size, 3 * size], 0.5), net.weight(`layer.${i}.qkv.bias`, [3 * size]), lengths!],
      { num_heads: BigInt(heads) },
      MICROSOFT,
    );
    const projected = net.op('MatMul', [mixed, net.weight(`layer.${i}.attention.dense`, [size, size], 0.5)]);
    x = net.op(
      'SkipLayerNormalization',
      [projected, x, ...norm(`layer.${i}.attention.LayerNorm`), net.weight(`layer.${i}.attention.bias`, [size])],
      { epsilon: 1e-12 },
      MICROSOFT,
    );
    const up = net.op(
      'BiasGelu',
      [
        net.op('MatMul', [x, net.weight(`layer.${i}.intermediate`, [size, inner], 0.5)]),
        net.weight(`layer.${i}.intermediate.bias`, [inner]),
      ],
      {},
      MICROSOFT,
    );
    const down = net.op('MatMul', [up, net.weight(`layer.${i}.output`, [inner, size], 0.5)]);
    x = net.op(
      'SkipLayerNormalization',
      [down, x, ...norm(`layer.${i}.output.LayerNorm`), net.weight(`layer.${i}.output.bias`, [size])],
      { epsilon: 1e-12 },
      MICROSOFT,
    );
  }
  pooledHead(net, x);
  return net.file('fused-bert');
}

function inputs(net: Net, type = TensorProto_DataType.INT64) {
  const take = (name: string) => net.takes(name, type, ['batch', 'sequence']);
  return { ids: take('input_ids'), attention: take('attention_mask'), types: take('token_type_ids') };
}

const linear = (net: Net, x: string, name: string, from: number, to: number): string =>
  net.op('Add', [
    net.op('MatMul', [x, net.weight(`${name}.weight`, [from, to], 0.5)]),
    net.weight(`${name}.bias`, [to]),
  ]);

function pooledHead(net: Net, x: string): void {
  const first = net.op('Gather', [x, net.ints('first', [0], [])], { axis: 1n });
  const pooled = net.op('Tanh', [
    net.op('Gemm', [first, net.weight('pooler.weight', [size, size], 0.5), net.weight('pooler.bias', [size])], {
      transB: 1n,
    }),
  ]);
  net.gives(
    net.op(
      'Gemm',
      [pooled, net.weight('classifier.weight', [CLASSES, size]), net.weight('classifier.bias', [CLASSES])],
      { transB: 1n },
    ),
    'logits',
    ['batch', CLASSES],
  );
}
