import { TensorProto_DataType } from 'onnx-buf';
import { clamp, dynamicCodes, product, roundEven, transposed } from './plain.ts';
import type { Recipe } from './recipes-float.ts';
import { attribute, TrialGraph, type Tried } from './trial.ts';

const MICROSOFT = 'com.microsoft';
/** As many terms as may saturate in pairs, and no multiple of what engines compute at a time. */
const [ROWS, WIDTH, COLUMNS] = [3, 67, 5];

/** Which bytes hold the weights of the file: on some CPUs the two kinds are multiplied by other instructions. */
const isSigned = ({ node, initializer }: Tried, place: number): boolean =>
  initializer(node.input[place])?.dataType === TensorProto_DataType.INT8;

/** A row of 255s by a column of the greatest weights, where two products leave 16 bits, then bytes of all kinds. */
function integers(graph: TrialGraph, signed: boolean) {
  const a = graph.bytes(ROWS * WIDTH, WIDTH);
  const bytes = graph.bytes(WIDTH * COLUMNS, 0).map((byte, i) => (i % COLUMNS === 0 ? 255 : byte));
  const w = signed ? Int8Array.from(bytes, (byte) => clamp(byte - 128, -127, 127)) : Uint8Array.from(bytes);
  const wZero = signed ? 0 : 128;
  const aZero = 3;
  const sums = product(
    Array.from(a, (x) => x - aZero),
    Array.from(w, (x) => x - wZero),
    ROWS,
    WIDTH,
    COLUMNS,
  );
  const zero = signed ? Int8Array.of(wZero) : Uint8Array.of(wZero);
  return { a, w, aZero: Uint8Array.of(aZero), wZero: zero, sums };
}

const kindOf = (signed: boolean): string => (signed ? 'int8' : 'uint8');

const matMulInteger: Recipe = (tried) => {
  const graph = new TrialGraph(tried);
  const signed = isSigned(tried, 1);
  const { a, w, aZero, wZero, sums } = integers(graph, signed);
  const inputs = [
    graph.feedBytes([ROWS, WIDTH], a),
    graph.constant([WIDTH, COLUMNS], w),
    graph.constant([], aZero),
    graph.constant([], wZero),
  ];
  return graph.integers(`MatMulInteger (${kindOf(signed)})`, graph.node('MatMulInteger', inputs), sums);
};

const qLinearMatMul: Recipe = (tried) => {
  const graph = new TrialGraph(tried);
  const signed = isSigned(tried, 3);
  const { a, w, aZero, wZero, sums } = integers(graph, signed);
  const one = () => graph.constant([], Float32Array.of(1));
  const step = 2 ** 14;
  const inputs = [
    graph.feedBytes([ROWS, WIDTH], a),
    one(),
    graph.constant([], aZero),
    graph.constant([WIDTH, COLUMNS], w),
    one(),
    graph.constant([], wZero),
    graph.constant([], Float32Array.of(step)),
    graph.constant([], Uint8Array.of(100)),
  ];
  const expected = sums.map((sum) => clamp(roundEven(sum / step) + 100, 0, 255));
  return graph.integers(`QLinearMatMul (${kindOf(signed)})`, graph.node('QLinearMatMul', inputs), expected);
};

/** Of floats that the engine codes by itself; a code's width of error is what rounding may cost. */
const dynamicMatMul: Recipe = (tried) => {
  const graph = new TrialGraph(tried);
  const signed = isSigned(tried, 1);
  const { w, wZero } = integers(graph, signed);
  const x = graph.values(ROWS * WIDTH, -1, 3);
  const { codes, scale, zero } = dynamicCodes(x);
  const inputs = [
    graph.feed([ROWS, WIDTH], x),
    graph.constant([WIDTH, COLUMNS], w),
    graph.constant([], Float32Array.of(0.01)),
    graph.constant([], wZero),
  ];
  const expected = product(
    codes.map((code) => code - zero),
    Array.from(w, (each) => each - wZero[0]!),
    ROWS,
    WIDTH,
    COLUMNS,
  ).map((sum) => sum * scale * 0.01);
  const y = graph.node('DynamicQuantizeMatMul', inputs, {}, { domain: MICROSOFT });
  return graph.floats(`DynamicQuantizeMatMul (${kindOf(signed)})`, y, expected, 0.02);
};

