import { OmlError } from '@oml/protocol/error';
import {
  TensorProto_DataLocation,
  TensorProto_DataType,
  type AttributeProto,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type SparseTensorProto,
  type TensorProto,
} from 'onnx-buf';
import type { ModelFiles } from './byte-source.ts';
import { checkInitializer, MODEL_LIMITS } from './hostile.ts';
import { hashJson, MAX_NESTING } from './model-hash.ts';
import { hashRange, sha256, toHex } from './sha256.ts';
import { placeOutside, sourceOf, type StoredTensor } from './stored-model.ts';
import { rawBytes } from './tensor.ts';
import { allTyped } from './typed-field.ts';

export interface DigestOptions {
  signal?: AbortSignal | undefined;
  /** Share of the weights that is done, 0 to 1. */
  onProgress?: ((share: number) => void) | undefined;
}

/** A model in memory, or one that stays in its files. */
export interface DigestedModel {
  proto: ModelProto;
  graph: GraphProto;
  files?: ModelFiles;
  stored?: ReadonlyMap<string, StoredTensor>;
}

/**
 * Hash of the contents of each tensor that a model holds, at any depth: initializers, constants, attributes, functions.
 * Each is read once, and streamed where it stays in a file.
 */
export async function hashContents(
  model: DigestedModel,
  { signal, onProgress }: DigestOptions,
): Promise<Map<TensorProto, string>> {
  const total = [...(model.stored?.values() ?? [])].reduce((sum, { length }) => sum + length, 1);
  let done = 0;
  const advance = (bytes: number) => onProgress?.(Math.min(1, (done += bytes) / total));
  const own = new Set(model.graph.initializer);
  const hashes = new Map<TensorProto, string>();
  for (const tensor of tensorsOf(model)) {
    const place = own.has(tensor) ? model.stored?.get(tensor.name) : await placeInBody(model, tensor);
    hashes.set(
      tensor,
      place && model.files
        ? toHex(await hashRange(await sourceOf({ files: model.files }, place), place, advance, signal))
        : await hashInline(tensor),
    );
  }
  return hashes;
}

/** Where a tensor inside of a body, an attribute or a function lies, if it lies in another file. */
async function placeInBody({ files }: DigestedModel, tensor: TensorProto) {
  const isOutside = tensor.dataLocation === TensorProto_DataLocation.EXTERNAL || tensor.externalData.length > 0;
  return files && isOutside ? placeOutside(tensor, files) : undefined;
}

async function hashInline(tensor: TensorProto): Promise<string> {
  if (tensor.dataType === TensorProto_DataType.STRING) return hashStrings(tensor);
  checkInitializer(tensor, MODEL_LIMITS);
  return toHex(await sha256(rawBytes(tensor)));
}

function hashStrings(tensor: TensorProto): string {
  const count = tensor.dims.reduce((product, dim) => product * dim, 1n);
  const held = [tensor.rawData, tensor.externalData, allTyped(tensor)].map((field) => field.length);
  if (held.join() !== `0,0,${count}` || BigInt(tensor.stringData.length) !== count)
    throw new OmlError('MODEL_INVALID', `The tensor "${tensor.name}" holds other strings than its dims say.`);
  return hashJson(['strings', tensor.stringData.map(toHex)]);
}

function* tensorsOf({ proto, graph }: DigestedModel): Generator<TensorProto> {
  yield* tensorsOfGraph(graph, 0);
  for (const { node, attributeProto } of proto.functions) {
    yield* tensorsOfNodes(node, 0);
    yield* tensorsOfAttributes(attributeProto, 0);
  }
}

function* tensorsOfGraph(graph: GraphProto, depth: number): Generator<TensorProto> {
  if (depth > MAX_NESTING) throw new OmlError('MODEL_TOO_LARGE', 'The graph holds graphs in graphs beyond reason.');
  yield* graph.initializer;
  for (const sparse of graph.sparseInitializer) yield* tensorsOfSparse(sparse);
  yield* tensorsOfNodes(graph.node, depth);
}

function* tensorsOfNodes(nodes: readonly NodeProto[], depth: number): Generator<TensorProto> {
  for (const node of nodes) yield* tensorsOfAttributes(node.attribute, depth);
}

function* tensorsOfAttributes(attributes: readonly AttributeProto[], depth: number): Generator<TensorProto> {
  for (const { t, tensors, g, graphs, sparseTensor, sparseTensors } of attributes) {
    if (t) yield t;
    yield* tensors;
    for (const graph of g ? [g, ...graphs] : graphs) yield* tensorsOfGraph(graph, depth + 1);
    for (const sparse of sparseTensor ? [sparseTensor, ...sparseTensors] : sparseTensors)
      yield* tensorsOfSparse(sparse);
  }
}

function* tensorsOfSparse({ values, indices }: SparseTensorProto): Generator<TensorProto> {
  if (values) yield values;
  if (indices) yield indices;
}
