import type { GraphDraft } from '../draft.ts';
import type { Dim } from '../shapes/facts.ts';

/**
 * Sums a gradient of dims `from` over the axes along which `tensor` was broadcast, so that it has the tensor's own
 * shape. Where the shapes are not known
 * well enough beforehand, the axes are found while running.
 */
export function sumTo(draft: GraphDraft, gradient: string, from: readonly Dim[] | undefined, tensor: string): string {
  const to = draft.dimsOf(tensor);
  if (!from || !to) return sumAtRunTime(draft, gradient, tensor);
  const extra = from.length - to.length;
  const inner = to.flatMap((dim, at) => (dim === 1 && from[at + extra] !== 1 ? [at] : []));
  if (extra < 0 || to.some((dim, at) => dim !== 1 && dim !== from[at + extra]))
    return sumAtRunTime(draft, gradient, tensor);
  const leading = Array.from({ length: extra }, (_, at) => at);
  const summed =
    leading.length > 0 ? draft.op('ReduceSum', [gradient, draft.ints(leading)], { keepdims: 0 }) : gradient;
  return inner.length > 0 ? draft.op('ReduceSum', [summed, draft.ints(inner)], { keepdims: 1 }) : summed;
}

/** Axes where the tensor's shape, led by ones, differs from the gradient's. */
function sumAtRunTime(draft: GraphDraft, gradient: string, tensor: string): string {
  const shape = draft.op('Shape', [tensor]);
  const full = draft.op('Shape', [gradient]);
  const missing = draft.op('Sub', [draft.op('Shape', [full]), draft.op('Shape', [shape])]);
  const ones = draft.op('Expand', [draft.ints([1]), missing]);
  const differs = draft.op('Not', [draft.op('Equal', [draft.op('Concat', [ones, shape], { axis: 0 }), full])]);
  const axes = draft.op('Reshape', [draft.op('NonZero', [differs]), draft.ints([-1])]);
  return draft.op('Reshape', [
    draft.op('ReduceSum', [gradient, axes], { keepdims: 1, noop_with_empty_axes: 1 }),
    shape,
  ]);
}

/**
 * Gives a tensor the shape of another. A constant shape where it is known but for one dim, so that no run-time shape is
 * computed.
 */
export function reshapeLike(draft: GraphDraft, tensor: string, like: string): string {
  const dims = draft.dimsOf(like);
  const open = dims?.filter((dim) => typeof dim === 'string').length ?? 2;
  const shape =
    dims && open <= 1 && !dims.includes(0)
      ? draft.ints(dims.map((dim) => (typeof dim === 'number' ? dim : -1)))
      : draft.op('Shape', [like]);
  return draft.op('Reshape', [tensor, shape]);
}

/** Zeros of a tensor's shape. */
export function zerosLike(draft: GraphDraft, tensor: string): string {
  return draft.op('Expand', [draft.number(0), draft.op('Shape', [tensor])]);
}
