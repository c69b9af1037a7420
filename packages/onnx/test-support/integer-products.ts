/**
 * Products of bytes, in plain arithmetic and as x86 does it without VNNI. A matrix is row-major; sums are of `a` less
 * its zero times `w` less its zero.
 */
import { TensorProto_DataType } from 'onnx-buf';
import { buildModel, buildNode, buildTensor, buildValue } from '../src/file/build.ts';
import type { Engine, Tensor } from '../src/run/runner.ts';

export interface Product {
  a: Uint8Array<ArrayBuffer>;
  aZero: number;
  w: Uint8Array<ArrayBuffer> | Int8Array<ArrayBuffer>;
  wZero: number;
  rows: number;
  inputs: number;
  columns: number;
}

export function plainSums({ a, aZero, w, wZero, rows, inputs, columns }: Product): Int32Array {
  return Int32Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    let sum = 0;
    for (let i = 0; i < inputs; i++) sum += (a[row * inputs + i]! - aZero) * (w[i * columns + column]! - wZero);
    return sum;
  });
}

/** What MatMulInteger of an engine makes of it. The activations are fed as int32, since a Tensor is never uint8. */
export async function engineSums(engine: Engine, product: Product): Promise<Int32Array> {
  const { a, aZero, w, wZero, rows, inputs, columns } = product;
  const { INT32, UINT8, INT8 } = TensorProto_DataType;
  const type = w instanceof Int8Array ? INT8 : UINT8;
  const zero = w instanceof Int8Array ? Int8Array.of(wZero) : Uint8Array.of(wZero);
  const file = buildModel('integer product', {
    node: [
      buildNode('Cast', ['codes'], 'a', { to: BigInt(UINT8) }),
      buildNode('MatMulInteger', ['a', 'w', 'a_zero', 'w_zero'], 'sums'),
    ],
    input: [buildValue('codes', INT32, [rows, inputs])],
    output: [buildValue('sums', INT32, [rows, columns])],
    initializer: [
      buildTensor('w', type, [inputs, columns], w),
      buildTensor('a_zero', UINT8, [], Uint8Array.of(aZero)),
      buildTensor('w_zero', type, [], zero),
    ],
  });
  const runner = await engine.open(file);
  try {
    const codes: Tensor = { dtype: 'int32', dims: [rows, inputs], data: Int32Array.from(a) };
    return (await runner.runTensors({ codes }))['sums']!.data as Int32Array;
  } finally {
    await runner.dispose();
  }
}

const toInt16 = (value: number): number => Math.max(-32_768, Math.min(32_767, value));

/** `pmaddubsw`, then `pmaddwd` by ones: two u8 × s8 products are added in 16 bits, and stop at their ends. */
export const pairInInt16 = (a: [number, number], w: [number, number]): number => toInt16(a[0] * w[0] + a[1] * w[1]);

/** `pmaddwd` over bytes widened to 16 bits: two u8 × u8 products are added in 32 bits. */
export const pairInInt32 = (a: [number, number], w: [number, number]): number => (a[0] * w[0] + a[1] * w[1]) | 0;
