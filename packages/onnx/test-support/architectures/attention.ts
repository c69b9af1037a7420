import { TensorProto_DataType } from 'onnx-buf';
import type { Net } from '../net.ts';

export const SIZES = { vocabulary: 96, size: 32, heads: 2, inner: 64, layers: 2, context: 48 };

/** [batch, tokens, size] to [batch, heads, tokens, size / heads]. */
export function splitHeads(net: Net, x: string, heads = SIZES.heads): string {
  const shaped = net.op('Reshape', [x, net.ints(`heads_${heads}`, [0, 0, heads, SIZES.size / SIZES.heads])]);
  return net.op('Transpose', [shaped], { perm: [0n, 2n, 1n, 3n] });
}

/** softmax(q kᵀ / √size + mask) v, heads joined again. Inputs are split already. */
export function attend(net: Net, q: string, k: string, v: string, mask: string | undefined): string {
  const scores = net.op('MatMul', [q, net.op('Transpose', [k], { perm: [0n, 1n, 3n, 2n] })]);
  if (!net.initializer.some((tensor) => tensor.name === 'root'))
    net.floats('root', [], Float32Array.of(Math.sqrt(SIZES.size / SIZES.heads)));
  const scaled = net.op('Div', [scores, 'root']);
  const weights = net.op('Softmax', [mask === undefined ? scaled : net.op('Add', [scaled, mask])], { axis: -1n });
  const mixed = net.op('Transpose', [net.op('MatMul', [weights, v])], { perm: [0n, 2n, 1n, 3n] });
  return net.op('Reshape', [mixed, net.ints('joined', [0, 0, SIZES.size])]);
}

/** A constant lower triangle cut to rows [from, to) and columns [0, to), with −10⁴ above it. */
export function causalMask(net: Net, from: string, to: string): string {
  const { context } = SIZES;
  net.floats(
    'causal',
    [context, context],
    Float32Array.from({ length: context * context }, (_, i) => (i % context > Math.floor(i / context) ? -1e4 : 0)),
  );
  const rows = net.op('Slice', ['causal', from, to, net.ints('axis0', [0])]);
  return net.op('Slice', [rows, net.ints('zero', [0]), to, net.ints('axis1', [1])]);
}

/** Length of a tensor along an axis, as int64 [1]. */
export function lengthOf(net: Net, tensor: string, axis: number): string {
  const shape = net.op('Shape', [tensor]);
  return net.op('Slice', [shape, net.ints(`axis${axis}`, [axis]), net.ints(`axis${axis + 1}`, [axis + 1])]);
}

/** 0 where a token counts and −10⁴ where it does not, [batch, 1, 1, tokens]. */
export function paddingMask(net: Net, attentionMask: string): string {
  const wide = net.op('Unsqueeze', [attentionMask, net.ints('axes12', [1, 2])]);
  const float = net.op('Cast', [wide], { to: BigInt(TensorProto_DataType.FLOAT) });
  net.floats('one', [], Float32Array.of(1));
  net.floats('closed', [], Float32Array.of(-1e4));
  return net.op('Mul', [net.op('Sub', ['one', float]), 'closed']);
}

export const layerNorm = (net: Net, x: string, name: string): string =>
  net.op('LayerNormalization', [x, net.gain(`${name}.weight`, SIZES.size), net.weight(`${name}.bias`, [SIZES.size])], {
    axis: -1n,
    epsilon: 1e-5,
  });

/** Cosines and sines for half a head, [context, size of half a head]. */
export function rotaryTables(net: Net): { cos: string; sin: string } {
  const half = SIZES.size / SIZES.heads / 2;
  const angle = (i: number) => Math.floor(i / half) / 10_000 ** ((i % half) / half);
  const table = (name: string, f: (x: number) => number) =>
    net.floats(
      name,
      [SIZES.context, half],
      Float32Array.from({ length: SIZES.context * half }, (_, i) => f(angle(i))),
    );
  return { cos: table('cos_cache', Math.cos), sin: table('sin_cache', Math.sin) };
}
