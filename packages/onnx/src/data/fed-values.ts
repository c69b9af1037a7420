import { badData } from './bad-data.ts';
import { valuesOfBytes } from './image-items.ts';
import type { Preprocessing } from './preprocessing.ts';

/**
 * What a model is fed for a tensor: float32 as it is, uint8 as its preprocessing says for pixels, which without one is
 * shares of full brightness. The same for hosts, courts and measurements.
 */
export function fedValues(data: Float32Array | Uint8Array, preprocessing?: Preprocessing): Float32Array {
  if (data instanceof Float32Array) return data;
  return valuesOfBytes(data, preprocessing?.kind === 'image' ? preprocessing : undefined);
}

/**
 * Items as they lie beside a model: bytes of pixels, or float32 as the model is fed it where its preprocessing is of
 * numbers or sounds. Throws REQUEST_INVALID for bytes that are no float32, and for values that are not finite.
 */
export function itemValues(bytes: Uint8Array, preprocessing?: Preprocessing): Float32Array {
  if (!isFloatData(preprocessing)) return fedValues(bytes, preprocessing);
  if (bytes.length % 4 !== 0) throw badData(`${bytes.length} bytes are no float32 values.`);
  const values = new Float32Array(bytes.slice().buffer);
  if (!values.every(Number.isFinite)) throw badData('The data hold values that are not finite.');
  return values;
}

/** Do items lie beside the model as float32 (`.f32`) and not as bytes (`.u8`)? */
export const isFloatData = (preprocessing: Preprocessing | undefined): boolean =>
  preprocessing !== undefined && preprocessing.kind !== 'image';
