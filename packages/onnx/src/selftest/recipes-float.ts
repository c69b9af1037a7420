import type { AttributeValue } from '../file/build.ts';
import {
  attention,
  erf,
  gelu,
  mean,
  normalized,
  perRow,
  product,
  sigmoid,
  softmax,
  tanhGelu,
  transposed,
} from './plain.ts';
import { attribute, attributeText, TrialGraph, type Trial, type Tried } from './trial.ts';

/** Undefined: the node is of a kind that is not tried. */
export type Recipe = (tried: Tried) => Trial | undefined;

const MICROSOFT = 'com.microsoft';
/** No multiple of what engines compute at a time. */
const [ROWS, WIDTH, COLUMNS] = [3, 67, 19];

const UNARY: Record<string, (x: number, tried: Tried) => number> = {
  Abs: Math.abs,
  Cos: Math.cos,
  Elu: (x, { node }) => (x < 0 ? attribute(node, 'alpha', 1) * (Math.exp(x) - 1) : x),
  Erf: erf,
  Exp: Math.exp,
  FastGelu: tanhGelu,
  Gelu: (x, { node }) => (attributeText(node, 'approximate') === 'tanh' ? tanhGelu(x) : gelu(x)),
  LeakyRelu: (x, { node }) => (x < 0 ? attribute(node, 'alpha', 0.01) * x : x),
  Log: Math.log,
  Neg: (x) => -x,
  QuickGelu: (x, { node }) => x * sigmoid(attribute(node, 'alpha', 1.702) * x),
  Reciprocal: (x) => 1 / x,
  Relu: (x) => Math.max(0, x),
  Sigmoid: sigmoid,
  Sin: Math.sin,
  Softplus: (x) => Math.log1p(Math.exp(x)),
  Sqrt: Math.sqrt,
  Tanh: Math.tanh,
};
const POSITIVE = new Set(['Log', 'Sqrt', 'Reciprocal', 'Div', 'Pow']);

const BINARY: Record<string, (a: number, b: number) => number> = {
  Add: (a, b) => a + b,
  Div: (a, b) => a / b,
  Max: Math.max,
  Min: Math.min,
  Mul: (a, b) => a * b,
  Pow: (a, b) => a ** b,
  Sub: (a, b) => a - b,
};

const REDUCED: Record<string, (row: number[]) => number> = {
  ReduceMax: (row) => Math.max(...row),
  ReduceMean: mean,
  ReduceSum: (row) => row.reduce((sum, x) => sum + x, 0),
};
/** Operator sets from which on the axes are an input. */
const AXES_FED: Record<string, number> = { ReduceMax: 18, ReduceMean: 18, ReduceSum: 13 };

/** The attributes that the node of the file states, of those that a trial follows. */
function stated(tried: Tried, names: readonly string[]): Record<string, AttributeValue> {
  const own = tried.node.attribute.filter(({ name }) => names.includes(name));
  return Object.fromEntries(
    own.map(({ name, f, i, s }) => [name, s.length > 0 ? new TextDecoder().decode(s) : f !== 0 ? f : i]),
  );
}

const unary =
  (opType: string): Recipe =>
  (tried) => {
    const graph = new TrialGraph(tried);
    const x = POSITIVE.has(opType) ? graph.values(ROWS * WIDTH, 0.1, 3) : graph.values(ROWS * WIDTH);
    const attributes = stated(tried, ['alpha', 'approximate']);
    const y = graph.node(opType, [graph.feed([ROWS, WIDTH], x)], attributes, tried.node);
    return graph.floats(
      opType,
      y,
      Array.from(x, (each) => UNARY[opType]!(each, tried)),
    );
  };

const binary =
  (opType: string): Recipe =>
  (tried) => {
    const graph = new TrialGraph(tried);
    const [a, b] = POSITIVE.has(opType)
      ? [graph.values(ROWS * WIDTH, 0.1, 3), graph.values(WIDTH, 0.5, 3)]
      : [graph.values(ROWS * WIDTH), graph.values(WIDTH)];
    const y = graph.node(opType, [graph.feed([ROWS, WIDTH], a), graph.feed([WIDTH], b)]);
    return graph.floats(
      opType,
      y,
      Array.from(a, (x, i) => BINARY[opType]!(x, b[i % WIDTH]!)),
    );
  };

