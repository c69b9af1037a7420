import { OmlError } from '@oml/protocol/error';
import { TensorProto_DataLocation, type TensorProto } from 'onnx-buf';
import type { ModelFiles } from './byte-source.ts';
import { MODEL_LIMITS } from './hostile.ts';
import { loadModel } from './inline.ts';
import { readModel, type OnnxModel } from './model-file.ts';
import { checkOverlaps, openStored, placeOutside, sourceOf, type StoredModel } from './stored-model.ts';
import { isOutside, tensorsOf } from './tensors-of.ts';

/**
 * A model in memory as one file, wherever its weights lie: inside of it, or beside it under any names. A model that is
 * one file stays that file, byte for byte. Throws the codes of `openStored` and `readModel`; MODEL_TOO_LARGE where one
 * file cannot hold it.
 */
export async function openWhole(files: ModelFiles): Promise<OnnxModel> {
  const stored = await openStored(files);
  const inBodies = [...tensorsOf(stored)].slice(stored.graph.initializer.length).filter(isOutside);
  const isOneFile = inBodies.length === 0 && [...stored.stored.values()].every(({ location }) => location === '');
  if (!isOneFile) {
    await takeIn(stored, inBodies);
    return loadModel(stored);
  }
  const { size } = files.model;
  if (size > MODEL_LIMITS.maxBytes)
    throw new OmlError(
      'MODEL_TOO_LARGE',
      `The model file has ${size} bytes; at most ${MODEL_LIMITS.maxBytes} fit in memory as one.`,
    );
  return readModel(await files.model.read(0, size));
}

/** Reads what constants, bodies and functions keep outside. One range can be named many times: the sum is bounded. */
async function takeIn(model: StoredModel, tensors: readonly TensorProto[]): Promise<void> {
  const places = await Promise.all(tensors.map((tensor) => placeOutside(tensor, model.files)));
  checkOverlaps([...model.stored.values(), ...places]);
  const total = places.reduce((sum, { length }) => sum + length, 0);
  if (total > MODEL_LIMITS.maxGraphBytes)
    throw new OmlError('MODEL_TOO_LARGE', `Constants outside of the model have ${total} bytes, more than are read.`);
  for (const [i, place] of places.entries()) {
    const source = await sourceOf(model, place);
    Object.assign(tensors[i]!, {
      rawData: await source.read(place.offset, place.length),
      dataLocation: TensorProto_DataLocation.DEFAULT,
      externalData: [],
    });
  }
}
