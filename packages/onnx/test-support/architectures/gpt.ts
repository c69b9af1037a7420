import { TensorProto_DataType } from 'onnx-buf';
import { MICROSOFT, Net } from '../net.ts';
import { attend, causalMask, layerNorm, lengthOf, SIZES, splitHeads } from './attention.ts';

const { vocabulary, size, inner, layers, context } = SIZES;

/**
 * GPT-2 as torch exports it: learned positions, LayerNorm and Gemm with biases between Reshapes, tied head, tanh GELU
 * written out.
 */
export function gptModel(): Uint8Array<ArrayBuffer> {
  const net = new Net({ seed: 2 });
  const ids = net.takes('input_ids', TensorProto_DataType.INT64, ['batch', 'sequence']);
  const length = lengthOf(net, ids, 1);
  const mask = causalMask(net, net.ints('zero', [0]), length);
  const embedded = net.op('Gather', [net.weight('wte', [vocabulary, size], 2), ids]);
  const places = net.op('Slice', [
    net.weight('wpe', [context, size]),
    net.ints('zero', [0]),
    length,
    net.ints('axis0', [0]),
  ]);
  let x = net.op('Add', [embedded, places]);
  for (let i = 0; i < layers; i++) {
    const normed = layerNorm(net, x, `h.${i}.ln_1`);
    const [q, k, v] = ['q', 'k', 'v'].map((part) =>
      splitHeads(net, conv1d(net, normed, `h.${i}.attn.${part}`, size, size)),
    );
    x = net.op('Add', [conv1d(net, attend(net, q!, k!, v!, mask), `h.${i}.attn.proj`, size, size), x]);
    const up = conv1d(net, layerNorm(net, x, `h.${i}.ln_2`), `h.${i}.mlp.fc`, size, inner);
    x = net.op('Add', [x, conv1d(net, writtenGelu(net, up), `h.${i}.mlp.proj`, inner, size)]);
  }
  const head = net.op('Transpose', ['wte'], { perm: [1n, 0n] });
  net.gives(net.op('MatMul', [layerNorm(net, x, 'ln_f'), head]), 'logits', ['batch', 'sequence', vocabulary]);
  return net.file('gpt');
}

/** Transformers' Conv1D: rows flattened, Gemm, and back by a shape that is computed. */
function conv1d(net: Net, x: string, name: string, from: number, to: number): string {
  const flat = net.op('Reshape', [x, net.ints(`flat_${from}`, [-1, from])]);
  const product = net.op(
    'Gemm',
    [flat, net.weight(`${name}.weight`, [from, to], 0.5), net.weight(`${name}.bias`, [to])],
    { alpha: 1, beta: 1 },
  );
  const leading = net.op('Slice', [net.op('Shape', [x]), net.ints('zero', [0]), net.ints('axis2', [2])]);
  return net.op('Reshape', [product, net.op('Concat', [leading, net.ints(`to_${to}`, [to])], { axis: 0n })]);
}

function writtenGelu(net: Net, x: string): string {
  const constant = (name: string, value: number) =>
    net.initializer.some((t) => t.name === name) ? name : net.floats(name, [], Float32Array.of(value));
  const cubed = net.op('Pow', [x, constant('three', 3)]);
  const inside = net.op('Mul', [
    net.op('Add', [x, net.op('Mul', [cubed, constant('gelu_a', 0.044715)])]),
    constant('gelu_b', Math.sqrt(2 / Math.PI)),
  ]);
  return net.op('Mul', [
    net.op('Mul', [x, constant('half', 0.5)]),
    net.op('Add', [net.op('Tanh', [inside]), constant('unit', 1)]),
  ]);
}

