import type { NodeProto } from 'onnx-buf';
import { attributeOf } from '../attribute.ts';
import {
  axisOf,
  broadcast,
  dimArithmetic,
  facts,
  sizeOf,
  unknownDim,
  type Dim,
  type Facts,
  type Inference,
} from './facts.ts';

/** Operators that move elements about. */
const RULES: Record<string, Inference> = {
  Reshape: (node, [x, target]) => [
    facts(reshapeDims(x?.dims, target, attributeOf(node, 'allowzero').int(0) === 1), x?.float ?? true),
  ],
  Flatten: (node, [x]) => [facts(flattenDims(x?.dims, attributeOf(node, 'axis').int(1)), x?.float ?? true)],
  Unsqueeze: (node, [x, axes]) => [facts(unsqueezeDims(x?.dims, listOf(node, axes)), x?.float ?? true)],
  Squeeze: (node, [x, axes]) => [facts(squeezeDims(x?.dims, listOf(node, axes)), x?.float ?? true)],
  Transpose: (node, [x]) => {
    const perm = attributeOf(node, 'perm').ints();
    return [
      facts(x?.dims && (perm ? perm.map((at) => x.dims![at] ?? unknownDim()) : x.dims.toReversed()), x?.float ?? true),
    ];
  },
  Concat: (node, inputs) => [
    facts(
      concatDims(inputs, attributeOf(node, 'axis').int(0)),
      inputs.some((x) => x?.float),
    ),
  ],
  Split: splitFacts,
  Slice: (node, inputs) => [facts(sliceDims(node, inputs), inputs[0]?.float ?? true)],
  Gather: (node, [x, index]) => {
    const axis = axisOf(attributeOf(node, 'axis').int(0), x?.dims?.length ?? 0);
    return [
      facts(
        x?.dims && index?.dims && [...x.dims.slice(0, axis), ...index.dims, ...x.dims.slice(axis + 1)],
        x?.float ?? true,
      ),
    ];
  },
  GatherElements: (_, [x, index]) => [facts(index?.dims, x?.float ?? true)],
  ScatterND: (_, [x]) => [facts(x?.dims, x?.float ?? true)],
  ScatterElements: (_, [x]) => [facts(x?.dims, x?.float ?? true)],
  Expand: (_, [x, shape]) => [facts(broadcast(x?.dims, shape?.values ?? unknownDims(shape)), x?.float ?? true)],
  Tile: (_, [x, repeats]) => [
    facts(
      x?.dims?.map((dim, at) => dimArithmetic('Mul', dim, repeats?.values?.[at] ?? unknownDim())),
      x?.float ?? true,
    ),
  ],
  Pad: (_, [x]) => [facts(x?.dims?.map(unknownDim), x?.float ?? true)],
  OneHot: (node, [index, depth, on]) => {
    const axis = axisOf(attributeOf(node, 'axis').int(-1), (index?.dims?.length ?? 0) + 1);
    return [facts(index?.dims?.toSpliced(axis, 0, depth?.values?.[0] ?? unknownDim()), on?.float ?? true)];
  },
  ConstantOfShape: (node, [shape]) => [
    facts(shape?.values ?? unknownDims(shape), attributeOf(node, 'value').raw?.t?.dataType !== 7),
  ],
  Shape: (node, [x]) => [
    facts(
      [
        x?.dims
          ? x.dims.slice(attributeOf(node, 'start').int(0), attributeOf(node, 'end').int(x.dims.length)).length
          : unknownDim(),
      ],
      false,
    ),
  ],
  Size: () => [facts([], false)],
  Range: () => [facts([unknownDim()], false)],
  NonZero: (_, [x]) => [facts([x?.dims?.length ?? unknownDim(), unknownDim()], false)],
};

export const inferLayout = (opType: string): Inference | undefined => RULES[opType];

/** A shape that a vector of known length states, with nothing known of its dims. */
const unknownDims = (shape: Facts | undefined): Dim[] | undefined =>
  typeof shape?.dims?.[0] === 'number' ? Array.from({ length: shape.dims[0] }, unknownDim) : undefined;

/** Axes of Squeeze and Unsqueeze: an attribute before opset 13, an input since. */
function listOf(node: NodeProto, input: Facts | undefined): number[] | undefined {
  const list = attributeOf(node, 'axes').ints() ?? input?.values;
  return list?.every((value) => typeof value === 'number') ? (list as number[]) : undefined;
}

function reshapeDims(from: Dim[] | undefined, target: Facts | undefined, allowZero: boolean): Dim[] | undefined {
  const wanted = target?.values;
  if (!wanted) return unknownDims(target);
  const dims = wanted.map((dim, at) => (dim === 0 && !allowZero ? (from?.[at] ?? unknownDim()) : dim));
  const open = dims.indexOf(-1);
  if (open >= 0) dims[open] = from ? quotient(from, dims.toSpliced(open, 1)) : unknownDim();
  return dims;
}

