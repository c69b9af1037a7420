import { OmlError } from '@oml/protocol/error';
import { TensorProto_DataType, type GraphProto, type ModelProto, type TensorProto } from 'onnx-buf';
import type { ByteSource, ModelFiles } from './byte-source.ts';
import { safeLocation } from './location.ts';
import { checkGraph, MODEL_LIMITS, type ModelLimits } from './hostile.ts';
import { decodeModel } from './model-file.ts';
import { scanSkeleton, type CutPayload } from './skeleton.ts';
import { byteLength, checkShape, checkTensor, dimsOf, holdsTwice } from './tensor.ts';
import { isOutside } from './tensors-of.ts';
import { allTyped } from './typed-field.ts';

/** Where an initializer's little-endian bytes lie. */
export interface StoredTensor {
  name: string;
  dataType: number;
  dims: number[];
  /** '' for the model file, else the name of an external file. */
  location: string;
  offset: number;
  /** In bytes. */
  length: number;
}

/** A model that stays in its files: its graph is decoded, its weights are read when they are needed. */
export interface StoredModel {
  proto: ModelProto;
  /** Large initializers are empty here: their bytes are at `stored`. */
  graph: GraphProto;
  files: ModelFiles;
  /** By name; initializers that are encoded as varints are in `graph` alone. */
  stored: ReadonlyMap<string, StoredTensor>;
}

/**
 * Opens a model of any size by reading its graph and leaving the weights where they lie, in the model file or beside
 * it. Throws MODEL_NOT_ONNX,
 * MODEL_TOO_LARGE, MODEL_INVALID (cut off, overlapping or missing weights, unsafe file names), MODEL_UNSUPPORTED
 * (types).
 */
export async function openStored(files: ModelFiles, limits: ModelLimits = MODEL_LIMITS): Promise<StoredModel> {
  const { bytes, cut } = await scanSkeleton(files.model, limits);
  const proto = decodeModel(bytes);
  const graph = checkGraph(proto, limits);
  const stored = new Map<string, StoredTensor>();
  for (const [i, tensor] of graph.initializer.entries()) {
    const place = await placeOf(tensor, files, cut.get(i));
    if (place) stored.set(tensor.name, checkPlace(tensor, place, limits));
    else checkTensor(tensor, limits.maxElements);
  }
  checkOverlaps([...stored.values()]);
  return { proto, graph, files, stored };
}

/** The file that holds a stored tensor. */
export async function sourceOf(
  model: Pick<StoredModel, 'files'>,
  { location }: Pick<StoredTensor, 'location'>,
): Promise<ByteSource> {
  const source = location === '' ? model.files.model : await model.files.external(location);
  if (!source) throw missing(location);
  return source;
}

/** Where a tensor's bytes lie beside the model. Throws as {@link openStored}. */
export async function placeOutside(tensor: TensorProto, files: ModelFiles): Promise<StoredTensor> {
  const place = await placeOf(tensor, files, undefined);
  if (!place || tensor.rawData.length > 0) throw holdsTwice(tensor);
  return checkPlace(tensor, place, MODEL_LIMITS);
}

interface Place {
  location: string;
  offset: number;
  length: number;
}

async function placeOf(
  tensor: TensorProto,
  files: ModelFiles,
  cut: CutPayload | undefined,
): Promise<Place | undefined> {
  if (!isOutside(tensor)) return inlinePlace(tensor, cut);
  if (cut && cut.length > 0)
    throw new OmlError('MODEL_INVALID', `The weights of "${tensor.name}" lie both in the model and beside it.`);
  const entries = new Map(tensor.externalData.map((entry) => [entry.key, entry.value]));
  const location = safeLocation(entries.get('location') ?? '');
  const source = await files.external(location);
  if (!source) throw missing(location);
  const offset = wholeNumber(tensor, entries.get('offset') ?? '0');
  const length = wholeNumber(tensor, entries.get('length') ?? String(byteLength(tensor)));
  if (offset + length > source.size)
    throw new OmlError('MODEL_INVALID', `The weights of "${tensor.name}" reach beyond the end of "${location}".`, {
      details: { offset, length, size: source.size },
    });
  return { location, offset, length };
}

/** Raw bytes, and packed float_data and double_data, which have the same layout. */
function inlinePlace(tensor: TensorProto, cut: CutPayload | undefined): Place | undefined {
  if (!cut) return undefined;
  const wanted =
    cut.field === 'raw' ||
    tensor.dataType === (cut.field === 'float' ? TensorProto_DataType.FLOAT : TensorProto_DataType.DOUBLE);
  if (!wanted)
    throw new OmlError(
      'MODEL_INVALID',
      `The tensor "${tensor.name}" of data type ${tensor.dataType} holds ${cut.field} values.`,
    );
  return { location: '', offset: cut.offset, length: cut.length };
}

function checkPlace(tensor: TensorProto, place: Place, limits: ModelLimits): StoredTensor {
  checkShape(tensor, limits.maxElements);
  if (allTyped(tensor).length > 0) throw holdsTwice(tensor);
  const needed = byteLength(tensor);
  if (needed !== place.length)
    throw new OmlError(
      'MODEL_INVALID',
      `The tensor "${tensor.name}" has ${place.length} bytes, but its dims [${tensor.dims}] need ${needed}.`,
    );
  return { name: tensor.name, dataType: tensor.dataType, dims: dimsOf(tensor), ...place };
}

/**
 * Two names for the very same range are one shared weight; ranges that partly overlap are a trap for whoever edits one.
 */
export function checkOverlaps(tensors: readonly StoredTensor[]): void {
  const sorted = tensors
    .filter((t) => t.location !== '' && t.length > 0)
    .sort((a, b) =>
      a.location < b.location ? -1 : a.location > b.location ? 1 : a.offset - b.offset || a.length - b.length,
    );
  for (const [i, next] of sorted.entries()) {
    const before = sorted[i - 1];
    if (!before || before.location !== next.location || before.offset + before.length <= next.offset) continue;
    if (before.offset === next.offset && before.length === next.length) continue;
    throw new OmlError(
      'MODEL_INVALID',
      `The weights of "${before.name}" and "${next.name}" overlap in "${next.location}".`,
    );
  }
}

function wholeNumber(tensor: TensorProto, text: string): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(value))
    throw new OmlError('MODEL_INVALID', `The place of the weights of "${tensor.name}" is no whole number.`);
  return value;
}

const missing = (location: string) =>
  new OmlError('MODEL_INVALID', `The model keeps weights in "${location}", which is not beside it.`, {
    details: { location },
  });
