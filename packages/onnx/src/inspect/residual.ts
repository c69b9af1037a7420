import type { NodeProto } from 'onnx-buf';
import { SKIP_NORMS, sumName, type GraphIndex } from './graph.ts';
import { isConstant, linearOf, passesOn, type Linear } from './linear-node.ts';

/** A sum of computed tensors: an Add, or the one inside a fused skip norm. */
export interface ResidualSum {
  /** Of the sum; inside a fused node it may have to be exposed first. */
  tensor: string;
  node: NodeProto;
  terms: readonly [string, string];
}

/** A linear map that adds into the residual stream. */
export interface Branch extends Linear {
  /** Does it reach nothing but the last sum? Then no later layer sees an edit of it. */
  reachesOnlyTheEnd: boolean;
}

/** No model is deeper than this; a hostile one may be wider than memory. */
const MAX_TERMS = 10_000;

/** The sum that makes tensor `name`, if one does. */
export function sumAt(index: GraphIndex, name: string): ResidualSum | undefined {
  const node = index.producer.get(name);
  const [first, second] = node?.input ?? [];
  if (!node || first === undefined || second === undefined) return undefined;
  if (SKIP_NORMS.has(node.opType) && sumName(node) === name) return { tensor: name, node, terms: [first, second] };
  const isSum =
    node.opType === 'Add' && !isConstant(index, first) && !isConstant(index, second) && !linearOf(index, name);
  return isSum ? { tensor: name, node, terms: [first, second] } : undefined;
}

/**
 * Every linear map in the residual stream that ends in `last`, last layer first; attention's output projections stand
 * among them.
 */
export function residualBranches(index: GraphIndex, last: ResidualSum): Branch[] {
  const linears = new Map<NodeProto, Linear>();
  const seen = new Set<string>();
  const open: string[] = [...last.terms];
  for (let name = open.pop(); name !== undefined && seen.size < MAX_TERMS; name = open.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const linear = linearOf(index, name);
    if (linear) linears.set(linear.node, linear);
    else open.push(...(sumAt(index, name)?.terms ?? []));
  }
  const order = (linear: Linear) => index.position.get(linear.node) ?? 0;
  const sorted = [...linears.values()].sort((a, b) => order(b) - order(a));
  return sorted.map((linear) => ({ ...linear, reachesOnlyTheEnd: reachesOnly(index, linear.node.output[0]!, last) }));
}

/** Follows a tensor through biases, shapes and sums: one reader at each step, up to the last sum. */
function reachesOnly(index: GraphIndex, start: string, last: ResidualSum): boolean {
  let name = start;
  for (let step = 0; step < MAX_TERMS; step++) {
    const readers = (index.consumers.get(name) ?? []).filter((node) => node.opType !== 'Shape');
    const [reader] = readers;
    if (!reader || readers.length !== 1) return false;
    if (reader === last.node) return true;
    if (reader.opType !== 'Add' && !passesOn(reader)) return false;
    name = reader.output[0] ?? '';
  }
  return false;
}
