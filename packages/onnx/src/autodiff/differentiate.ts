import { OmlError } from '@oml/protocol/error';
import type { NodeProto } from 'onnx-buf';
import type { GraphDraft } from './draft.ts';
import { refuse } from './rules/rule.ts';
import { ruleOf } from './rules/rules.ts';
import { STOPS } from './rules/stops.ts';

/**
 * Appends the nodes that compute the gradient of a scalar tensor `loss` with respect to tensors of the graph (inputs,
 * initializers or inner ones), by reverse
 * accumulation (Griewank & Walther, Evaluating Derivatives, ch. 3); every node is an ordinary operator. Returns the
 * gradient's name for each of `wrt`.
 * Throws MODEL_UNSUPPORTED, naming the operator, where a node on the way has no known derivative, and where the loss
 * does not depend on a tensor.
 */
export function differentiate(draft: GraphDraft, loss: string, wrt: readonly string[]): Map<string, string> {
  const nodes = [...draft.graph.node];
  const path = nodesBetween(draft, nodes, wrt, loss);
  const parts = new Map<string, string[]>([[loss, [seedOf(draft, loss)]]]);
  const total = (name: string): string | undefined => {
    const found = parts.get(name);
    if (!found || found.length === 1) return found?.[0];
    const sum = draft.op('Sum', found);
    parts.set(name, [sum]);
    return sum;
  };
  for (const node of path.nodes.toReversed()) {
    const gradients = node.output.map((name) => total(name));
    if (gradients.every((gradient) => gradient === undefined)) continue;
    const needs = node.input.map((name) => path.tensors.has(name));
    const found = ruleOf(node)({ draft, node, gradients, needs });
    node.input.forEach((name, i) => {
      if (!needs[i]) return;
      if (found[i] === undefined) throw refuse(node, `by its input ${i}`);
      parts.set(name, [...(parts.get(name) ?? []), found[i]]);
    });
  }
  return new Map(wrt.map((name) => [name, total(name) ?? missing(name)]));
}

function seedOf(draft: GraphDraft, loss: string): string {
  const dims = draft.dimsOf(loss);
  if (dims && dims.some((dim) => dim !== 1))
    throw new OmlError('MODEL_UNSUPPORTED', `The loss "${loss}" is no scalar but [${dims}].`);
  return dims?.length === 0 ? draft.number(1) : draft.op('Expand', [draft.number(1), draft.op('Shape', [loss])]);
}

function missing(name: string): never {
  throw new OmlError('MODEL_UNSUPPORTED', `The loss does not depend on "${name}".`);
}

/** Nodes and tensors through which the loss depends on `wrt`, in order of computation. */
function nodesBetween(draft: GraphDraft, nodes: readonly NodeProto[], wrt: readonly string[], loss: string) {
  const reached = new Set(wrt);
  const forward = nodes.filter((node) => {
    if (STOPS.has(node.opType) || !node.input.some((name) => reached.has(name))) return false;
    for (const name of node.output) if (name !== '' && draft.factsOf(name)?.float !== false) reached.add(name);
    return true;
  });
  const wanted = new Set([loss]);
  const used = forward.toReversed().filter((node) => {
    if (!node.output.some((name) => wanted.has(name))) return false;
    for (const name of node.input) if (reached.has(name)) wanted.add(name);
    return true;
  });
  return { nodes: used.toReversed(), tensors: new Set([...wanted].filter((name) => reached.has(name))) };
}
