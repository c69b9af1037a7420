import type { NodeProto } from 'onnx-buf';
import { SKIP_NORMS, sumName, type GraphIndex } from './graph.ts';
import { unsupported, type Norm } from './inspection.ts';
import { constantOf, isConstant, passesOn } from './linear-node.ts';
import { sumAt, type ResidualSum } from './residual.ts';

/** Nodes of a decomposed norm and the casts around it, at most. */
const MAX_NODES = 24;
const FUSED: Record<string, Norm['kind']> = {
  LayerNormalization: 'layer',
  SkipLayerNormalization: 'layer',
  SimplifiedLayerNormalization: 'rms',
  SkipSimplifiedLayerNormalization: 'rms',
  RMSNormalization: 'rms',
};

/** What norms are written out with. */
const ARITHMETIC = new Set(['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Sqrt', 'Reciprocal', 'ReduceMean', 'ReduceSum']);

/**
 * Walks back from the head's input to the last residual sum; every path must end there, and nothing else may read that
 * sum. Gain and bias are the
 * vectors of `size` met on the way. Throws MODEL_UNSUPPORTED.
 */
export function walkNorm(index: GraphIndex, start: string, size: number): { norm: Norm; residual: ResidualSum } {
  const norm: Norm = { kind: 'none' };
  const visited = new Set<NodeProto>();
  const open = [start];
  let residual: ResidualSum | undefined;
  for (let name = open.shift(); name !== undefined; name = open.shift()) {
    const node = index.producer.get(name);
    if (isConstant(index, name) || (node && visited.has(node))) continue;
    const sum =
      sumAt(index, name) ??
      (node && SKIP_NORMS.has(node.opType) ? (sumAt(index, sumName(node)) ?? fusedSum(node)) : undefined);
    if (!node || visited.size > MAX_NODES) throw unsupported('no residual sum stands before its final norm');
    if (sum && residual && residual.tensor !== sum.tensor)
      throw unsupported('its head reads more than one residual sum');
    if (sum) residual = sum;
    if (sum?.tensor === name) continue;
    visited.add(node);
    if (passesOn(node)) {
      open.push(node.input[0] ?? '');
      continue;
    }
    if (!ARITHMETIC.has(node.opType) && !FUSED[node.opType])
      throw unsupported(`${node.opType} stands between its last residual sum and its head`);
    noteNorm(index, node, norm, size);
    if (!sum) open.push(...node.input.filter((input) => input !== ''));
  }
  if (!residual) throw unsupported('no residual sum stands before its final norm');
  const stranger = (index.consumers.get(residual.tensor) ?? []).find(
    (node) => !visited.has(node) && node.opType !== 'Shape',
  );
  if (stranger) throw unsupported(`its last residual sum is read by ${stranger.opType} besides the final norm`);
  return { norm, residual };
}

/** The sum of a fused node that has no name of its own yet. */
function fusedSum(node: NodeProto): ResidualSum | undefined {
  const [first, second] = node.input;
  return first !== undefined && second !== undefined
    ? { tensor: sumName(node), node, terms: [first, second] }
    : undefined;
}

function noteNorm(index: GraphIndex, node: NodeProto, norm: Norm, size: number): void {
  if (node.input.every((input) => isConstant(index, input)))
    throw unsupported('its final norm computes its gain or bias');
  const kind = FUSED[node.opType];
  if (kind) norm.kind = kind;
  else if (node.opType === 'ReduceMean' && norm.kind === 'none') norm.kind = 'rms';
  else if (node.opType === 'Sub') norm.kind = 'layer';
  const first = SKIP_NORMS.has(node.opType) ? 2 : 0;
  const vectors = node.input.slice(first).flatMap((input) => vectorOf(index, input, size) ?? []);
  // The last vector of a fused skip norm without beta would be a projection's bias; with RMS there is no beta at all.
  const bias =
    kind === 'layer'
      ? vectorOf(index, node.input[first + (first === 2 ? 1 : 2)] ?? '', size)
      : !kind && node.opType === 'Add'
        ? vectors[0]
        : undefined;
  const gain = kind || node.opType === 'Mul' ? vectors[0] : undefined;
  if ((gain && norm.gain) || (bias && norm.bias)) throw unsupported('its final norm scales or shifts twice');
  if (gain) norm.gain = gain;
  if (bias) norm.bias = bias;
}

function vectorOf(index: GraphIndex, input: string, size: number): string | undefined {
  const tensor = constantOf(index, input)?.tensor;
  return tensor && tensor.dims.length === 1 && Number(tensor.dims[0]) === size && size > 1 ? tensor.name : undefined;
}
