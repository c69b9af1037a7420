import type { GraphProto, NodeProto, TensorProto } from 'onnx-buf';
import { namesRead } from '../inspect/graph.ts';

/** A run of neighbouring nodes that is loaded and run by itself. */
export interface Block {
  node: NodeProto[];
  initializer: TensorProto[];
  /** Fed: inputs of the graph, and what earlier blocks made. */
  inputs: string[];
  /** Fetched: what later blocks read, and what was asked for. */
  outputs: string[];
}

export interface BlockBudget {
  /** Bytes of an initializer where it lies. */
  bytesOf: (tensor: TensorProto) => number;
  /** Weights of one block; a single node may have more. */
  maxBytes: number;
}

/**
 * Cuts what the wanted tensors need of a graph into blocks, each as long as its weights allow and ending where the
 * fewest tensors are alive: between two
 * layers that is the residual sum. What follows from weights alone (casts, transposes) goes into every block that reads
 * it.
 */
export function planBlocks(graph: GraphProto, wanted: readonly string[], budget: BlockBudget): Block[] {
  const parts = sortParts(graph, wanted);
  const alive = aliveAt(parts.node, wanted);
  const blocks: Block[] = [];
  for (let from = 0; from < parts.node.length;) {
    const to = blockEnd(parts, from, alive, budget);
    const node = parts.node.slice(from, to);
    const constants = constantsOf(parts, node);
    const made = new Set([...constants.node, ...node].flatMap((n) => n.output));
    const held = new Set(constants.initializer.map((tensor) => tensor.name));
    const inputs = [...new Set(node.flatMap(namesRead))].filter((name) => !made.has(name) && !held.has(name));
    const later = new Set([...wanted, ...parts.node.slice(to).flatMap(namesRead)]);
    const outputs = [...new Set(node.flatMap((n) => n.output))].filter((name) => name !== '' && later.has(name));
    blocks.push({ node: [...constants.node, ...node], initializer: constants.initializer, inputs, outputs });
    from = to;
  }
  return blocks;
}

interface Parts {
  /** What depends on an input, in graph order. */
  node: NodeProto[];
  /** What follows from weights alone, by output. */
  constant: Map<string, NodeProto>;
  initializer: Map<string, TensorProto>;
}

function sortParts(graph: GraphProto, wanted: readonly string[]): Parts {
  const needed = new Set(wanted);
  for (const node of graph.node.toReversed())
    if (node.output.some((name) => needed.has(name))) for (const name of namesRead(node)) needed.add(name);
  const initializer = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  const constant = new Map<string, NodeProto>();
  const node = graph.node.filter((candidate) => {
    if (!candidate.output.some((name) => needed.has(name))) return false;
    const fixed =
      !candidate.opType.startsWith('Random') &&
      namesRead(candidate).every((name) => initializer.has(name) || constant.has(name));
    if (!fixed || candidate.output.some((name) => wanted.includes(name))) return true;
    for (const name of candidate.output) if (name !== '') constant.set(name, candidate);
    return false;
  });
  return { node, constant, initializer };
}

/** How many tensors cross the line before each node. */
function aliveAt(nodes: readonly NodeProto[], wanted: readonly string[]): number[] {
  const made = new Map(nodes.flatMap((node, i) => node.output.map((name) => [name, i] as const)));
  const lastRead = new Map<string, number>();
  nodes.forEach((node, i) => namesRead(node).forEach((name) => lastRead.set(name, i)));
  const change = Array.from({ length: nodes.length + 2 }, () => 0);
  for (const [name, at] of made) {
    const end = lastRead.get(name);
    if (end === undefined || wanted.includes(name)) continue;
    change[at + 1]!++;
    change[end + 1]!--;
  }
  let sum = 0;
  return change.map((step) => (sum += step));
}

function blockEnd(parts: Parts, from: number, alive: readonly number[], { bytesOf, maxBytes }: BlockBudget): number {
  const held = new Set<string>();
  let bytes = 0;
  let best = from + 1;
  for (let at = from; at < parts.node.length; at++) {
    for (const tensor of constantsOf(parts, [parts.node[at]!]).initializer) {
      if (!held.has(tensor.name)) bytes += bytesOf(tensor);
      held.add(tensor.name);
    }
    if (bytes > maxBytes && at > from) return best;
    if (at + 1 === parts.node.length) return at + 1;
    if (alive[at + 1]! <= alive[best]! || at === from) best = at + 1;
  }
  return best;
}

/** The weights that nodes read, through nodes that follow from weights alone. */
function constantsOf(parts: Parts, nodes: readonly NodeProto[]): { node: NodeProto[]; initializer: TensorProto[] } {
  const found = new Set<NodeProto>();
  const weights = new Set<TensorProto>();
  const open = nodes.flatMap(namesRead);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const tensor = parts.initializer.get(name);
    const maker = parts.constant.get(name);
    if (tensor) weights.add(tensor);
    if (!maker || found.has(maker)) continue;
    found.add(maker);
    open.push(...namesRead(maker));
  }
  const order = [...new Set(parts.constant.values())];
  return { node: order.filter((node) => found.has(node)), initializer: [...weights] };
}
