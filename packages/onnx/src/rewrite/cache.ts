import { create, toBinary } from '@bufbuild/protobuf';
import { GraphProtoSchema, ModelProtoSchema, TensorProto_DataType, type NodeProto } from 'onnx-buf';
import { buildNode, buildTensor, buildValue } from '../file/build.ts';
import type { OnnxModel } from '../file/model-file.ts';
import { rawBytes } from '../file/tensor.ts';
import { followsFrom, FROM, type Attention } from '../inspect/attention.ts';
import { indexGraph, namesRead, type GraphIndex } from '../inspect/graph.ts';
import type { Inspection } from '../inspect/inspection.ts';
import { withoutUnused } from './rebuild.ts';

/** Inputs of a graph with caches beside those of the plain one, whose batch is 1. */
export const CACHE_INPUTS = {
  /** int64 [tokens]: the place of each new token in its text, text after text. */
  positions: 'oml.positions',
  /** float32 [texts, 1, new tokens, cached + new tokens]: added to the scores of attention. */
  mask: 'oml.mask',
  /** int64 [4]: heads, texts, new tokens, head size; and heads, head size, texts, new tokens. */
  rows: 'oml.rows',
  columns: 'oml.columns',
  /** int64 [2]: how many tokens are cached, and how many are new. */
  split: 'oml.split',
} as const;

/** Where the cache of one attention goes in, and what the new tokens add to it. */
export interface CacheSlot {
  /** float32 [texts, heads, head size, cached] */
  pastKeys: string;
  /** float32 [texts, heads, cached, head size] */
  pastValues: string;
  /** float32 [texts, heads, head size, new tokens] */
  newKeys: string;
  /** float32 [texts, heads, new tokens, head size] */
  newValues: string;
}

export interface HeadSizes {
  heads: number;
  headSize: number;
}

/**
 * A copy of a decoder that reads only what is new of each text, and caches of what went before. Everything but
 * attention treats every token alike, so the new tokens of all texts are one sequence to it; attention alone is cut up
 * by text. Attention of another shape than `sizes`, or anything else that is not understood, makes a graph with other
 * scores, or none: whoever uses it compares.
 */
export function cacheGraph(
  model: Pick<OnnxModel, 'proto' | 'graph'>,
  inspection: Inspection,
  attention: readonly Attention[],
  { heads, headSize }: HeadSizes,
): { file: Uint8Array; slots: CacheSlot[] } {
  const { positions, mask, rows, columns, split } = CACHE_INPUTS;
  const { FLOAT, INT64 } = TensorProto_DataType;
  const replaced = new Map<NodeProto, NodeProto[]>();
  const slots = attention.map((one, i) => cacheOne(one, i, replaced));
  placeTokens(model, inspection, replaced);
  const added = [
    buildValue(positions, INT64, ['tokens']),
    buildValue(mask, FLOAT, ['texts', 1, 'new', 'all']),
    buildValue(rows, INT64, [4]),
    buildValue(columns, INT64, [4]),
    buildValue(split, INT64, [2]),
    ...slots.flatMap(({ pastKeys, pastValues }) => [
      buildValue(pastKeys, FLOAT, ['texts', heads, headSize, 'cached']),
      buildValue(pastValues, FLOAT, ['texts', heads, 'cached', headSize]),
    ]),
  ];
  const outputs = [inspection.logitsTensor, ...slots.flatMap(({ newKeys, newValues }) => [newKeys, newValues])];
  const graph = withoutUnused(
    create(GraphProtoSchema, {
      ...model.graph,
      node: model.graph.node.flatMap((node) => replaced.get(node) ?? [node]),
      initializer: [
        ...model.graph.initializer,
        buildTensor('oml.flat', INT64, [4], BigInt64Array.of(1n, BigInt(heads), -1n, BigInt(headSize))),
      ],
      input: [...model.graph.input, ...added],
      output: outputs.map((name) => buildValue(name, FLOAT)),
      valueInfo: [],
    }),
  );
  const read = new Set(graph.node.flatMap(namesRead));
  const input = graph.input.filter(({ name }) => read.has(name));
  const proto = create(ModelProtoSchema, { ...model.proto, graph: create(GraphProtoSchema, { ...graph, input }) });
  return { file: toBinary(ModelProtoSchema, proto), slots };
}