const biasGelu: Recipe = (tried) => {
  const graph = new TrialGraph(tried);
  const [x, bias] = [graph.values(ROWS * WIDTH), graph.values(WIDTH)];
  const inputs = [graph.feed([ROWS, WIDTH], x), graph.constant([WIDTH], bias)];
  const y = graph.node('BiasGelu', inputs, {}, { domain: MICROSOFT });
  return graph.floats(
    'BiasGelu',
    y,
    Array.from(x, (each, i) => gelu(each + bias[i % WIDTH]!)),
  );
};

const reduced =
  (opType: string): Recipe =>
  (tried) => {
    const graph = new TrialGraph(tried);
    const x = graph.values(ROWS * WIDTH);
    const fed = graph.feed([ROWS, WIDTH], x);
    const y =
      tried.opset >= AXES_FED[opType]!
        ? graph.node(opType, [fed, graph.constant([1], BigInt64Array.of(-1n))])
        : graph.node(opType, [fed], { axes: [-1n] });
    return graph.floats(
      opType,
      y,
      perRow(x, WIDTH, (row) => [REDUCED[opType]!(row)]),
    );
  };

/** [rows, width] by constant weights, as a file holds them. */
const matMul: Recipe = (tried) => {
  const { opType, domain } = tried.node;
  const graph = new TrialGraph(tried);
  const [x, w] = [graph.values(ROWS * WIDTH), graph.values(WIDTH * COLUMNS)];
  const [isFused, isGemm] = [opType === 'FusedMatMul', opType === 'Gemm'];
  const alpha = isFused || isGemm ? attribute(tried.node, 'alpha', 1) : 1;
  const isTurned = (isFused || isGemm) && attribute(tried.node, 'transB', 0) === 1;
  const weights = graph.constant(
    isTurned ? [COLUMNS, WIDTH] : [WIDTH, COLUMNS],
    isTurned ? Float32Array.from(transposed(w, WIDTH, COLUMNS)) : w,
  );
  const bias = isGemm ? graph.values(COLUMNS) : undefined;
  const beta = attribute(tried.node, 'beta', 1);
  const inputs = [graph.feed([ROWS, WIDTH], x), weights, ...(bias ? [graph.constant([COLUMNS], bias)] : [])];
  const attributes = stated(tried, isFused ? ['alpha', 'transB'] : isGemm ? ['alpha', 'beta', 'transB'] : []);
  const y = graph.node(opType, inputs, attributes, { domain });
  const expected = product(x, w, ROWS, WIDTH, COLUMNS).map(
    (sum, i) => alpha * sum + (bias ? beta * bias[i % COLUMNS]! : 0),
  );
  return graph.floats(opType, y, expected);
};

const rows =
  (change: (row: number[]) => number[]): Recipe =>
  (tried) => {
    const graph = new TrialGraph(tried);
    const x = graph.values(ROWS * WIDTH, -6, 6);
    const axis = tried.opset < 13 ? 1n : -1n;
    const y = graph.node(tried.node.opType, [graph.feed([ROWS, WIDTH], x)], { axis });
    return graph.floats(tried.node.opType, y, perRow(x, WIDTH, change));
  };

/** With and without centring, alone or behind a sum. */
const norm =
  ({ isCentred, skips }: { isCentred: boolean; skips: boolean }): Recipe =>
  (tried) => {
    const { opType, domain } = tried.node;
    const graph = new TrialGraph(tried);
    const [x, skip] = [graph.values(ROWS * WIDTH), graph.values(ROWS * WIDTH)];
    const [scale, bias] = [graph.values(WIDTH), graph.values(WIDTH)];
    const epsilon = attribute(tried.node, 'epsilon', 1e-5);
    const dims = [1, ROWS, WIDTH];
    const inputs = [graph.feed(dims, x), ...(skips ? [graph.feed(dims, skip)] : []), graph.constant([WIDTH], scale)];
    if (isCentred) inputs.push(graph.constant([WIDTH], bias));
    const attributes = { epsilon, ...(skips ? {} : { axis: -1n }) };
    const y = graph.node(opType, inputs, attributes, { domain });
    const sum = Array.from(x, (each, i) => each + (skips ? skip[i]! : 0));
    const expected = perRow(sum, WIDTH, (row) =>
      normalized(row, epsilon, isCentred).map((each, i) => each * scale[i]! + (isCentred ? bias[i]! : 0)),
    );
    return graph.floats(opType, y, expected);
  };

