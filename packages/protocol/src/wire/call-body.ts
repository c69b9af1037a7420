import { z } from 'zod';
import { OmlError } from '../error.ts';
import { fromBase64 } from './base64.ts';

/** What a classifier is asked: one tensor. */
const tensorMembers = {
  dtype: z.enum(['float32', 'uint8']),
  /** Row-major dims, such as [1, 1, 28, 28]. */
  shape: z.array(z.int().positive()).min(1).max(8),
  /** Base64 of the little-endian bytes. */
  data: z.base64(),
};
export const tensorBody = z.object(tensorMembers);
export type TensorBody = z.output<typeof tensorBody>;

/** A body of `POST /v1/classify`. */
export const classifyBody = z.strictObject({ model: z.string(), ...tensorMembers, user: z.string().nullish() });
export type ClassifyBody = z.output<typeof classifyBody>;

/** A tensor as it is asked. */
export interface AskedTensor {
  dtype: TensorBody['dtype'];
  shape: readonly number[];
  data: Float32Array | Uint8Array;
}

/** The tensor of a body. Throws REQUEST_INVALID where its bytes are no numbers. */
export function tensorOf({ dtype, shape, data }: TensorBody): AskedTensor {
  const bytes = fromBase64(data);
  if (dtype === 'uint8') return { dtype, shape, data: bytes };
  if (bytes.length % 4 !== 0) throw new OmlError('REQUEST_INVALID', `${bytes.length} bytes are no float32 values.`);
  const values = new Float32Array(bytes.buffer);
  if (!values.every(Number.isFinite))
    throw new OmlError('REQUEST_INVALID', 'The tensor holds values that are not finite.');
  return { dtype, shape, data: values };
}
