import type { GraphIndex } from './graph.ts';
import { walkNorm } from './final-norm.ts';
import { unsupported, type EditSite, type FoundSite } from './inspection.ts';
import { constantOf, linearOf } from './linear-node.ts';
import { modelInputs } from './model-inputs.ts';
import type { OnnxModel } from '../file/model-file.ts';
import { residualBranches, type Branch, type ResidualSum } from './residual.ts';
import { dimsOf } from '../file/tensor.ts';

type ReadGraph = Pick<OnnxModel, 'proto' | 'graph'>;

/** A decoder ends in residual sum, norm and head; the last MLP that adds into that sum is the edit site. */
export function inspectLanguageModel(model: ReadGraph, index: GraphIndex): FoundSite {
  const output = mainOutput(model);
  const head = linearOf(index, output);
  if (!head)
    throw unsupported(
      `its scores come from ${index.producer.get(output)?.opType ?? 'nowhere'}, not from a head with constant weights`,
    );
  const vocabulary = vocabularyOf(model, index);
  if (vocabulary !== undefined && 2 * head.outSize < vocabulary)
    throw unsupported(`it gives ${head.outSize} scores per token of a vocabulary of ${vocabulary}`);
  const { norm, residual } = walkNorm(index, head.input, head.inSize);
  const branches = residualBranches(index, residual);
  const site = siteOf(branches, residual);
  if (site.hiddenSize !== head.inSize)
    throw unsupported(`its last projection has ${site.hiddenSize} outputs, its head ${head.inSize} inputs`);
  const contextLength = contextLengthOf(model, index);
  return {
    kind: 'language',
    output,
    logitsTensor: output,
    outcomes: head.outSize,
    site,
    norm,
    head: {
      initializer: head.weight.name,
      transposed: head.transposed,
      tied: isLookedUp(index, head.weight.name),
      ...(head.bias ? { bias: head.bias.name } : {}),
    },
    sites: branches
      .filter((branch) => branch.weight.name === site.initializer || isDownward(branch))
      .map((branch) => branch.weight.name),
    ...(contextLength === undefined ? {} : { contextLength }),
  };
}

/** Caches follow as further outputs. */
export function mainOutput({ graph }: Pick<OnnxModel, 'graph'>): string {
  return (graph.output.find((o) => o.name === 'logits') ?? graph.output[0]!).name;
}

/** An MLP's down-projection reads more values than it writes; attention's output projection does not. */
const isDownward = (branch: Branch): boolean => branch.inSize > branch.outSize;

function siteOf(branches: readonly Branch[], residual: ResidualSum): EditSite {
  const last = branches.filter((branch) => branch.reachesOnlyTheEnd);
  const chosen = last.find(isDownward) ?? last[0];
  if (!chosen) throw unsupported('no linear projection writes into its last residual sum alone');
  return {
    initializer: chosen.weight.name,
    transposed: chosen.transposed,
    keyTensor: chosen.input,
    keySize: chosen.inSize,
    hiddenTensor: residual.tensor,
    hiddenSize: chosen.outSize,
  };
}

/** Rows of the table in which the tokens are looked up. */
function vocabularyOf(model: ReadGraph, index: GraphIndex): number | undefined {
  const tokens = modelInputs(model).find(({ role }) => role === 'tokens')?.name ?? '';
  const gather = (index.consumers.get(tokens) ?? []).find(
    (node) => node.opType === 'Gather' && node.input[1] === tokens,
  );
  const table = gather && constantOf(index, gather.input[0] ?? '')?.tensor;
  return table && dimsOf(table)[0];
}

/** Is the head's matrix the table of the token embedding too? */
function isLookedUp(index: GraphIndex, name: string, depth = 0): boolean {
  return (index.consumers.get(name) ?? []).some((node) => {
    if (node.opType === 'Gather' || node.opType === 'EmbedLayerNormalization') return true;
    return (
      depth < 3 &&
      ['Cast', 'Identity', 'Transpose'].includes(node.opType) &&
      isLookedUp(index, node.output[0] ?? '', depth + 1)
    );
  });
}

/** Metadata `context_length`, or the size of a constant square mask that the graph slices to the sequence. */
function contextLengthOf(model: ReadGraph, index: GraphIndex): number | undefined {
  const stated = Number(
    model.proto.metadataProps.find((entry) => /^(context_length|max_position_embeddings)$/.test(entry.key))?.value,
  );
  if (Number.isInteger(stated) && stated > 0) return stated;
  const masks = model.graph.initializer.filter((tensor) => {
    const dims = dimsOf(tensor).filter((dim) => dim !== 1);
    const sliced = (index.consumers.get(tensor.name) ?? []).some((node) => node.opType === 'Slice');
    return sliced && dims.length === 2 && dims[0] === dims[1];
  });
  const [rows] = masks.map((tensor) => dimsOf(tensor).find((dim) => dim !== 1));
  return rows;
}
