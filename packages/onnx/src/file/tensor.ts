import { OmlError } from '@oml/protocol/error';
import { TensorProto_DataType, type TensorProto } from 'onnx-buf';
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from './half.ts';
import { allTyped, encodeTyped, isInRange, typedLength } from './typed-field.ts';

/** Bytes per element of the types that OML reads or digests. */
const ELEMENT_BYTES: Partial<Record<TensorProto_DataType, number>> = {
  [TensorProto_DataType.FLOAT]: 4,
  [TensorProto_DataType.UINT8]: 1,
  [TensorProto_DataType.INT8]: 1,
  [TensorProto_DataType.UINT16]: 2,
  [TensorProto_DataType.INT16]: 2,
  [TensorProto_DataType.INT32]: 4,
  [TensorProto_DataType.INT64]: 8,
  [TensorProto_DataType.BOOL]: 1,
  [TensorProto_DataType.FLOAT16]: 2,
  [TensorProto_DataType.DOUBLE]: 8,
  [TensorProto_DataType.UINT32]: 4,
  [TensorProto_DataType.UINT64]: 8,
  [TensorProto_DataType.BFLOAT16]: 2,
  [TensorProto_DataType.FLOAT8E4M3FN]: 1,
  [TensorProto_DataType.FLOAT8E4M3FNUZ]: 1,
  [TensorProto_DataType.FLOAT8E5M2]: 1,
  [TensorProto_DataType.FLOAT8E5M2FNUZ]: 1,
  [TensorProto_DataType.UINT4]: 0.5,
  [TensorProto_DataType.INT4]: 0.5,
};

/** Dimensions of an initializer as numbers. */
export function dimsOf(tensor: TensorProto): number[] {
  return tensor.dims.map(Number);
}

/**
 * Throws MODEL_INVALID for dims that no tensor has, MODEL_TOO_LARGE above `maxElements`, MODEL_UNSUPPORTED for a type
 * that OML does not read.
 */
export function checkShape(tensor: TensorProto, maxElements: number): void {
  if (tensor.dims.length > MAX_RANK || tensor.dims.some((dim) => dim < 0n))
    throw new OmlError('MODEL_INVALID', `The tensor "${tensor.name}" has impossible dims.`);
  const count = tensor.dims.reduce((product, dim) => product * dim, 1n);
  if (count > BigInt(maxElements))
    throw new OmlError(
      'MODEL_TOO_LARGE',
      `The tensor "${tensor.name}" has ${count} elements; at most ${maxElements} are read.`,
    );
  if (ELEMENT_BYTES[tensor.dataType as TensorProto_DataType] === undefined)
    throw new OmlError(
      'MODEL_UNSUPPORTED',
      `The tensor "${tensor.name}" has data type ${tensor.dataType}, which OML does not read.`,
    );
}

const MAX_RANK = 16;

/** Bytes that the elements take by dims and type; 4-bit elements are packed two to a byte. */
export function byteLength(tensor: Pick<TensorProto, 'dims' | 'dataType'>): number {
  const count = tensor.dims.reduce((product, dim) => product * Number(dim), 1);
  return Math.ceil(count * (ELEMENT_BYTES[tensor.dataType as TensorProto_DataType] ?? NaN));
}

/** Throws as {@link checkShape}, and MODEL_INVALID unless the tensor holds as many elements as its dims say. */
export function checkTensor(tensor: TensorProto, maxElements: number): void {
  checkShape(tensor, maxElements);
  const typed = typedLength(tensor);
  if (allTyped(tensor).length > (tensor.rawData.length > 0 ? 0 : typed)) throw holdsTwice(tensor);
  if (!isInRange(tensor) || tensor.segment)
    throw new OmlError('MODEL_INVALID', `The tensor "${tensor.name}" holds values that its type has no room for.`);
  const size = ELEMENT_BYTES[tensor.dataType as TensorProto_DataType]!;
  const held = tensor.rawData.length > 0 ? tensor.rawData.length : Math.ceil(typed * Math.max(1, size));
  if (held !== byteLength(tensor))
    throw new OmlError(
      'MODEL_INVALID',
      `The tensor "${tensor.name}" holds ${held} bytes, but its dims [${tensor.dims}] need ${byteLength(tensor)}.`,
    );
}

export function holdsTwice(tensor: TensorProto): OmlError {
  return new OmlError('MODEL_INVALID', `The tensor "${tensor.name}" holds its values twice.`);
}

/** Little-endian element bytes of an initializer, also where the file stores them as typed fields. */
export function rawBytes(tensor: TensorProto): Uint8Array {
  return tensor.rawData.length > 0
    ? tensor.rawData
    : encodeTyped(tensor, Math.max(1, ELEMENT_BYTES[tensor.dataType as TensorProto_DataType] ?? 0));
}

/** Is this one of the float types whose elements can be read and written as float32? */
export function isFloat(dataType: number): boolean {
  return (
    dataType === TensorProto_DataType.FLOAT ||
    dataType === TensorProto_DataType.FLOAT16 ||
    dataType === TensorProto_DataType.BFLOAT16
  );
}

/**
 * Elements of a float32, float16 or bfloat16 initializer as an aligned float32 copy. Throws MODEL_UNSUPPORTED for
 * another type.
 */
export function readFloats(tensor: TensorProto): Float32Array<ArrayBuffer> {
  return decodeFloats(rawBytes(tensor), tensor.dataType, tensor.name);
}

/** Replaces the elements of a float initializer, rounded to its own type; the count must not change. */
export function writeFloats(tensor: TensorProto, values: Float32Array): void {
  const count = dimsOf(tensor).reduce((product, dim) => product * dim, 1);
  if (values.length !== count)
    throw new OmlError('MODEL_INVALID', `${values.length} values do not fit the tensor "${tensor.name}" of ${count}.`);
  tensor.rawData = encodeFloats(values, tensor.dataType, tensor.name);
  tensor.floatData = [];
  tensor.int32Data = [];
}

/**
 * Little-endian bytes of float32, float16 or bfloat16 elements as an aligned float32 copy. `name` is for the refusal.
 */
export function decodeFloats(bytes: Uint8Array, dataType: number, name: string): Float32Array<ArrayBuffer> {
  // Not slice(): that of a Node Buffer is a view.
  const own = new Uint8Array(bytes).buffer;
  if (dataType === TensorProto_DataType.FLOAT) return new Float32Array(own);
  if (dataType === TensorProto_DataType.FLOAT16) return fromFloat16(new Uint16Array(own));
  if (dataType === TensorProto_DataType.BFLOAT16) return fromBfloat16(new Uint16Array(own));
  throw notFloat(dataType, name);
}

/** {@link decodeFloats} backwards, rounding to nearest; always a copy. */
export function encodeFloats(values: Float32Array, dataType: number, name: string): Uint8Array<ArrayBuffer> {
  if (dataType === TensorProto_DataType.FLOAT) return new Uint8Array(values.slice().buffer);
  if (dataType === TensorProto_DataType.FLOAT16) return new Uint8Array(toFloat16(values).buffer);
  if (dataType === TensorProto_DataType.BFLOAT16) return new Uint8Array(toBfloat16(values).buffer);
  throw notFloat(dataType, name);
}

function notFloat(dataType: number, name: string): OmlError {
  return new OmlError('MODEL_UNSUPPORTED', `The weights "${name}" are neither float32 nor float16 nor bfloat16.`, {
    details: { dataType },
  });
}
