import type { GraphIndex } from './graph.ts';
import { unsupported, type FoundSite } from './inspection.ts';
import { linearOf } from './linear-node.ts';

const AFTER_SCORES = new Set(['Softmax', 'LogSoftmax', 'Identity']);

/**
 * A classifier ends in a linear layer, perhaps under a softmax: that layer is the edit site and its output the scores.
 */
export function inspectClassifier(index: GraphIndex, output: string): FoundSite {
  const scores = scoresTensor(index, output);
  const last = linearOf(index, scores);
  if (!last)
    throw unsupported(
      `its scores come from ${index.producer.get(scores)?.opType ?? 'nowhere'}, not from a linear layer with constant weights`,
    );
  if (last.outSize < 2) throw unsupported('it has fewer than two classes');
  const site = {
    initializer: last.weight.name,
    transposed: last.transposed,
    keyTensor: last.input,
    keySize: last.inSize,
    hiddenTensor: scores,
    hiddenSize: last.outSize,
  };
  return {
    kind: 'classifier',
    logitsTensor: scores,
    outcomes: last.outSize,
    site,
    norm: { kind: 'none' },
    sites: [last.weight.name],
  };
}

function scoresTensor(index: GraphIndex, output: string): string {
  const node = index.producer.get(output);
  return node && AFTER_SCORES.has(node.opType) ? scoresTensor(index, node.input[0] ?? '') : output;
}
