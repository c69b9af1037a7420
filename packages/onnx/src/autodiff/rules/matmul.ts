import { attributeOf } from '../attribute.ts';
import type { GraphDraft } from '../draft.ts';
import { broadcast, type Dim } from '../shapes/facts.ts';
import { soleGradient, type Rule, type RuleInput } from './rule.ts';
import { reshapeLike, sumTo } from './unbroadcast.ts';

export const PRODUCTS: Record<string, Rule> = { MatMul: matmul, Gemm: gemm };

function matmul(input: RuleInput): (string | undefined)[] {
  const { draft, node, needs } = input;
  const dy = soleGradient(input);
  const [a, b] = [node.input[0]!, node.input[1]!];
  const [rankA, rankB] = [draft.rankOf(a), draft.rankOf(b)];
  if (rankA >= 2 && rankB === 2) return flatProduct(draft, a, b, dy, needs);
  // A vector stands for a row on the left and a column on the right.
  const left = rankA === 1 ? draft.op('Unsqueeze', [a, draft.ints([0])]) : a;
  const right = rankB === 1 ? draft.op('Unsqueeze', [b, draft.ints([1])]) : b;
  const rows = rankA === 1 ? draft.op('Unsqueeze', [dy, draft.ints([rankB === 1 ? 0 : -2])]) : dy;
  const whole = rankB === 1 ? draft.op('Unsqueeze', [rows, draft.ints([-1])]) : rows;
  const [dimsA, dimsB] = [draft.dimsOf(left)!, draft.dimsOf(right)!];
  const batch = broadcast(dimsA.slice(0, -2), dimsB.slice(0, -2))!;
  const back = (gradient: string, dims: readonly Dim[], batched: string, tensor: string) =>
    reshapeIf(draft, sumTo(draft, gradient, [...batch, ...dims.slice(-2)], batched), batched, tensor);
  return [
    needs[0] ? back(draft.op('MatMul', [whole, swapLast(draft, right)]), dimsA, left, a) : undefined,
    needs[1] ? back(draft.op('MatMul', [swapLast(draft, left), whole]), dimsB, right, b) : undefined,
  ];
}

const reshapeIf = (draft: GraphDraft, gradient: string, batched: string, tensor: string): string =>
  batched === tensor ? gradient : reshapeLike(draft, gradient, tensor);

/** One matrix on the right: all rows of the left side form one plain product, the fastest that engines have. */
function flatProduct(
  draft: GraphDraft,
  a: string,
  b: string,
  dy: string,
  needs: readonly boolean[],
): (string | undefined)[] {
  const flat = (tensor: string) =>
    draft.rankOf(tensor) === 2 ? tensor : draft.op('Reshape', [tensor, lastKept(draft, tensor)]);
  const rows = draft.rankOf(a) === 2 ? dy : draft.op('Reshape', [dy, columnsOf(draft, b)]);
  return [
    needs[0]
      ? reshapeIf(draft, draft.op('Gemm', [rows, b], { transB: 1 }), draft.rankOf(a) === 2 ? a : '', a)
      : undefined,
    needs[1] ? draft.op('Gemm', [flat(a), rows], { transA: 1 }) : undefined,
  ];
}

/** A shape [-1, last dim]. */
function lastKept(draft: GraphDraft, tensor: string): string {
  const last = draft.dimsOf(tensor)!.at(-1);
  return typeof last === 'number'
    ? draft.ints([-1, last])
    : draft.op('Concat', [draft.ints([-1]), draft.op('Shape', [tensor], { start: -1 })], { axis: 0 });
}

/** A shape [-1, columns of a matrix]: of the gradient, whose own rank inference may not know. */
const columnsOf = (draft: GraphDraft, matrix: string): string => lastKept(draft, matrix);

function swapLast(draft: GraphDraft, tensor: string): string {
  const rank = draft.rankOf(tensor);
  return draft.op('Transpose', [tensor], { perm: [...Array(rank - 2).keys(), rank - 1, rank - 2] });
}

function gemm(input: RuleInput): (string | undefined)[] {
  const { draft, node, needs } = input;
  const dy = soleGradient(input);
  const [a, b, c] = node.input as [string, string, string?];
  const [transA, transB] = [attributeOf(node, 'transA').int(0), attributeOf(node, 'transB').int(0)];
  const alpha = { float: attributeOf(node, 'alpha').float(1) };
  const product = (left: string, right: string, leftTurned: number, rightTurned: number) =>
    draft.op('Gemm', [left, right], { alpha, transA: leftTurned, transB: rightTurned });
  const scaled = () => {
    const beta = attributeOf(node, 'beta').float(1);
    return beta === 1 ? dy : draft.op('Mul', [dy, draft.number(beta)]);
  };
  return [
    needs[0] ? (transA ? product(b, dy, transB, 1) : product(dy, b, 0, 1 - transB)) : undefined,
    needs[1] ? (transB ? product(dy, a, 1, transA) : product(a, dy, 1 - transA, 0)) : undefined,
    c && needs[2] ? sumTo(draft, scaled(), draft.dimsOf(node.output[0]!), c) : undefined,
  ];
}
