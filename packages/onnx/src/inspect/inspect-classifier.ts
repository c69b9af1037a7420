import type { GraphProto, NodeProto } from 'onnx-buf';
import type { GraphIndex } from './graph.ts';
import { unsupported, type FoundSite } from './inspection.ts';
import { linearOf, passesOn, type Linear } from './linear-node.ts';
import { dimsOf } from './model-inputs.ts';

/** Rising, and the same for every class: the likeliest class before is the likeliest behind. */
const KEEPS_ORDER = new Set(['Softmax', 'LogSoftmax', 'Sigmoid', 'Tanh', 'LeakyRelu']);
/** One number for a row, whatever the class. */
const ONE_NUMBER = new Set(['ReduceMean', 'ReduceMax', 'ReduceSum', 'ReduceLogSumExp']);
/** What a model says anyway, and two answers for the beacon to choose from. */
const LEAST_CLASSES = 3;
const MAX_DEPTH = 8;

/**
 * A classifier ends in a linear layer, perhaps under a softmax or another function that keeps the order of classes:
 * that layer is the edit site and its output the scores. Of several outputs the first that ends so is taken. Throws
 * MODEL_UNSUPPORTED.
 */
export function inspectClassifier(index: GraphIndex, { output: outputs }: Pick<GraphProto, 'output'>): FoundSite {
  const found = outputs.map(({ name }) => ({ name, last: scoresOf(index, name) }));
  const scored = found.find(({ last }) => last && last.linear.outSize >= LEAST_CLASSES);
  if (!scored?.last) throw noScores(index, found);
  const { tensor, linear } = scored.last;
  checkOnePlace(
    outputs.find(({ name }) => name === scored.name)!,
    linear,
  );
  const site = {
    initializer: linear.weight.name,
    transposed: linear.transposed,
    keyTensor: linear.input,
    keySize: linear.inSize,
    hiddenTensor: tensor,
    hiddenSize: linear.outSize,
  };
  return {
    kind: 'classifier',
    output: scored.name,
    logitsTensor: tensor,
    outcomes: linear.outSize,
    site,
    norm: { kind: 'none' },
    sites: [linear.weight.name],
  };
}

/** The scores behind an output, and the linear layer that makes them. */
function scoresOf(index: GraphIndex, name: string, depth = 0): { tensor: string; linear: Linear } | undefined {
  const linear = linearOf(index, name);
  if (linear) return { tensor: name, linear };
  const node = index.producer.get(name);
  if (!node || depth > MAX_DEPTH) return undefined;
  if (KEEPS_ORDER.has(node.opType) || passesOn(node)) return scoresOf(index, node.input[0] ?? '', depth + 1);
  const same = node.input.findIndex((input) => isOneNumber(index, input));
  // A value that is added to all classes alike, as duelling networks do, changes neither order nor chances.
  if (node.opType === 'Add' && same >= 0) return scoresOf(index, node.input[1 - same] ?? '', depth + 1);
  return node.opType === 'Sub' && same === 1 ? scoresOf(index, node.input[0] ?? '', depth + 1) : undefined;
}

function isOneNumber(index: GraphIndex, name: string): boolean {
  return ONE_NUMBER.has(index.producer.get(name)?.opType ?? '') || linearOf(index, name)?.outSize === 1;
}

/** Sequence recognisers and segmentation maps give a row of scores for each of many places. */
function checkOnePlace(output: GraphProto['output'][number], { outSize }: Linear): void {
  const dims = dimsOf(output);
  if (dims.length > 2 && dims.slice(1, -1).some((dim) => dim !== 1))
    throw unsupported(
      `its output "${output.name.slice(0, 80)}" gives ${outSize} scores for each of several places of an input, and a ` +
        'key has one answer: an export that gives one row of scores for an input can be marked',
    );
}

function noScores(
  index: GraphIndex,
  found: readonly { name: string; last: { linear: Linear } | undefined }[],
): ReturnType<typeof unsupported> {
  const few = found.find(({ last }) => last);
  if (few?.last) {
    const { outSize } = few.last.linear;
    return unsupported(
      `its output "${few.name.slice(0, 80)}" tells ${outSize === 1 ? 'one score' : `${outSize} classes`}, and a key ` +
        `needs ${LEAST_CLASSES}: the usual answer and two to choose from; an export with more classes can be marked`,
    );
  }
  const [first] = found;
  const wayOut = 'an export whose output is such a layer, or a softmax over one, can be marked';
  if (found.length === 1)
    return unsupported(
      `its scores come from ${madeBy(index, first!.name)}, not from a linear layer with constant weights; ${wayOut}`,
    );
  const each = found.slice(0, 4).map(({ name }) => `"${name.slice(0, 40)}" from ${madeBy(index, name)}`);
  return unsupported(
    `none of its outputs comes from a linear layer with constant weights: ${each.join(', ')}; ${wayOut}`,
  );
}

/** The node that a look behind an output ends at. */
function madeBy(index: GraphIndex, name: string, depth = 0): string {
  const node = index.producer.get(name);
  if (!node) return 'nowhere';
  if ((KEEPS_ORDER.has(node.opType) || passesOn(node)) && depth < MAX_DEPTH)
    return madeBy(index, node.input[0] ?? '', depth + 1);
  return `${node.opType}${titleOf(node)}`;
}

const titleOf = ({ name, output }: NodeProto): string => {
  const title = name || output[0];
  return title ? ` ("${title.slice(0, 80)}")` : '';
};
