import { OmlError } from '@oml/protocol/error';
import { readChunks } from './byte-source.ts';
import { sourceOf, type StoredModel, type StoredTensor } from './stored-model.ts';
import { decodeFloats, encodeFloats, readFloats } from './tensor.ts';

/** Bytes to write at an offset of one of a model's files. */
export interface Patch {
  /** '' for the model file, else the name of an external file. */
  location: string;
  offset: number;
  bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Elements of an initializer as float32, read from where they lie. Throws MODEL_UNSUPPORTED unless it is float32,
 * float16 or bfloat16.
 */
export async function readStored(model: StoredModel, name: string): Promise<Float32Array<ArrayBuffer>> {
  const place = model.stored.get(name);
  if (place)
    return decodeFloats(await (await sourceOf(model, place)).read(place.offset, place.length), place.dataType, name);
  const tensor = model.graph.initializer.find((t) => t.name === name);
  if (!tensor) throw new OmlError('MODEL_INVALID', `The model has no initializer "${name}".`);
  return readFloats(tensor);
}

/**
 * What has to be written, and where, for an initializer to hold other values, rounded to its own type. Its size cannot
 * change, so nothing else in
 * the files moves. Throws MODEL_INVALID for another count, MODEL_UNSUPPORTED where other weights share these bytes or
 * they are encoded as varints.
 */
export function patchTensor(model: StoredModel, name: string, values: Float32Array): Patch {
  const place = model.stored.get(name);
  if (!place) throw new OmlError('MODEL_UNSUPPORTED', `The weights "${name}" have no place of their own in the file.`);
  const shared = [...model.stored.values()].find((other) => other.name !== name && overlap(other, place));
  if (shared) throw new OmlError('MODEL_UNSUPPORTED', `The weights "${name}" and "${shared.name}" are the same bytes.`);
  const bytes = encodeFloats(values, place.dataType, name);
  if (bytes.length !== place.length)
    throw new OmlError('MODEL_INVALID', `${values.length} values do not fit the ${place.length} bytes of "${name}".`);
  return { location: place.location, offset: place.offset, bytes };
}

/** One of a model's files with patches applied, in pieces: it is copied through and never held. */
export async function* patchedFile(
  model: StoredModel,
  location: string,
  patches: readonly Patch[],
): AsyncGenerator<Uint8Array> {
  const source = await sourceOf(model, { location });
  const own = patches.filter((patch) => patch.location === location).sort((a, b) => a.offset - b.offset);
  let at = 0;
  for (const { offset, bytes } of own) {
    if (offset < at || offset + bytes.length > source.size)
      throw new OmlError('MODEL_INVALID', 'Two patches overlap, or one reaches beyond the file.');
    yield* readChunks(source, at, offset - at);
    yield bytes;
    at = offset + bytes.length;
  }
  yield* readChunks(source, at, source.size - at);
}

/** Names of the files that hold the model: '' first, then the external ones. */
export function locationsOf(model: StoredModel): string[] {
  return [
    '',
    ...new Set([...model.stored.values()].map(({ location }) => location).filter((location) => location !== '')),
  ];
}

const overlap = (a: StoredTensor, b: StoredTensor): boolean =>
  a.location === b.location && a.offset < b.offset + b.length && b.offset < a.offset + a.length;