/** Product of `from` over product of `by`, where the unknowns cancel. */
function quotient(from: readonly Dim[], by: readonly Dim[]): Dim {
  const left = from.filter((dim) => typeof dim === 'string');
  for (const dim of by) {
    if (typeof dim === 'number') continue;
    const at = left.indexOf(dim);
    if (at < 0) return unknownDim();
    left.splice(at, 1);
  }
  const [above, below] = [from, by].map((dims) => sizeOf(dims.filter((dim) => typeof dim === 'number'))!);
  if (left.length > 1 || below === 0 || above! % below! !== 0) return unknownDim();
  if (left.length === 0) return above! / below!;
  return above === below ? left[0]! : unknownDim();
}

function flattenDims(dims: Dim[] | undefined, axis: number): Dim[] {
  if (!dims) return [unknownDim(), unknownDim()];
  const at = axisOf(axis, dims.length);
  return [quotient(dims.slice(0, at), []), quotient(dims.slice(at), [])];
}

function unsqueezeDims(dims: Dim[] | undefined, axes: number[] | undefined): Dim[] | undefined {
  if (!dims || !axes) return undefined;
  const places = axes.map((axis) => axisOf(axis, dims.length + axes.length));
  const rest = [...dims];
  return Array.from({ length: dims.length + axes.length }, (_, at) => (places.includes(at) ? 1 : rest.shift()!));
}

function squeezeDims(dims: Dim[] | undefined, axes: number[] | undefined): Dim[] | undefined {
  if (!dims) return undefined;
  if (axes) return dims.filter((_, at) => !axes.some((axis) => axisOf(axis, dims.length) === at));
  return dims.every((dim) => typeof dim === 'number') ? dims.filter((dim) => dim !== 1) : undefined;
}

function concatDims(inputs: readonly (Facts | undefined)[], axis: number): Dim[] | undefined {
  const first = inputs.find((input) => input?.dims)?.dims;
  if (!first) return undefined;
  const at = axisOf(axis, first.length);
  const along = inputs
    .map((input) => input?.dims?.[at] ?? unknownDim())
    .reduce((sum, dim) => dimArithmetic('Add', sum, dim), 0 as Dim);
  return first.with(at, along);
}

function splitFacts(node: NodeProto, [x, sizes]: (Facts | undefined)[]): Facts[] {
  const at = axisOf(attributeOf(node, 'axis').int(0), x?.dims?.length ?? 0);
  const parts = node.output.length;
  const whole = x?.dims?.[at];
  const stated = attributeOf(node, 'split').ints() ?? sizes?.values;
  return node.output.map((_, part) => {
    const even =
      typeof whole === 'number' && !node.input[1]
        ? Math.min(Math.ceil(whole / parts), whole - part * Math.ceil(whole / parts))
        : undefined;
    return facts(x?.dims?.with(at, stated?.[part] ?? even ?? unknownDim()), x?.float ?? true);
  });
}

function sliceDims(node: NodeProto, [x, starts, ends, axes, steps]: (Facts | undefined)[]): Dim[] | undefined {
  if (!x?.dims) return undefined;
  const stated = (name: string, input: Facts | undefined) => attributeOf(node, name).ints() ?? input?.values;
  const [from, to] = [stated('starts', starts), stated('ends', ends)];
  const along = stated('axes', axes) ?? (node.input[3] ? undefined : from?.map((_, i) => i));
  if (!along) return x.dims.map(unknownDim);
  const dims = [...x.dims];
  along.forEach((axis, i) => {
    if (typeof axis !== 'number') return;
    const at = axisOf(axis, dims.length);
    dims[at] = slicedDim(dims[at]!, from?.[i], to?.[i], node.input[4] ? steps?.values?.[i] : 1);
  });
  return along.every((axis) => typeof axis === 'number') ? dims : x.dims.map(unknownDim);
}

function slicedDim(dim: Dim, start: Dim | undefined, end: Dim | undefined, step: Dim | undefined): Dim {
  if (step === 1 && start === 0 && typeof end === 'number' && end >= 2 ** 31 - 1) return dim;
  if (typeof dim !== 'number' || typeof start !== 'number' || typeof end !== 'number' || typeof step !== 'number')
    return unknownDim();
  const [low, high] = step > 0 ? [0, dim] : [-1, dim - 1];
  const clamp = (value: number) => Math.min(Math.max(value < 0 ? value + dim : value, low), high);
  const from = step > 0 ? clamp(start) : Math.min(Math.max(start < 0 ? start + dim : start, 0), dim - 1);
  const to = step < 0 && end < -dim ? -1 : clamp(end);
  return Math.max(0, Math.ceil((to - from) / step));
}
