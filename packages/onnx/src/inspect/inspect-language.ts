import type { NodeProto } from 'onnx-buf';
import type { GraphIndex } from './graph.ts';
import { unsupported, type FoundSite, type Norm } from './inspection.ts';
import { constantOf, linearOf, type Linear } from './linear-node.ts';
import type { OnnxModel } from '../file/model-file.ts';
import { dimsOf } from '../file/tensor.ts';

/** A decoder ends in residual sum, norm and head; the last linear branch of the residual sum is the edit site. */
export function inspectLanguageModel(model: Pick<OnnxModel, 'proto' | 'graph'>, index: GraphIndex): FoundSite {
  const output = (model.graph.output.find((o) => o.name === 'logits') ?? model.graph.output[0]!).name;
  const head = linearOf(index, output);
  if (!head) throw unsupported(`its scores come from ${index.producer.get(output)?.opType ?? 'nowhere'}, not from a head with constant weights`);
  const { norm, residual } = walkNorm(index, head.input, head.inSize);
  const branches = downProjections(index, residual);
  const last = branches[0];
  if (!last) throw unsupported('no linear projection writes into its last residual sum');
  if (last.outSize !== head.inSize) throw unsupported(`its last projection has ${last.outSize} outputs, its head ${head.inSize} inputs`);
  const site = {
    initializer: last.weight.name,
    transposed: last.transposed,
    keyTensor: last.input,
    keySize: last.inSize,
    hiddenTensor: residual.output[0]!,
    hiddenSize: last.outSize,
  };
  const tied = (index.consumers.get(head.weight.name) ?? []).some((node) => node.opType === 'Gather');
  const contextLength = contextLengthOf(model, index);
  return {
    kind: 'language',
    logitsTensor: output,
    outcomes: head.outSize,
    site,
    norm,
    head: { initializer: head.weight.name, transposed: head.transposed, tied, ...(head.bias ? { bias: head.bias.name } : {}) },
    sites: branches.map((branch) => branch.weight.name),
    ...(contextLength === undefined ? {} : { contextLength }),
  };
}

/** Walks back from the head's input to the residual sum; every path must end there. Gain and bias are the vectors met on the way. */
function walkNorm(index: GraphIndex, start: string, size: number): { norm: Norm; residual: NodeProto } {
  const norm: Norm = { kind: 'none' };
  const seen = new Set<string>();
  const queue = [start];
  let residual: NodeProto | undefined;
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    if (seen.has(name) || constantOf(index, name)) continue;
    seen.add(name);
    const node = index.producer.get(name);
    if (!node || seen.size > 24) throw unsupported('no residual sum stands before its final norm');
    if (isResidual(index, node)) {
      if (residual && residual !== node) throw unsupported('its head reads more than one residual sum');
      residual = node;
    } else {
      noteNorm(index, node, norm, size);
      queue.push(...node.input.filter((input) => input !== ''));
    }
  }
  if (!residual) throw unsupported('no residual sum stands before its final norm');
  return { norm, residual };
}

function noteNorm(index: GraphIndex, node: NodeProto, norm: Norm, size: number): void {
  const vector = (input: string | undefined): string | undefined => {
    const tensor = constantOf(index, input ?? '')?.tensor;
    return tensor && tensor.dims.length === 1 && Number(tensor.dims[0]) === size && size > 1 ? tensor.name : undefined;
  };
  const fused = { LayerNormalization: 'layer', SimplifiedLayerNormalization: 'rms', RMSNormalization: 'rms' } as const;
  const kind = fused[node.opType as keyof typeof fused];
  if (kind) norm.kind = kind;
  else if (node.opType === 'ReduceMean' && norm.kind === 'none') norm.kind = 'rms';
  else if (node.opType === 'Sub') norm.kind = 'layer';
  const vectors = node.input.map(vector).filter((name) => name !== undefined);
  if ((kind || node.opType === 'Mul') && vectors[0] !== undefined) norm.gain ??= vectors[0];
  const bias = kind ? vectors[1] : node.opType === 'Add' ? vectors[0] : undefined;
  if (bias !== undefined) norm.bias ??= bias;
}

const isResidual = (index: GraphIndex, node: NodeProto): boolean =>
  node.opType === 'Add' && node.input.every((input) => !constantOf(index, input)) && !linearOf(index, node.output[0] ?? '');

/** The linear branches of the residual sums from the last one back; attention's output projections stand among them. */
function downProjections(index: GraphIndex, last: NodeProto): Linear[] {
  const found: Linear[] = [];
  for (let node: NodeProto | undefined = last; node && isResidual(index, node); ) {
    const linears: Linear[] = node.input.flatMap((input) => linearOf(index, input) ?? []);
    if (linears.length !== 1 || !linears[0]) break;
    found.push(linears[0]);
    const rest: string | undefined = node.input.find((input) => !linearOf(index, input));
    node = index.producer.get(rest ?? '');
  }
  // An MLP's down-projection reads more values than it writes; attention's output projection does not.
  return found.filter((linear, i) => i === 0 || linear.inSize > linear.outSize);
}

/** Metadata `context_length`, or the size of a constant square mask that the graph slices to the sequence. */
function contextLengthOf(model: Pick<OnnxModel, 'proto' | 'graph'>, index: GraphIndex): number | undefined {
  const stated = Number(model.proto.metadataProps.find((entry) => /^(context_length|max_position_embeddings)$/.test(entry.key))?.value);
  if (Number.isInteger(stated) && stated > 0) return stated;
  const masks = model.graph.initializer.filter((tensor) => {
    const dims = dimsOf(tensor).filter((dim) => dim !== 1);
    const sliced = (index.consumers.get(tensor.name) ?? []).some((node) => node.opType === 'Slice');
    return sliced && dims.length === 2 && dims[0] === dims[1];
  });
  const [rows] = masks.map((tensor) => dimsOf(tensor).find((dim) => dim !== 1));
  return rows;
}
