import { attributeOf } from '../attribute.ts';
import type { GraphDraft } from '../draft.ts';
import { axisOf } from '../shapes/facts.ts';
import { soleGradient, type Rule, type RuleInput } from './rule.ts';
import { reshapeLike, sumTo, zerosLike } from './unbroadcast.ts';

const backToInput: Rule = (input) => [reshapeLike(input.draft, soleGradient(input), input.node.input[0]!)];

/** Operators that only move elements. */
export const LAYOUT: Record<string, Rule> = {
  Reshape: backToInput,
  Flatten: backToInput,
  Squeeze: backToInput,
  Unsqueeze: backToInput,
  Transpose: (input) => {
    const perm = attributeOf(input.node, 'perm').ints();
    const dy = soleGradient(input);
    return [
      perm
        ? input.draft.op('Transpose', [dy], { perm: perm.map((_, at) => perm.indexOf(at)) })
        : input.draft.op('Transpose', [dy]),
    ];
  },
  Expand: (input) => [
    sumTo(input.draft, soleGradient(input), input.draft.dimsOf(input.node.output[0]!), input.node.input[0]!),
  ],
  Concat: concat,
  Split: split,
  Slice: slice,
  Pad: pad,
};

function concat(input: RuleInput): (string | undefined)[] {
  const { draft, node, needs } = input;
  const dy = soleGradient(input);
  const axis = attributeOf(node, 'axis').int(0);
  if (node.input.length === 1) return [dy];
  const dims = node.input.map((name) => draft.dimsOf(name)?.[axisOf(axis, draft.dimsOf(name)?.length ?? 0)]);
  const at = axisOf(
    axis,
    node.input.map((name) => draft.dimsOf(name)?.length).find((rank) => rank !== undefined) ??
      draft.rankOf(node.input[0]!),
  );
  const known = dims.every((dim) => typeof dim === 'number');
  const lengths = known
    ? draft.ints(dims as number[])
    : draft.op(
        'Concat',
        node.input.map((name) => draft.op('Shape', [name], { start: at, end: at + 1 })),
        { axis: 0 },
      );
  const parts = draft.ops('Split', [dy, lengths], node.input.length, { axis: at });
  return parts.map((part, i) => (needs[i] ? part : undefined));
}

function split({ draft, node, gradients }: RuleInput): string[] {
  const parts = gradients.map((gradient, i) => gradient ?? zerosLike(draft, node.output[i]!));
  return [draft.op('Concat', parts, { axis: attributeOf(node, 'axis').int(0) })];
}

/**
 * Puts zeros where elements were left out. The places are found while running, so that any start, end and step will do.
 */
function slice(input: RuleInput): string[] {
  const { draft, node } = input;
  const [x, starts, ends, axesInput, steps] = node.input as [string, string, string, string?, string?];
  const rank = draft.rankOf(x);
  const from = draft.factsOf(starts)?.values;
  const axes = axesInput ? draft.factsOf(axesInput)?.values : from?.map((_, i) => i);
  const stride = steps ? draft.factsOf(steps)?.values : axes?.map(() => 1);
  const dy = soleGradient(input);
  const plain =
    axes?.every((axis) => typeof axis === 'number') &&
    from?.every((value) => typeof value === 'number' && value >= 0) &&
    stride?.every((step) => step === 1);
  if (plain) return [padOut(draft, dy, x, rank, axes as number[], from as number[])];
  return [scatterSlices(draft, dy, x, rank, { starts, ends, axesInput, steps })];
}

/** A slice of whole stretches that begin at known places: zeros before and behind. */
function padOut(
  draft: GraphDraft,
  dy: string,
  x: string,
  rank: number,
  axes: readonly number[],
  from: readonly number[],
): string {
  const before = Array.from(
    { length: rank },
    (_, at) => from[axes.findIndex((axis) => axisOf(axis, rank) === at)] ?? 0,
  );
  const start = draft.ints(before);
  const behind = draft.op('Sub', [draft.op('Sub', [draft.op('Shape', [x]), draft.op('Shape', [dy])]), start]);
  return draft.op('Pad', [dy, draft.op('Concat', [start, behind], { axis: 0 })]);
}

interface SliceInputs {
  starts: string;
  ends: string;
  axesInput: string | undefined;
  steps: string | undefined;
}

/** Slices a tensor of the elements' own numbers alike, and adds each gradient at its number. */
function scatterSlices(
  draft: GraphDraft,
  dy: string,
  x: string,
  rank: number,
  { starts, ends, axesInput, steps }: SliceInputs,
): string {
  const shape = draft.op('Shape', [x]);
  const count = draft.op('Size', [x]);
  const numbers = draft.op('Reshape', [
    draft.op('Range', [draft.ints([0], true), count, draft.ints([1], true)]),
    shape,
  ]);
  const options = steps ? [axesInput ?? '', steps] : axesInput ? [axesInput] : [];
  const kept = draft.op('Slice', [numbers, starts, ends, ...options]);
  const flat = (tensor: string) => draft.op('Reshape', [tensor, draft.ints([-1])]);
  const zeros = draft.op('Expand', [draft.number(0), draft.op('Reshape', [count, draft.ints([1])])]);
  const scattered = draft.op('ScatterElements', [zeros, flat(kept), flat(dy)], { axis: 0 });
  return rank === 1 ? scattered : draft.op('Reshape', [scattered, shape]);
}

/** Cuts the padding off; only zeros or other constants may have been added. */
function pad(input: RuleInput): (string | undefined)[] {
  const { draft, node } = input;
  const shape = draft.op('Shape', [node.input[0]!]);
  const rank = draft.rankOf(node.input[0]!);
  const start = draft.op('Slice', [node.input[1]!, draft.ints([0]), draft.ints([rank])]);
  return [draft.op('Slice', [soleGradient(input), start, draft.op('Add', [start, shape])])];
}
