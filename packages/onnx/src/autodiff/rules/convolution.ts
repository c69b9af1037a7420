import { attributeOf } from '../attribute.ts';
import type { Dim } from '../shapes/facts.ts';
import { windowOf } from '../shapes/infer-spatial.ts';
import { refuse, soleGradient, type Rule, type RuleInput } from './rule.ts';
import type { GraphDraft } from '../draft.ts';

export const CONVOLUTIONS: Record<string, Rule> = { Conv: convolution };

interface Window {
  group: number;
  strides: number[];
  dilations: number[];
  pads: number[];
  /** Spatial dims of the kernel. */
  kernel: number[];
  /** Spatial dims of input and output. */
  spatial: readonly Dim[];
  output: readonly Dim[];
}

function convolution(input: RuleInput): (string | undefined)[] {
  const { draft, node, needs } = input;
  const dy = soleGradient(input);
  const [x, w] = node.input as [string, string];
  const window = windowOfConv(input, x, w);
  const bias = () =>
    draft.op('ReduceSum', [dy, draft.ints([0, ...window.spatial.map((_, i) => i + 2)])], { keepdims: 0 });
  return [
    needs[0] ? toImage(input, dy, w, window) : undefined,
    needs[1] ? toKernel(draft, dy, x, window) : undefined,
    needs[2] ? bias() : undefined,
  ];
}

function windowOfConv({ draft, node }: RuleInput, x: string, w: string): Window {
  const spatial = draft.dimsOf(x)?.slice(2);
  const kernel = draft.dimsOf(w)?.slice(2);
  if (!spatial || !kernel?.every((dim) => typeof dim === 'number')) throw refuse(node, 'with a kernel of unknown size');
  const window = windowOf(node, spatial, kernel);
  if (!window.pads) throw refuse(node, 'with automatic padding of an unknown size');
  return {
    ...window,
    pads: window.pads,
    group: attributeOf(node, 'group').int(1),
    kernel: kernel as number[],
    spatial,
    output: draft.dimsOf(node.output[0]!)!.slice(2),
  };
}

/** The transposed convolution of the gradient. A stride may leave a margin that no window reached: output_padding. */
function toImage(
  { draft, node }: RuleInput,
  dy: string,
  w: string,
  { group, strides, dilations, pads, kernel, spatial, output }: Window,
): string {
  const margin = strides.map((stride, i) => {
    const [from, to] = [spatial[i]!, output[i]!];
    if (stride === 1) return 0;
    if (typeof from !== 'number' || typeof to !== 'number') throw refuse(node, 'with a stride over an unknown size');
    return from + pads[i]! + pads[i + strides.length]! - ((to - 1) * stride + (kernel[i]! - 1) * dilations[i]! + 1);
  });
  return draft.op('ConvTranspose', [dy, w], { group, strides, dilations, pads, output_padding: margin });
}

/**
 * Correlates the image with the gradient: batch and channels trade places, and strides with dilations, so that an
 * ordinary convolution does it. Groups
 * become groups of the batch.
 */
function toKernel(
  draft: GraphDraft,
  dy: string,
  x: string,
  { group, strides, dilations, pads, kernel }: Window,
): string {
  const rank = kernel.length;
  const places = Array.from({ length: rank }, (_, i) => i);
  let image = draft.op('Transpose', [x], { perm: [1, 0, ...places.map((i) => i + 2)] });
  if (group > 1) image = regroup(draft, image, x, group, rank);
  const filters = draft.op('Transpose', [dy], { perm: [1, 0, ...places.map((i) => i + 2)] });
  const wide = draft.op('Conv', [image, filters], { group, strides: dilations, dilations: strides, pads });
  const cut = draft.op('Slice', [
    wide,
    draft.ints(kernel.map(() => 0)),
    draft.ints(kernel),
    draft.ints(places.map((i) => i + 2)),
  ]);
  return draft.op('Transpose', [cut], { perm: [1, 0, ...places.map((i) => i + 2)] });
}

/** [C, N, …] to [C / group, group · N, …]. */
function regroup(draft: GraphDraft, image: string, x: string, group: number, rank: number): string {
  const spatial = draft.op('Shape', [x], { start: 2 });
  const batch = draft.op('Shape', [x], { start: 0, end: 1 });
  const parted = draft.op('Reshape', [
    image,
    draft.op('Concat', [draft.ints([group, -1]), batch, spatial], { axis: 0 }),
  ]);
  const turned = draft.op('Transpose', [parted], { perm: [1, 0, 2, ...Array.from({ length: rank }, (_, i) => i + 3)] });
  const joined = draft.op('Concat', [draft.ints([-1]), draft.op('Mul', [batch, draft.ints([group])]), spatial], {
    axis: 0,
  });
  return draft.op('Reshape', [turned, joined]);
}
