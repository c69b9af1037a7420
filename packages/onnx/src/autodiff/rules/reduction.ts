import type { NodeProto } from 'onnx-buf';
import { attributeOf } from '../attribute.ts';
import type { GraphDraft } from '../draft.ts';
import { axisOf, sizeOf } from '../shapes/facts.ts';
import { reducedAxes } from '../shapes/infer.ts';
import { refuse, soleGradient, type Rule, type RuleInput } from './rule.ts';

export const REDUCTIONS: Record<string, Rule> = {
  ReduceSum: reduction(({ draft, node }, dy) => draft.op('Expand', [dy, draft.op('Shape', [node.input[0]!])])),
  ReduceMean: reduction(({ draft, node }, dy) => {
    const share = draft.op('Div', [dy, meanCount(draft, node.input[0]!, node.output[0]!)]);
    return draft.op('Expand', [share, draft.op('Shape', [node.input[0]!])]);
  }),
  ReduceLogSumExp: reduction(({ draft, node }, dy, y) =>
    draft.op('Mul', [dy, draft.op('Exp', [draft.op('Sub', [node.input[0]!, y])])]),
  ),
  ReduceL2: reduction(({ draft, node }, dy, y) => draft.op('Mul', [draft.op('Div', [dy, y]), node.input[0]!])),
  // Several equal largest elements share the gradient.
  ReduceMax: reduction(({ draft, node }, dy, y) => {
    const winners = draft.op('Cast', [draft.op('Equal', [node.input[0]!, y])], { to: 1 });
    const axes = draft.ints(axesOf(draft, node));
    return draft.op('Div', [draft.op('Mul', [dy, winners]), draft.op('ReduceSum', [winners, axes], { keepdims: 1 })]);
  }),
  Softmax: (input) => {
    const { draft, node } = input;
    const product = draft.op('Mul', [soleGradient(input), node.output[0]!]);
    const sum = draft.op('ReduceSum', [product, softmaxAxis(input)], { keepdims: 1 });
    return [draft.op('Sub', [product, draft.op('Mul', [node.output[0]!, sum])])];
  },
  LogSoftmax: (input) => {
    const dy = soleGradient(input);
    const { draft, node } = input;
    const sum = draft.op('ReduceSum', [dy, softmaxAxis(input)], { keepdims: 1 });
    return [draft.op('Sub', [dy, draft.op('Mul', [draft.op('Exp', [node.output[0]!]), sum])])];
  },
};

const softmaxAxis = ({ draft, node }: RuleInput): string => draft.ints([attributeOf(node, 'axis').int(-1)]);

/** A rule for a reduction: gradient and result are first given back the reduced axes, as ones. */
function reduction(gradient: (input: RuleInput, dy: string, y: string) => string): Rule {
  return (input) => {
    const { draft, node } = input;
    const dy = soleGradient(input);
    // A sum over everything is a scalar, which broadcasts as it is.
    const over = (node.input[1] ?? '') !== '' || attributeOf(node, 'axes').raw !== undefined;
    if (attributeOf(node, 'keepdims').int(1) === 1 || !over) return [gradient(input, dy, node.output[0]!)];
    const axes = axesOf(draft, node);
    const restore = (tensor: string) => (axes.length > 0 ? draft.op('Unsqueeze', [tensor, draft.ints(axes)]) : tensor);
    return [gradient(input, restore(dy), restore(node.output[0]!))];
  };
}

function axesOf(draft: GraphDraft, node: NodeProto): number[] {
  const axes = reducedAxes(node, draft.rankOf(node.input[0]!), draft.factsOf(node.input[1] ?? ''));
  if (!axes) throw refuse(node, 'over axes that are computed while running');
  return axes;
}

/** How many elements each mean covers, as a float scalar. */
function meanCount(draft: GraphDraft, x: string, y: string): string {
  const [all, left] = [sizeOf(draft.dimsOf(x)), sizeOf(draft.dimsOf(y))];
  if (all !== undefined && left) return draft.number(all / left);
  return draft.op('Div', [
    draft.op('Cast', [draft.op('Size', [x])], { to: 1 }),
    draft.op('Cast', [draft.op('Size', [y])], { to: 1 }),
  ]);
}

/** Mean over axes with them kept, in the form of the draft's operator set. */
export function meanOver(draft: GraphDraft, tensor: string, axes: readonly number[]): string {
  return draft.opset >= 18
    ? draft.op('ReduceMean', [tensor, draft.ints(axes)], { keepdims: 1 })
    : draft.op('ReduceMean', [tensor], { axes, keepdims: 1 });
}

/** Axes from the one that a norm states to the last. */
export function normAxes({ draft, node }: RuleInput): number[] {
  const rank = draft.rankOf(node.input[0]!);
  const first = axisOf(attributeOf(node, 'axis').int(-1), rank);
  return Array.from({ length: rank - first }, (_, i) => first + i);
}