const OF_HEADS = { length: 7, heads: 4, size: 8 };

/** Queries, keys and values of their own; keys and values shared where the operator does that. */
const multiHead =
  (isShared: boolean): Recipe =>
  (tried) => {
    const { opType } = tried.node;
    const graph = new TrialGraph(tried);
    const { length, heads, size } = OF_HEADS;
    const sharedHeads = isShared ? 2 : heads;
    const [q, k, v] = [heads, sharedHeads, sharedHeads].map((count) => graph.values(length * count * size));
    const inputs = [q!, k!, v!].map((data) => graph.feed([1, length, data.length / length], data));
    const isCausal = isShared || attribute(tried.node, 'unidirectional', 0) === 1;
    if (isShared) {
      const past = ['', ''];
      inputs.push(...past, graph.feedWhole([1], [length - 1], 'int32'), graph.feedWhole([], [length], 'int32'));
    }
    const attributes: Record<string, AttributeValue> = isShared
      ? { num_heads: BigInt(heads), kv_num_heads: BigInt(sharedHeads) }
      : { num_heads: BigInt(heads), unidirectional: isCausal ? 1n : 0n };
    const y = graph.node(opType, inputs, attributes, { domain: MICROSOFT, outputs: isShared ? 3 : 1 });
    return graph.floats(opType, y, attention(q!, k!, v!, { length, heads, sharedHeads, size, isCausal }));
  };

/** Queries, keys and values by one product. */
const packedAttention: Recipe = (tried) => {
  const graph = new TrialGraph(tried);
  const { length, heads, size } = OF_HEADS;
  const width = heads * size;
  const [x, w, bias] = [
    graph.values(length * width),
    graph.values(3 * width * width, -0.3, 0.3),
    graph.values(3 * width),
  ];
  const isCausal = attribute(tried.node, 'unidirectional', 0) === 1;
  const inputs = [graph.feed([1, length, width], x), graph.constant([width, 3 * width], w)];
  const y = graph.node(
    'Attention',
    [...inputs, graph.constant([3 * width], bias)],
    { num_heads: BigInt(heads), unidirectional: isCausal ? 1n : 0n },
    { domain: MICROSOFT },
  );
  const all = product(x, w, length, width, 3 * width).map((sum, i) => sum + bias[i % (3 * width)]!);
  const [q, k, v] = [0, 1, 2].map((part) =>
    perRow(all, 3 * width, (row) => row.slice(part * width, (part + 1) * width)),
  );
  const expected = attention(q!, k!, v!, { length, heads, sharedHeads: heads, size, isCausal });
  return graph.floats('Attention', y, expected);
};

/** Pairs of each head's values, turned by the angle of their place: halves, or neighbours. */
const rotary: Recipe = (tried) => {
  const graph = new TrialGraph(tried);
  const { length, heads, size } = OF_HEADS;
  const half = size / 2;
  const isPaired = attribute(tried.node, 'interleaved', 0) === 1;
  const [x, angles] = [graph.values(length * heads * size), graph.values(length * half)];
  const inputs = [graph.feed([1, length, heads * size], x), graph.feedWhole([1, length], [...Array(length).keys()])];
  const tables = [Math.cos, Math.sin].map((of) => graph.constant([length, half], angles.map(of)));
  const attributes = { interleaved: isPaired ? 1n : 0n };
  const y = graph.node('RotaryEmbedding', [...inputs, ...tables], attributes, { domain: MICROSOFT });
  const expected = Array.from(x, (each, at) => {
    const i = at % size;
    const isFirst = isPaired ? i % 2 === 0 : i < half;
    const other = x[at + (isFirst ? 1 : -1) * (isPaired ? 1 : half)]!;
    const angle = angles[Math.floor(at / (heads * size)) * half + (isPaired ? Math.floor(i / 2) : i % half)]!;
    return each * Math.cos(angle) + (isFirst ? -other : other) * Math.sin(angle);
  });
  return graph.floats('RotaryEmbedding', y, expected);
};

