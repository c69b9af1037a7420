import { attributeOf } from '../attribute.ts';
import { windowOf } from '../shapes/infer-spatial.ts';
import { refuse, soleGradient, type Rule, type RuleInput } from './rule.ts';
import { zerosLike } from './unbroadcast.ts';

export const POOLING: Record<string, Rule> = {
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: (input) => {
    const { draft, node } = input;
    const shape = draft.op('Shape', [node.input[0]!]);
    const count = draft.op(
      'Cast',
      [draft.op('ReduceProd', [draft.op('Slice', [shape, draft.ints([2]), draft.ints([2 ** 31])])], { keepdims: 0 })],
      { to: 1 },
    );
    return [draft.op('Expand', [draft.op('Div', [soleGradient(input), count]), shape])];
  },
};

/** The pool's own second output says which element won. */
function maxPool(input: RuleInput): string[] {
  const { draft, node } = input;
  const dy = soleGradient(input);
  if (attributeOf(node, 'storage_order').int(0) !== 0) throw refuse(node, 'in column-major order');
  node.output[1] ||= `${node.output[0]}/winners`;
  const flat = (tensor: string) => draft.op('Reshape', [tensor, draft.ints([-1])]);
  const x = node.input[0]!;
  const sum = draft.op('ScatterElements', [flat(zerosLike(draft, x)), flat(node.output[1]), flat(dy)], {
    axis: 0,
    reduction: 'add',
  });
  return [draft.op('Reshape', [sum, draft.op('Shape', [x])])];
}

/** Spreads each gradient evenly over its window: a transposed convolution with ones, channel by channel. */
function averagePool(input: RuleInput): string[] {
  const { draft, node } = input;
  const dy = soleGradient(input);
  const x = node.input[0]!;
  const [dims, out] = [draft.dimsOf(x), draft.dimsOf(node.output[0]!)];
  const kernel = attributeOf(node, 'kernel_shape').ints() ?? [];
  const { strides, dilations, pads } = windowOf(node, dims?.slice(2) ?? [], kernel);
  const sizes = [...(dims?.slice(1) ?? ['?']), ...(out?.slice(2) ?? ['?'])];
  if (attributeOf(node, 'ceil_mode').int(0) === 1 || !pads || !sizes.every((dim) => typeof dim === 'number'))
    throw refuse(node, 'over an unknown size or rounded up');
  const channels = dims![1] as number;
  const margin = kernel.map(
    (width, i) =>
      (dims![i + 2] as number) +
      pads[i]! +
      pads[i + kernel.length]! -
      (((out![i + 2] as number) - 1) * strides[i]! + (width - 1) * dilations[i]! + 1),
  );
  const ones = draft.op('Expand', [draft.number(1), draft.ints([channels, 1, ...kernel])]);
  const counts = draft.number(kernel.reduce((product, width) => product * width, 1));
  const padded = pads.some((width) => width > 0) && attributeOf(node, 'count_include_pad').int(0) === 0;
  const covered = padded
    ? draft.op('Conv', [draft.op('Expand', [draft.number(1), draft.op('Shape', [x])]), ones], {
        group: channels,
        strides,
        dilations,
        pads,
      })
    : counts;
  return [
    draft.op('ConvTranspose', [draft.op('Div', [dy, covered]), ones], {
      group: channels,
      strides,
      dilations,
      pads,
      output_padding: margin,
    }),
  ];
}