/** GPT-NeoX: attention and MLP side by side, both added to the stream at once; untied head without bias. */
export function neoxModel(): Uint8Array<ArrayBuffer> {
  const net = new Net({ seed: 3 });
  const ids = net.takes('input_ids', TensorProto_DataType.INT64, ['batch', 'sequence']);
  const mask = causalMask(net, net.ints('zero', [0]), lengthOf(net, ids, 1));
  const linear = (x: string, name: string, from: number, to: number) =>
    net.op('Add', [
      net.op('MatMul', [x, net.weight(`${name}.weight`, [from, to], 0.5)]),
      net.weight(`${name}.bias`, [to]),
    ]);
  let x = net.op('Gather', [net.weight('embed_in', [vocabulary, size], 2), ids]);
  for (let i = 0; i < layers; i++) {
    const normed = layerNorm(net, x, `layers.${i}.input_layernorm`);
    const [q, k, v] = ['q', 'k', 'v'].map((part) =>
      splitHeads(net, linear(normed, `layers.${i}.attention.${part}`, size, size)),
    );
    const attention = linear(attend(net, q!, k!, v!, mask), `layers.${i}.attention.dense`, size, size);
    const up = linear(layerNorm(net, x, `layers.${i}.post_attention_layernorm`), `layers.${i}.mlp.up`, size, inner);
    const down = linear(net.op('Gelu', [up], {}, MICROSOFT), `layers.${i}.mlp.down`, inner, size);
    x = net.op('Add', [net.op('Add', [down, attention]), x]);
  }
  net.gives(
    net.op('MatMul', [layerNorm(net, x, 'final_layer_norm'), net.weight('embed_out', [size, vocabulary], 2)]),
    'logits',
    ['batch', 'sequence', vocabulary],
  );
  return net.file('neox');
}

/**
 * A decoder after onnxruntime's optimiser: MultiHeadAttention, SkipLayerNormalization also before the head, FastGelu
 * with bias, FusedMatMul as tied head.
 */
export function fusedGptModel(): Uint8Array<ArrayBuffer> {
  const net = new Net({ seed: 4 });
  const ids = net.takes('input_ids', TensorProto_DataType.INT64, ['batch', 'sequence']);
  const norm = (name: string) => [net.gain(`${name}.weight`, size), net.weight(`${name}.bias`, [size])];
  let x = net.op('Gather', [net.weight('wte', [vocabulary, size], 2), ids]);
  let normed = net.op('LayerNormalization', [x, ...norm('h.0.ln_1')], { axis: -1n });
  for (let i = 0; i < layers; i++) {
    const [q, k, v] = ['q', 'k', 'v'].map((part) =>
      net.op('MatMul', [normed, net.weight(`h.${i}.attn.${part}`, [size, size], 0.5)]),
    );
    const mixed = net.op(
      'MultiHeadAttention',
      [q!, k!, v!, net.weight(`h.${i}.attn.bias`, [3 * size])],
      { num_heads: BigInt(SIZES.heads), unidirectional: 1n },
      MICROSOFT,
    );
    const projected = net.op('MatMul', [mixed, net.weight(`h.${i}.attn.proj`, [size, size], 0.5)]);
    const second = net.ops(
      'SkipLayerNormalization',
      [x, projected, ...norm(`h.${i}.ln_2`), net.weight(`h.${i}.attn.proj.bias`, [size])],
      4,
      { epsilon: 1e-5 },
      MICROSOFT,
    );
    x = second[3]!;
    const up = net.op('MatMul', [second[0]!, net.weight(`h.${i}.mlp.fc`, [size, inner], 0.5)]);
    const active = net.op('FastGelu', [up, net.weight(`h.${i}.mlp.fc.bias`, [inner])], {}, MICROSOFT);
    const down = net.op('MatMul', [active, net.weight(`h.${i}.mlp.proj`, [inner, size], 0.5)]);
    const last = i === layers - 1;
    const fused = net.ops(
      'SkipLayerNormalization',
      [x, down, ...norm(last ? 'ln_f' : `h.${i + 1}.ln_1`), net.weight(`h.${i}.mlp.proj.bias`, [size])],
      last ? 1 : 4,
      { epsilon: 1e-5 },
      MICROSOFT,
    );
    [normed, x] = [fused[0]!, fused[3] ?? ''];
  }
  net.gives(net.op('FusedMatMul', [normed, 'wte'], { transB: 1n, alpha: 1 }, MICROSOFT), 'logits', [
    'batch',
    'sequence',
    vocabulary,
  ]);
  return net.file('fused-gpt');
}
