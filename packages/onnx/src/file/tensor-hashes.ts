import { OmlError } from '@oml/protocol/error';
import { TensorProto_DataType, type GraphProto, type ModelProto, type TensorProto } from 'onnx-buf';
import type { ModelFiles } from './byte-source.ts';
import { checkInitializer, MODEL_LIMITS } from './hostile.ts';
import { hashJson } from './model-hash.ts';
import { hashRange, sha256, toHex } from './sha256.ts';
import { placeOutside, sourceOf, type StoredTensor } from './stored-model.ts';
import { rawBytes } from './tensor.ts';
import { isOutside, tensorsOf } from './tensors-of.ts';
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
  return files && isOutside(tensor) ? placeOutside(tensor, files) : undefined;
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