/** A picture of two channels, five by five, three filters of three by three at every second place. */
const conv: Recipe = (tried) => {
  const graph = new TrialGraph(tried);
  const [side, out, channels, filters] = [5, 3, 2, 3];
  const [x, w, bias] = [graph.values(channels * 25), graph.values(filters * channels * 9), graph.values(filters)];
  const inputs = [graph.feed([1, channels, side, side], x), graph.constant([filters, channels, 3, 3], w)];
  const y = graph.node('Conv', [...inputs, graph.constant([filters], bias)], {
    kernel_shape: [3n, 3n],
    pads: [1n, 1n, 1n, 1n],
    strides: [2n, 2n],
  });
  const expected = Array.from({ length: filters * out * out }, (_, at) => {
    const [filter, row, column] = [Math.floor(at / (out * out)), Math.floor(at / out) % out, at % out];
    let sum = bias[filter]!;
    for (let i = 0; i < channels * 9; i++) {
      const [channel, down, right] = [Math.floor(i / 9), Math.floor(i / 3) % 3, i % 3];
      const [r, c] = [2 * row + down - 1, 2 * column + right - 1];
      if (r >= 0 && c >= 0 && r < side && c < side)
        sum += w[filter * channels * 9 + i]! * x[(channel * side + r) * side + c]!;
    }
    return sum;
  });
  return graph.floats('Conv', y, expected);
};

const pool =
  (opType: string, of: (four: number[]) => number): Recipe =>
  (tried) => {
    const graph = new TrialGraph(tried);
    const x = graph.values(16);
    const attributes = { kernel_shape: [2n, 2n], strides: [2n, 2n] };
    const y = graph.node(opType, [graph.feed([1, 1, 4, 4], x)], attributes);
    const corners = [0, 2, 8, 10];
    return graph.floats(
      opType,
      y,
      corners.map((at) => of([0, 1, 4, 5].map((step) => x[at + step]!))),
    );
  };

const transpose: Recipe = (tried) => {
  const graph = new TrialGraph(tried);
  const x = graph.values(ROWS * WIDTH);
  const y = graph.node('Transpose', [graph.feed([ROWS, WIDTH], x)], { perm: [1n, 0n] });
  return graph.floats('Transpose', y, transposed(x, ROWS, WIDTH));
};

const gather: Recipe = (tried) => {
  const graph = new TrialGraph(tried);
  const table = graph.values(COLUMNS * WIDTH);
  const ids = [5, 0, COLUMNS - 1];
  const y = graph.node('Gather', [graph.constant([COLUMNS, WIDTH], table), graph.feedWhole([3], ids)]);
  return graph.floats(
    'Gather',
    y,
    ids.flatMap((id) => Array.from(table.subarray(id * WIDTH, (id + 1) * WIDTH))),
  );
};

const named = (names: readonly string[], recipe: (opType: string) => Recipe): Record<string, Recipe> =>
  Object.fromEntries(names.map((name) => [name, recipe(name)]));

/** How each operator on floats is tried. */
export const FLOAT_RECIPES: Record<string, Recipe> = {
  ...named(Object.keys(UNARY), unary),
  ...named(Object.keys(BINARY), binary),
  ...named(Object.keys(REDUCED), reduced),
  ...named(['MatMul', 'Gemm', 'FusedMatMul'], () => matMul),
  Softmax: rows(softmax),
  LogSoftmax: rows((row) => softmax(row).map(Math.log)),
  LayerNormalization: norm({ isCentred: true, skips: false }),
  RMSNormalization: norm({ isCentred: false, skips: false }),
  SimplifiedLayerNormalization: norm({ isCentred: false, skips: false }),
  SkipLayerNormalization: norm({ isCentred: true, skips: true }),
  SkipSimplifiedLayerNormalization: norm({ isCentred: false, skips: true }),
  MultiHeadAttention: multiHead(false),
  GroupQueryAttention: multiHead(true),
  Attention: packedAttention,
  RotaryEmbedding: rotary,
  BiasGelu: biasGelu,
  Conv: conv,
  MaxPool: pool('MaxPool', (four) => Math.max(...four)),
  AveragePool: pool('AveragePool', mean),
  Transpose: transpose,
  Gather: gather,
};
