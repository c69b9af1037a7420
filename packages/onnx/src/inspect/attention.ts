import type { NodeProto } from 'onnx-buf';
import type { OnnxModel } from '../file/model-file.ts';
import { indexGraph, namesRead, type GraphIndex } from './graph.ts';
import { uncached, type InputRole, type Inspection } from './inspection.ts';

/** softmax(scale · q · keys + mask) · values, written out. */
export interface Attention {
  /** q · keys, both with tokens of the text in them. */
  scores: NodeProto;
  /** The one node that adds a mask to the scores, which hangs on the length of the text and on no word of it. */
  masking: NodeProto;
  /** The two it adds. */
  masked: string;
  mask: string;
  /** weights · values. */
  mix: NodeProto;
  /** [batch, heads, head size, tokens]; [batch, heads, tokens, head size]. */
  keys: string;
  values: string;
}

/** What a tensor follows from, the strongest of it. */
export const FROM = { constant: 0, shape: 1, place: 2, text: 3 } as const;
export type From = (typeof FROM)[keyof typeof FROM];

const OF_INPUT: Record<InputRole, From> = {
  tokens: FROM.text,
  values: FROM.text,
  types: FROM.text,
  past: FROM.text,
  idle: FROM.constant,
  mask: FROM.shape,
  flag: FROM.shape,
  positions: FROM.place,
};

/**
 * What each tensor follows from: weights alone, how long the text is (masks included), which place in it a token has,
 * or what is said.
 */
export function followsFrom({ graph }: Pick<OnnxModel, 'graph'>, { inputs }: Pick<Inspection, 'inputs'>) {
  const from = new Map<string, From>(inputs.map(({ name, role }) => [name, OF_INPUT[role]]));
  for (const tensor of graph.initializer) from.set(tensor.name, FROM.constant);
  for (const node of graph.node) {
    const read = Math.max(FROM.constant, ...namesRead(node).map((name) => from.get(name) ?? FROM.text));
    const made = node.opType === 'Shape' || node.opType === 'Size' ? Math.min(read, FROM.shape) : read;
    for (const name of node.output) from.set(name, made as From);
  }
  return (name: string): From => from.get(name) ?? FROM.text;
}

/** Every attention of a decoder, in graph order. Throws MODEL_UNSUPPORTED where one is not written out or masked. */
export function findAttention(model: Pick<OnnxModel, 'graph'>, inspection: Pick<Inspection, 'inputs'>): Attention[] {
  const index = indexGraph(model.graph);
  const from = followsFrom(model, inspection);
  const found = model.graph.node
    .filter(({ opType, input }) => opType === 'Softmax' && from(input[0]!) === FROM.text)
    .map((softmax) => attentionOf(softmax, index, from));
  if (found.length === 0) throw uncached('no attention is written out in its graph');
  return found;
}

function attentionOf(softmax: NodeProto, { producer, consumers }: GraphIndex, from: (name: string) => From): Attention {
  const readers = consumers.get(softmax.output[0]!) ?? [];
  const [mix] = readers;
  if (readers.length !== 1 || mix?.opType !== 'MatMul' || mix.input[0] !== softmax.output[0])
    throw uncached(`"${softmax.name.slice(0, 80)}" weighs no values`);
  let found: Pick<Attention, 'masking' | 'masked' | 'mask'> | undefined;
  let node = producer.get(softmax.input[0]!);
  for (; node && node.opType !== 'MatMul'; node = producer.get(node.input[scoresInput(node, from)]!)) {
    if (node.opType === 'Mul' || node.opType === 'Div') continue;
    if (found) throw uncached('an attention has two masks');
    const [masked, mask] = scoresInput(node, from) === 0 ? node.input : node.input.toReversed();
    found = { masking: node, masked: masked!, mask: mask! };
  }
  if (!node || !found) throw uncached(`the attention before "${softmax.name.slice(0, 80)}" is not masked`);
  return { scores: node, ...found, mix, keys: node.input[1]!, values: mix.input[1]! };
}

/** Which input of a node between q · keys and the softmax the scores are; the rest must not hang on the text. */
function scoresInput({ opType, input, name }: NodeProto, from: (name: string) => From): number {
  const said = input.flatMap((one, i) => (from(one) === FROM.text ? [i] : []));
  const others = input.filter((_, i) => i !== said[0]).map(from);
  const scales = (opType === 'Mul' || opType === 'Div') && others.every((one) => one === FROM.constant);
  if (said.length !== 1 || !(scales || opType === 'Add'))
    throw uncached(`"${name.slice(0, 80)}" does something else to scores of attention`);
  return said[0]!;
}