/** Two halves instead of one: what is cached, which is only read, and what is new. */
function cacheOne({ scores, masking, masked, mix }: Attention, i: number, replaced: Map<NodeProto, NodeProto[]>) {
  const { mask, rows, columns, split } = CACHE_INPUTS;
  const at = (part: string) => `oml.${i}.${part}`;
  const slot: CacheSlot = {
    pastKeys: at('pastKeys'),
    pastValues: at('pastValues'),
    newKeys: at('newKeys'),
    newValues: at('newValues'),
  };
  const byText = (from: string, shape: string, perm: readonly bigint[], to: string) => [
    buildNode('Reshape', [from, shape], `${to}/cut`),
    buildNode('Transpose', [`${to}/cut`], to, { perm }),
  ];
  const rowsFirst = [1n, 0n, 2n, 3n];
  replaced.set(scores, [
    ...byText(scores.input[0]!, rows, rowsFirst, at('q')),
    ...byText(scores.input[1]!, columns, [2n, 0n, 1n, 3n], slot.newKeys),
    buildNode('MatMul', [at('q'), slot.pastKeys], at('pastScores')),
    buildNode('MatMul', [at('q'), slot.newKeys], at('newScores')),
    buildNode('Concat', [at('pastScores'), at('newScores')], scores.output, { axis: -1n }),
  ]);
  replaced.set(masking, [buildNode('Add', [masked, mask], masking.output)]);
  const [weights, values] = [mix.input[0]!, mix.input[1]!];
  replaced.set(mix, [
    ...byText(values, rows, rowsFirst, slot.newValues),
    buildNode('Split', [weights, split], [at('pastWeights'), at('newWeights')], { axis: -1n }),
    buildNode('MatMul', [at('pastWeights'), slot.pastValues], at('pastMix')),
    buildNode('MatMul', [at('newWeights'), slot.newValues], at('newMix')),
    buildNode('Add', [at('pastMix'), at('newMix')], at('mix')),
    buildNode('Transpose', [at('mix')], at('mix/rows'), { perm: rowsFirst }),
    buildNode('Reshape', [at('mix/rows'), 'oml.flat'], mix.output),
  ]);
  return slot;
}

/** Tables cut to the length of the text, and counts up to it, become looked-up places. */
function placeTokens(model: Pick<OnnxModel, 'graph'>, inspection: Inspection, replaced: Map<NodeProto, NodeProto[]>) {
  const { positions } = CACHE_INPUTS;
  const index = indexGraph(model.graph);
  const from = followsFrom(model, inspection);
  for (const node of model.graph.node) {
    const [table, start = '', end = '', axes = ''] = node.input;
    if (node.opType === 'Range' && from(node.output[0]!) === FROM.shape)
      replaced.set(node, [buildNode('Identity', [positions], node.output)]);
    if (node.opType !== 'Slice' || from(table!) !== FROM.constant || from(end) !== FROM.shape) continue;
    const axis = axes === '' ? [0n] : constantInts(index, axes);
    if (from(start) !== FROM.text && axis?.length === 1)
      replaced.set(node, [buildNode('Gather', [table!, positions], node.output, { axis: axis[0]! })]);
  }
}

/** Numbers of an int64 constant, or undefined. */
function constantInts(index: GraphIndex, name: string): bigint[] | undefined {
  const value = index.producer.get(name)?.attribute.find((attribute) => attribute.name === 'value')?.t;
  const tensor = index.initializer.get(name) ?? value;
  if (tensor?.dataType !== TensorProto_DataType.INT64) return undefined;
  return [...new BigInt64Array(new Uint8Array(rawBytes(tensor)).buffer)];
}