const dynamicQuantize: Recipe = (tried) => {
  const graph = new TrialGraph(tried);
  // Whole codes of a scale of 1: nothing is rounded, so nothing may differ.
  const x = Float32Array.from([-20, 235, 0, 100, 7, -1]);
  const y = graph.node('DynamicQuantizeLinear', [graph.feed([6], x)], {}, { outputs: 3 });
  return graph.integers(
    'DynamicQuantizeLinear',
    y,
    [...x].map((each) => each + 20),
  );
};

const quantize: Recipe = (tried) => {
  const graph = new TrialGraph(tried);
  const x = Float32Array.from([-9, 0, 0.5, 1.5, 2.5, 63.25, 500]);
  const inputs = [graph.feed([7], x), graph.constant([], Float32Array.of(0.5)), graph.constant([], Uint8Array.of(10))];
  const expected = [...x].map((each) => clamp(roundEven(each / 0.5) + 10, 0, 255));
  return graph.integers('QuantizeLinear', graph.node('QuantizeLinear', inputs), expected);
};

/** Coded weights before a product of coded values: engines make one product of integers of it. */
const dequantize: Recipe = (tried) => {
  const graph = new TrialGraph(tried);
  const signed = isSigned(tried, 0);
  const { a, w, aZero, wZero, sums } = integers(graph, signed);
  const one = graph.constant([], Float32Array.of(1));
  const zero = graph.constant([], aZero);
  const x = graph.feed(
    [ROWS, WIDTH],
    Float32Array.from(a, (code) => code - aZero[0]!),
  );
  const values = graph.node('DequantizeLinear', [graph.node('QuantizeLinear', [x, one, zero]), one, zero]);
  const weights = graph.constant([WIDTH, COLUMNS], w);
  const y = graph.node('MatMul', [values, graph.node('DequantizeLinear', [weights, one, graph.constant([], wZero)])]);
  return graph.floats(`DequantizeLinear (${kindOf(signed)}) before MatMul`, y, sums, 1e-6);
};

/** Two blocks of as many weights as the file has in one. */
const matMulNBits: Recipe = (tried) => {
  const graph = new TrialGraph(tried);
  const [bits, block] = [attribute(tried.node, 'bits', 4), attribute(tried.node, 'block_size', 32)];
  // Nobody's file makes this one compute for an hour.
  if (![2, 4, 8].includes(bits) || ![16, 32, 64, 128, 256, 512].includes(block)) return undefined;
  const perByte = 8 / bits;
  const width = 2 * block;
  const x = graph.values(ROWS * width);
  const packed = graph.bytes((COLUMNS * width) / perByte, 0);
  const scales = graph.values(COLUMNS * 2, 0.01, 0.1);
  const middle = 2 ** (bits - 1);
  const weights = Array.from({ length: COLUMNS * width }, (_, at) => {
    const code = (packed[Math.floor(at / perByte)]! >> (bits * (at % perByte))) & (2 ** bits - 1);
    return (code - middle) * scales[Math.floor(at / block)]!;
  });
  const accuracy = attribute(tried.node, 'accuracy_level', 0);
  const inputs = [
    graph.feed([ROWS, width], x),
    graph.constant([COLUMNS, 2, block / perByte], packed),
    graph.constant([COLUMNS * 2], scales),
  ];
  const attributes = { K: width, N: COLUMNS, bits, block_size: block, accuracy_level: accuracy };
  const whole = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, BigInt(value)]));
  const y = graph.node('MatMulNBits', inputs, whole, { domain: MICROSOFT });
  const expected = product(x, transposed(weights, COLUMNS, width), ROWS, width, COLUMNS);
  // From 4 on the engine may code the other side in eight bits, too.
  return graph.floats(`MatMulNBits (${bits} bits, blocks of ${block})`, y, expected, accuracy >= 2 ? 0.02 : 1e-3);
};

/** How each operator on integers, or on weights that are stored as such, is tried. */
export const INTEGER_RECIPES: Record<string, Recipe> = {
  MatMulInteger: matMulInteger,
  QLinearMatMul: qLinearMatMul,
  DynamicQuantizeMatMul: dynamicMatMul,
  DynamicQuantizeLinear: dynamicQuantize,
  QuantizeLinear: quantize,
  DequantizeLinear: dequantize,
  MatMulNBits: matMulNBits,
};
