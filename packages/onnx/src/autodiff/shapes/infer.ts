import type { NodeProto } from 'onnx-buf';
import { attributeOf } from '../attribute.ts';
import { axisOf, broadcast, facts, isFloat, unknownDim, type Dim, type Facts, type Inference } from './facts.ts';
import { inferLayout } from './infer-layout.ts';
import { inferSpatial } from './infer-spatial.ts';
import { inferValues } from './infer-values.ts';

const SAME =
  'Abs Neg Exp Log Sqrt Reciprocal Erf Tanh Sigmoid Relu LeakyRelu Elu Softplus Gelu FastGelu QuickGelu Softmax LogSoftmax Identity Dropout Clip Sin Cos Floor Ceil Round Sign Not CumSum Trilu BatchNormalization InstanceNormalization HardSigmoid Selu Softsign Shrink';
const BROADCAST = 'Add Sub Mul Div Pow Min Max Mod PRelu BiasGelu Sum Mean';
const TRUTH = 'Equal Less Greater LessOrEqual GreaterOrEqual And Or Xor IsNaN IsInf';

const same: Inference = (_, [x]) => [x && { ...(x.dims ? { dims: x.dims } : {}), float: x.float }];
const broadcasting: Inference = (_, inputs) => [
  facts(
    broadcast(...inputs.map((input) => input?.dims)),
    inputs.some((input) => input?.float),
  ),
];
const truth: Inference = (_, inputs) => [facts(broadcast(...inputs.map((input) => input?.dims)), false)];

const RULES = new Map<string, Inference>([
  ...SAME.split(' ').map((op): [string, Inference] => [op, same]),
  ...BROADCAST.split(' ').map((op): [string, Inference] => [op, broadcasting]),
  ...TRUTH.split(' ').map((op): [string, Inference] => [op, truth]),
  ['Where', (_, [condition, x, y]) => [facts(broadcast(condition?.dims, x?.dims, y?.dims), x?.float ?? true)]],
  ['Cast', (node, [x]) => [facts(x?.dims, isFloat(attributeOf(node, 'to').int(1)))]],
  ['MatMul', (_, [a, b]) => [facts(matmulDims(a?.dims, b?.dims), true)]],
  ['Gemm', (node, [a, b]) => [facts(gemmDims(node, a?.dims, b?.dims), true)]],
  ['LayerNormalization', normalized],
  ['SimplifiedLayerNormalization', normalized],
  ['RMSNormalization', normalized],
  ...[
    'ReduceMean',
    'ReduceSum',
    'ReduceMax',
    'ReduceMin',
    'ReduceProd',
    'ReduceL1',
    'ReduceL2',
    'ReduceSumSquare',
    'ReduceLogSumExp',
  ].map((op): [string, Inference] => [op, reduced]),
  [
    'ArgMax',
    (node, [x]) => [
      facts(withoutAxis(x?.dims, attributeOf(node, 'axis').int(0), attributeOf(node, 'keepdims').int(1) === 1), false),
    ],
  ],
]);

/** Facts of a node's outputs. Never wrong, often incomplete. */
export function inferNode(node: NodeProto, lookup: (name: string) => Facts | undefined): (Facts | undefined)[] {
  const inputs = node.input.map((name) => lookup(name));
  const outputs =
    (RULES.get(node.opType) ?? inferLayout(node.opType) ?? inferSpatial(node.opType))?.(node, inputs) ?? [];
  const values = inferValues(node, inputs);
  if (values)
    outputs[0] = {
      dims: values.length === 1 && inputs.every((x) => (x?.dims?.length ?? 1) === 0) ? [] : [values.length],
      ...outputs[0],
      values,
      float: false,
    };
  return outputs;
}

function matmulDims(a: Dim[] | undefined, b: Dim[] | undefined): Dim[] | undefined {
  if (!a || !b || a.length === 0 || b.length === 0) return undefined;
  const batch = broadcast(a.slice(0, -2), b.slice(0, -2))!;
  return [...batch, ...(a.length > 1 ? [a.at(-2)!] : []), ...(b.length > 1 ? [b.at(-1)!] : [])];
}

function gemmDims(node: NodeProto, a: Dim[] | undefined, b: Dim[] | undefined): Dim[] {
  const [transA, transB] = [attributeOf(node, 'transA').int(0), attributeOf(node, 'transB').int(0)];
  return [a?.[transA ? 1 : 0] ?? unknownDim(), b?.[transB ? 0 : 1] ?? unknownDim()];
}

function normalized(node: NodeProto, [x]: (Facts | undefined)[]): Facts[] {
  const axis = axisOf(attributeOf(node, 'axis').int(-1), x?.dims?.length ?? 0);
  const means = facts(
    x?.dims?.map((dim, at) => (at < axis ? dim : 1)),
    true,
  );
  return [facts(x?.dims, true), means, means];
}

/** Axes of a reduction: an attribute before opset 18 (13 for ReduceSum), an input after it. Undefined where unknown. */
export function reducedAxes(node: NodeProto, rank: number, axesInput: Facts | undefined): number[] | undefined {
  const all = Array.from({ length: rank }, (_, at) => at);
  const stated = attributeOf(node, 'axes').ints() ?? axesInput?.values;
  if (!stated)
    return (node.input[1] ?? '') === ''
      ? attributeOf(node, 'noop_with_empty_axes').int(0) === 1
        ? []
        : all
      : undefined;
  if (stated.length === 0) return attributeOf(node, 'noop_with_empty_axes').int(0) === 1 ? [] : all;
  return stated.every((axis) => typeof axis === 'number')
    ? stated.map((axis) => axisOf(axis as number, rank))
    : undefined;
}

function reduced(node: NodeProto, [x, axesInput]: (Facts | undefined)[]): Facts[] {
  const keep = attributeOf(node, 'keepdims').int(1) === 1;
  const axes = x?.dims && reducedAxes(node, x.dims.length, axesInput);
  if (!x?.dims) return [facts(undefined, x?.float ?? true)];
  if (!axes) return [facts(keep ? x.dims.map(unknownDim) : undefined, x.float)];
  return [
    facts(
      keep ? x.dims.map((dim, at) => (axes.includes(at) ? 1 : dim)) : x.dims.filter((_, at) => !axes.includes(at)),
      x.float,
    ),
  ];
}

function withoutAxis(dims: Dim[] | undefined, axis: number, keep: boolean): Dim[] | undefined {
  const at = axisOf(axis, dims?.length ?? 0);
  return keep ? dims?.map((dim, i) => (i === at ? 1 : dim)) : dims?.filter((_, i) => i !== at);
}
