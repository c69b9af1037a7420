import { z } from 'zod';
import { OmlError } from '../error.ts';
import { toBase64 } from './base64.ts';
import type { TensorBody } from './call-body.ts';
import { neutralObject, text } from './openai-members.ts';

// The Open Inference Protocol, version 2: how Triton, KServe and others take tensors.

/** Its names of the types that a classifier is asked in. */
export const OIP_TYPES = { FP32: 'float32', UINT8: 'uint8' } as const satisfies Record<string, TensorBody['dtype']>;

/** What an answer holds. */
export const OIP_OUTPUTS = ['label', 'probabilities'] as const;

const tensor = z.strictObject({
  name: text.min(1),
  datatype: z.enum(['FP32', 'UINT8']),
  shape: z.array(z.int().positive()).min(1).max(8),
  parameters: neutralObject,
  /** Row-major, flat or nested. */
  data: z.array(z.union([z.number(), z.array(z.unknown())])).min(1),
});

/** A body of `POST /v2/models/{name}/infer`. */
export const inferBody = z.strictObject({
  id: text.nullish(),
  parameters: neutralObject,
  inputs: z.array(tensor).length(1),
  outputs: z.array(z.strictObject({ name: z.enum(OIP_OUTPUTS), parameters: neutralObject })).nullish(),
});
export type InferBody = z.output<typeof inferBody>;

/** Lists in lists, as deep as a shape can be. */
const DEEPEST = 8;

/** The same tensor as `/v1/classify` takes it: both have one query hash. Throws REQUEST_INVALID. */
export function tensorBodyOf({ inputs }: InferBody): TensorBody {
  const { datatype, shape, data } = inputs[0]!;
  const values: unknown[] = data.flat(DEEPEST);
  const dtype = OIP_TYPES[datatype];
  if (!values.every((value) => fits(value, dtype)))
    throw new OmlError('REQUEST_INVALID', `The data holds values that are no ${datatype}.`, {
      details: { param: 'inputs[0].data' },
    });
  const numbers = values as number[];
  if (dtype === 'uint8') return { dtype, shape, data: toBase64(Uint8Array.from(numbers)) };
  return { dtype, shape, data: toBase64(new Uint8Array(Float32Array.from(numbers).buffer)) };
}

function fits(value: unknown, dtype: TensorBody['dtype']): boolean {
  if (typeof value !== 'number') return false;
  return dtype === 'uint8'
    ? Number.isInteger(value) && value >= 0 && value <= 255
    : Number.isFinite(Math.fround(value));
}
