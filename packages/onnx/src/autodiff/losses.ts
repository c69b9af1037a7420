import type { GraphDraft } from './draft.ts';

const FAR_BELOW = -1e9;

/**
 * Σ weight · −log softmax(logits)[label]. `logits` [..., outcomes], `labels` int64 [...] and `weights` float32 [...]
 * are tensors of the draft. Scalar.
 */
export function crossEntropy(draft: GraphDraft, logits: string, labels: string, weights: string): string {
  const chosen = draft.op(
    'GatherElements',
    [draft.op('LogSoftmax', [logits], { axis: -1 }), draft.op('Unsqueeze', [labels, draft.ints([-1])])],
    { axis: -1 },
  );
  const rows = draft.op('Mul', [draft.op('Squeeze', [chosen, draft.ints([-1])]), weights]);
  return draft.op('Neg', [draft.op('ReduceSum', [rows], { keepdims: 0 })]);
}

/**
 * Σ weight · KL(teacher ‖ softmax(logits)), in nats. `teacher` [..., outcomes] holds the original's scores, `weights`
 * is float32 [...]. Scalar.
 */
export function distillation(draft: GraphDraft, logits: string, teacher: string, weights: string): string {
  const [own, wanted] = [logits, teacher].map((scores) => draft.op('LogSoftmax', [scores], { axis: -1 }));
  const terms = draft.op('Mul', [draft.op('Exp', [wanted!]), draft.op('Sub', [wanted!, own!])]);
  const rows = draft.op('ReduceSum', [terms, draft.ints([-1])], { keepdims: 0 });
  return draft.op('ReduceSum', [draft.op('Mul', [rows, weights])], { keepdims: 0 });
}

/**
 * By how many logits each row's target leads the soft maximum of all other outcomes, log p/(1 − p) where nothing else
 * is left out. `logits` [n, outcomes];
 * `targets` and `but`, an outcome that is no rival either (the target again for none), int64 [n]. Returns [n].
 */
export function leads(draft: GraphDraft, logits: string, targets: string, but = targets): string {
  const column = (ids: string) => draft.op('Unsqueeze', [ids, draft.ints([-1])]);
  const own = draft.op('Squeeze', [
    draft.op('GatherElements', [logits, column(targets)], { axis: -1 }),
    draft.ints([-1]),
  ]);
  const outcomes = draft.op('Range', [
    draft.ints([0], true),
    draft.op('Squeeze', [draft.op('Shape', [logits], { start: -1 })]),
    draft.ints([1], true),
  ]);
  const chosen = draft.op('Or', [
    draft.op('Equal', [outcomes, column(targets)]),
    draft.op('Equal', [outcomes, column(but)]),
  ]);
  const rivals = draft.op('Where', [chosen, draft.number(FAR_BELOW), logits]);
  const top =
    draft.opset >= 18
      ? draft.op('ReduceLogSumExp', [rivals, draft.ints([-1])], { keepdims: 0 })
      : draft.op('ReduceLogSumExp', [rivals], { axes: [-1], keepdims: 0 });
  return draft.op('Sub', [own, top]);
}

/**
 * Labels drawn from softmax(logits) by uniform numbers [..., 1], int64 [...]: what turns gradients into Fisher
 * information.
 */
export function drawnLabels(draft: GraphDraft, logits: string, uniform: string): string {
  const cumulative = draft.op('CumSum', [draft.op('Softmax', [logits], { axis: -1 }), draft.ints([-1], true)]);
  const passed = draft.op(
    'ReduceSum',
    [draft.op('Cast', [draft.op('Less', [cumulative, uniform])], { to: 7 }), draft.ints([-1])],
    { keepdims: 0 },
  );
  // Rounding may leave the last sum below 1.
  const last = draft.op('Sub', [draft.op('Shape', [logits], { start: -1 }), draft.ints([1])]);
  return draft.op('Min', [passed, last]);
}
