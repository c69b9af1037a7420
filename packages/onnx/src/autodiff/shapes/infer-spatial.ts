import type { NodeProto } from 'onnx-buf';
import { attributeOf } from '../attribute.ts';
import { facts, unknownDim, type Dim, type Facts, type Inference } from './facts.ts';

const RULES: Record<string, Inference> = {
  Conv: (node, [x, w]) => [
    facts(x?.dims && w?.dims && [x.dims[0]!, w.dims[0]!, ...windowDims(node, x.dims, w.dims.slice(2))], true),
  ],
  MaxPool: pooled,
  AveragePool: pooled,
  GlobalAveragePool: (_, [x]) => [
    facts(
      x?.dims?.map((dim, at) => (at < 2 ? dim : 1)),
      true,
    ),
  ],
};

export const inferSpatial = (opType: string): Inference | undefined => RULES[opType];

function pooled(node: NodeProto, [x]: (Facts | undefined)[]): Facts[] {
  const dims = x?.dims && [
    x.dims[0]!,
    x.dims[1]!,
    ...windowDims(node, x.dims, attributeOf(node, 'kernel_shape').ints() ?? []),
  ];
  return [facts(dims, true), facts(dims, false)];
}

/** Where a sliding window stands: strides, dilations and padding of each spatial axis, begins before ends. */
export function windowOf(node: NodeProto, spatial: readonly Dim[], kernel: readonly Dim[]) {
  const count = spatial.length;
  const strides = attributeOf(node, 'strides').ints() ?? Array<number>(count).fill(1);
  const dilations = attributeOf(node, 'dilations').ints() ?? Array<number>(count).fill(1);
  const auto = attributeOf(node, 'auto_pad').text('NOTSET');
  const stated = attributeOf(node, 'pads').ints() ?? Array<number>(2 * count).fill(0);
  if (!auto.startsWith('SAME'))
    return { strides, dilations, pads: auto === 'VALID' ? Array<number>(2 * count).fill(0) : stated };
  const total = spatial.map((dim, i) => {
    const width = kernel[i];
    if (typeof dim !== 'number' || typeof width !== 'number') return undefined;
    return Math.max(0, (Math.ceil(dim / strides[i]!) - 1) * strides[i]! + (width - 1) * dilations[i]! + 1 - dim);
  });
  if (!total.every((sum) => sum !== undefined)) return { strides, dilations, pads: undefined };
  const small = total.map((sum) => Math.floor(sum / 2));
  const large = total.map((sum, i) => sum - small[i]!);
  return { strides, dilations, pads: auto === 'SAME_UPPER' ? [...small, ...large] : [...large, ...small] };
}

function windowDims(node: NodeProto, dims: readonly Dim[], kernel: readonly Dim[]): Dim[] {
  const spatial = dims.slice(2);
  const { strides, dilations, pads } = windowOf(node, spatial, kernel);
  const round = attributeOf(node, 'ceil_mode').int(0) === 1 ? Math.ceil : Math.floor;
  return spatial.map((dim, i) => {
    const width = kernel[i];
    if (typeof dim !== 'number' || typeof width !== 'number' || !pads) return unknownDim();
    return round((dim + pads[i]! + pads[i + spatial.length]! - (width - 1) * dilations[i]! - 1) / strides[i]!) + 1;
  });
}
