import { attributeOf } from '../attribute.ts';
import type { GraphDraft } from '../draft.ts';
import { axisOf, type Dim } from '../shapes/facts.ts';
import { soleGradient, type Rule, type RuleInput } from './rule.ts';
import { zerosLike } from './unbroadcast.ts';

export const INDEXING: Record<string, Rule> = {
  Gather: gather,
  GatherElements: (input) => {
    const { draft, node } = input;
    const axis = attributeOf(node, 'axis').int(0);
    return [
      draft.op('ScatterElements', [zerosLike(draft, node.input[0]!), node.input[1]!, soleGradient(input)], {
        axis,
        reduction: 'add',
      }),
      undefined,
    ];
  },
};

/** Adds each gradient row to the row it was taken from: the gradient of an embedding, along any axis. */
function gather(input: RuleInput): (string | undefined)[] {
  const { draft, node } = input;
  const dy = soleGradient(input);
  const [data, index] = node.input as [string, string];
  const rank = draft.rankOf(data);
  const axis = axisOf(attributeOf(node, 'axis').int(0), rank);
  const single = singleIndex(draft, index);
  const along = draft.dimsOf(data)![axis]!;
  if (single !== undefined && typeof along === 'number')
    return [insert(draft, dy, rank, axis, axisOf(single, along), along), undefined];
  return [scatterRows(draft, dy, data, index, rank, axis), undefined];
}

function singleIndex(draft: GraphDraft, index: string): number | undefined {
  const facts = draft.factsOf(index);
  const value: Dim | undefined = facts?.dims?.length === 0 ? facts.values?.[0] : undefined;
  return typeof value === 'number' ? value : undefined;
}

/** A known place along one axis: zeros around it. */
function insert(draft: GraphDraft, dy: string, rank: number, axis: number, at: number, along: number): string {
  const row = draft.op('Unsqueeze', [dy, draft.ints([axis])]);
  const pads = Array.from({ length: 2 * rank }, (_, i) => (i === axis ? at : i === rank + axis ? along - at - 1 : 0));
  return draft.op('Pad', [row, draft.ints(pads)]);
}

function scatterRows(draft: GraphDraft, dy: string, data: string, index: string, rank: number, axis: number): string {
  const places = draft.rankOf(index);
  const shape = draft.op('Shape', [data]);
  const others = [...Array(rank).keys()].filter((at) => at !== axis);
  // The indexed axes come first, the rest keeps its order.
  const forward = [
    ...Array.from({ length: places }, (_, i) => axis + i),
    ...others.map((at) => (at < axis ? at : at - 1 + places)),
  ];
  const turned = forward.every((from, to) => from === to) ? dy : draft.op('Transpose', [dy], { perm: forward });
  const rest = others.length > 0 ? [draft.op('Gather', [shape, draft.ints(others)], { axis: 0 })] : [];
  const rows = draft.op('Reshape', [turned, draft.op('Concat', [draft.ints([-1]), ...rest], { axis: 0 })]);
  const zeros = draft.op('Expand', [
    draft.number(0),
    draft.op('Concat', [draft.op('Gather', [shape, draft.ints([axis])], { axis: 0 }), ...rest], { axis: 0 }),
  ]);
  const sum = draft.op('ScatterND', [zeros, draft.op('Reshape', [index, draft.ints([-1, 1])]), rows], {
    reduction: 'add',
  });
  if (axis === 0) return sum;
  const back = [...others.slice(0, axis).map((_, i) => i + 1), 0, ...others.slice(axis).map((_, i) => i + axis + 1)];
  return draft.op('Transpose', [sum], { perm: back });
}
