import { describe, expect, test } from 'vitest';
import { gradientError, type GradientCase } from '../../test-support/gradient-check.ts';
import type { AttributeValue } from './attribute.ts';
import { DIFFERENTIABLE } from './rules/rules.ts';

const positive = (u: number): number => 0.5 + 2 * u;
const contrib = 'com.microsoft';

/** y = op(x0, x1, …) */
const plain = (
  opType: string,
  shapes: number[][],
  attributes: Record<string, AttributeValue> = {},
  more: Partial<GradientCase> & { domain?: string } = {},
): GradientCase => ({
  shapes,
  build: (draft, inputs) => draft.op(opType, inputs, attributes, more.domain ?? ''),
  ...more,
});

/** y = op(x0, constants of whole numbers …) */
const withInts = (
  opType: string,
  shape: number[],
  lists: number[][],
  attributes: Record<string, AttributeValue> = {},
): GradientCase => ({
  shapes: [shape],
  build: (draft, [x]) => draft.op(opType, [x!, ...lists.map((list) => draft.ints(list))], attributes),
});

const CASES: Record<string, GradientCase[]> = {
  Add: [
    plain('Add', [[2, 3], [3]]),
    plain('Add', [
      [2, 1, 3],
      [4, 1],
    ]),
  ],
  Sum: [{ shapes: [[2, 3], [3], [2, 1]], build: (draft, inputs) => draft.op('Sum', inputs) }],
  Sub: [
    plain('Sub', [[3], [2, 3]]),
    plain('Sub', [
      [2, 3],
      [2, 1],
    ]),
  ],
  Mul: [
    plain('Mul', [
      [2, 3],
      [2, 3],
    ]),
    plain('Mul', [
      [2, 3, 2],
      [3, 1],
    ]),
    { shapes: [[4]], build: (draft, [x]) => draft.op('Mul', [x!, x!]) },
  ],
  Div: [plain('Div', [[2, 3], [3]], {}, { value: positive }), plain('Div', [[3], [2, 1]], {}, { value: positive })],
  Pow: [
    plain('Pow', [[2, 3], [3]], {}, { value: positive }),
    { shapes: [[4]], build: (draft, [x]) => draft.op('Pow', [x!, draft.number(3)]) },
  ],
  Where: [
    {
      shapes: [[2, 3], [3]],
      build: (draft, [x, y]) =>
        draft.op('Where', [draft.op('Greater', [x!, draft.number(0.1)]), draft.op('Exp', [x!]), y!]),
      seed: 4,
    },
  ],
  Max: [plain('Max', [[2, 3], [3]])],
  Min: [
    plain('Min', [
      [2, 3],
      [2, 1],
    ]),
  ],
  Identity: [plain('Identity', [[3]])],
  Neg: [plain('Neg', [[3]])],
  Abs: [plain('Abs', [[5]])],
  Exp: [plain('Exp', [[3]])],
  Log: [plain('Log', [[3]], {}, { value: positive })],
  Sin: [plain('Sin', [[3]])],
  Cos: [plain('Cos', [[3]])],
  Sqrt: [plain('Sqrt', [[3]], {}, { value: positive })],
  Reciprocal: [plain('Reciprocal', [[3]], {}, { value: positive })],
  Erf: [plain('Erf', [[5]])],
  Tanh: [plain('Tanh', [[5]])],
  Sigmoid: [plain('Sigmoid', [[5]])],
  Softplus: [plain('Softplus', [[5]])],
  Relu: [plain('Relu', [[7]])],
  LeakyRelu: [plain('LeakyRelu', [[7]], { alpha: { float: 0.2 } })],
  Elu: [plain('Elu', [[7]], { alpha: { float: 0.7 } })],
  Gelu: [
    plain('Gelu', [[7]], {}, { opset: 20 }),
    plain('Gelu', [[7]], { approximate: 'tanh' }, { opset: 20 }),
    plain('Gelu', [[7]], {}, { domain: contrib }),
  ],
  QuickGelu: [plain('QuickGelu', [[7]], { alpha: { float: 1.2 } }, { domain: contrib })],
  FastGelu: [plain('FastGelu', [[7]], {}, { domain: contrib })],
  Clip: [{ shapes: [[9]], build: (draft, [x]) => draft.op('Clip', [x!, draft.number(-0.52), draft.number(0.83)]) }],
  Cast: [
    {
      shapes: [[3]],
      build: (draft, [x]) => draft.op('Cast', [draft.op('Exp', [draft.op('Cast', [x!], { to: 11 })])], { to: 1 }),
    },
  ],
  Dropout: [plain('Dropout', [[3]])],
  MatMul: [
    plain('MatMul', [
      [2, 3],
      [3, 4],
    ]),
    plain('MatMul', [
      [2, 2, 3],
      [3, 4],
    ]),
    plain('MatMul', [
      [2, 1, 2, 3],
      [3, 3, 2],
    ]),
    plain('MatMul', [
      [2, 3],
      [2, 3, 2],
    ]),
    plain('MatMul', [[3], [3, 2]]),
    plain('MatMul', [[2, 2, 3], [3]]),
    plain('MatMul', [[3], [3]]),
    plain('MatMul', [[3], [2, 3, 2]]),
  ],
  Gemm: [
    plain('Gemm', [[2, 3], [3, 4], [4]], { alpha: { float: 0.7 }, beta: { float: 1.3 } }),
    plain(
      'Gemm',
      [
        [3, 2],
        [3, 4],
        [2, 1],
      ],
      { transA: 1 },
    ),
    plain(
      'Gemm',
      [
        [2, 3],
        [4, 3],
      ],
      { transB: 1 },
    ),
    plain('Gemm', [[3, 2], [4, 3], [1]], { transA: 1, transB: 1, alpha: { float: 2 } }),
  ],
  ReduceSum: [
    withInts('ReduceSum', [2, 3, 2], [[1]], { keepdims: 1 }),
    withInts('ReduceSum', [2, 3, 2], [[0, -1]], { keepdims: 0 }),
    plain('ReduceSum', [[2, 3]], { keepdims: 0 }),
  ],
  ReduceMean: [
    plain('ReduceMean', [[2, 3, 2]], { axes: [-1], keepdims: 1 }),
    plain('ReduceMean', [[2, 3, 2]], { axes: [0, 2], keepdims: 0 }),
    { ...withInts('ReduceMean', [2, 3], [[1]]), opset: 18 },
  ],
  ReduceMax: [plain('ReduceMax', [[2, 3]], { axes: [1], keepdims: 0 })],
  ReduceL2: [plain('ReduceL2', [[2, 3]], { axes: [1], keepdims: 1 })],
  ReduceLogSumExp: [plain('ReduceLogSumExp', [[2, 3]], { axes: [1], keepdims: 0 })],
  Softmax: [plain('Softmax', [[2, 4]]), plain('Softmax', [[2, 3, 2]], { axis: 1 })],
  LogSoftmax: [plain('LogSoftmax', [[2, 4]]), plain('LogSoftmax', [[2, 3, 2]], { axis: 1 })],
  LayerNormalization: [
    plain('LayerNormalization', [[2, 2, 5], [5], [5]], { axis: -1 }),
    plain(
      'LayerNormalization',
      [
        [2, 2, 3],
        [2, 3],
      ],
      { axis: 1, epsilon: { float: 0.1 } },
    ),
  ],
  SimplifiedLayerNormalization: [
    plain('SimplifiedLayerNormalization', [[2, 2, 5], [5]], { axis: -1, epsilon: { float: 1e-3 } }),
  ],
  RMSNormalization: [plain('RMSNormalization', [[2, 2, 5], [5]], { axis: -1 }, { opset: 23 })],
  BatchNormalization: [
    {
      shapes: [[2, 3, 2, 2], [3], [3]],
      build: (draft, [x, scale, bias]) =>
        draft.op('BatchNormalization', [
          x!,
          scale!,
          bias!,
          draft.op('Expand', [draft.number(0.3), draft.ints([3])]),
          draft.op('Expand', [draft.number(1.7), draft.ints([3])]),
        ]),
    },
  ],
  Reshape: [withInts('Reshape', [2, 3, 2], [[0, -1]])],
  Flatten: [plain('Flatten', [[2, 3, 2]], { axis: 1 })],
  Squeeze: [withInts('Squeeze', [2, 1, 2], [[1]])],
  Unsqueeze: [withInts('Unsqueeze', [2, 2], [[0, -1]])],
  Transpose: [plain('Transpose', [[2, 3, 2]], { perm: [1, 2, 0] }), plain('Transpose', [[2, 3]])],
  Expand: [withInts('Expand', [2, 1, 3], [[2, 2, 4, 3]])],
  Concat: [
    plain(
      'Concat',
      [
        [2, 1],
        [2, 3],
        [2, 2],
      ],
      { axis: -1 },
    ),
  ],
  Split: [
    { shapes: [[2, 5]], build: (draft, [x]) => draft.ops('Split', [x!, draft.ints([2, 3])], 2, { axis: 1 })[1]! },
  ],
  Slice: [
    withInts('Slice', [3, 5], [[1], [4], [1]]),
    withInts('Slice', [3, 5], [[-1], [-9], [1], [-2]]),
    withInts(
      'Slice',
      [4, 5],
      [
        [0, 1],
        [3, 2 ** 31],
        [0, 1],
        [2, 3],
      ],
    ),
    withInts('Slice', [4], [[-3], [-1]]),
  ],
  Pad: [withInts('Pad', [2, 3], [[1, 0, 2, 1]])],
  Gather: [
    {
      shapes: [[4, 3]],
      build: (draft, [x]) =>
        draft.op('Gather', [x!, draft.op('Reshape', [draft.ints([1, 3, 1, 0]), draft.ints([2, 2])])]),
    },
    withInts('Gather', [2, 4, 3], [[2, 0, 2]], { axis: 1 }),
    { shapes: [[2, 3, 2]], build: (draft, [x]) => draft.op('Gather', [x!, draft.ints([-1], true)], { axis: 1 }) },
    {
      shapes: [[2, 2, 3]],
      build: (draft, [x]) =>
        draft.op('Gather', [x!, draft.op('Reshape', [draft.ints([1, 2]), draft.ints([1, 2])])], { axis: -1 }),
    },
  ],
  GatherElements: [
    {
      shapes: [[2, 4]],
      build: (draft, [x]) =>
        draft.op('GatherElements', [x!, draft.op('Reshape', [draft.ints([1, 1, 3, 0, 2, 2]), draft.ints([2, 3])])], {
          axis: 1,
        }),
    },
  ],
  Conv: [
    plain('Conv', [[2, 2, 5, 5], [3, 2, 3, 3], [3]], { pads: [1, 1, 1, 1] }),
    plain(
      'Conv',
      [
        [1, 2, 6, 5],
        [2, 2, 3, 2],
      ],
      { strides: [2, 2], pads: [1, 0, 0, 1] },
    ),
    plain('Conv', [[2, 4, 6], [4, 2, 2], [4]], { group: 2, dilations: [2] }),
    plain(
      'Conv',
      [
        [1, 3, 5, 5],
        [3, 1, 3, 3],
      ],
      { group: 3, auto_pad: 'SAME_UPPER', strides: [2, 2] },
    ),
  ],
  MaxPool: [
    plain('MaxPool', [[2, 2, 4, 4]], { kernel_shape: [2, 2], strides: [2, 2] }, { seed: 3 }),
    plain('MaxPool', [[1, 2, 5, 5]], { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [2, 2] }, { seed: 12 }),
  ],
  AveragePool: [
    plain('AveragePool', [[1, 2, 4, 5]], { kernel_shape: [2, 2], strides: [2, 2] }),
    plain('AveragePool', [[1, 2, 5, 5]], { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [2, 2] }),
    plain('AveragePool', [[1, 2, 5, 5]], { kernel_shape: [3, 3], pads: [1, 1, 1, 1], count_include_pad: 1 }),
  ],
  GlobalAveragePool: [plain('GlobalAveragePool', [[2, 3, 2, 3]])],
};

describe('the gradient of every operator agrees with central finite differences', () => {
  test.each(
    Object.entries(CASES).flatMap(([name, cases]) =>
      cases.map((each, i): [string, GradientCase] => [`${name} ${i + 1}`, each]),
    ),
  )('%s', async (_, each) => {
    expect(await gradientError(each)).toBeLessThan(0.01);
  });

  // Sizes that only a run tells: shape inference must not be needed for being right.
  const sized = /^(Conv|MaxPool|AveragePool|BatchNormalization)/;
  const free = Object.entries(CASES).filter(([name]) => !sized.test(name));
  test.each(
    free.flatMap(([name, cases]) => cases.map((each, i): [string, GradientCase] => [`${name} ${i + 1}`, each])),
  )('%s with free dims', async (_, each) => {
    expect(await gradientError({ ...each, free: true })).toBeLessThan(0.01);
  });

  test('no rule goes without a case', () => {
    expect(Object.keys(CASES).sort()).toEqual([...DIFFERENTIABLE].sort());
  });
});
