import { TensorProto_DataType, type TensorProto } from 'onnx-buf';

function typedField(tensor: TensorProto): readonly (number | bigint)[] {
  switch (tensor.dataType as TensorProto_DataType) {
    case TensorProto_DataType.FLOAT:
      return tensor.floatData;
    case TensorProto_DataType.DOUBLE:
      return tensor.doubleData;
    case TensorProto_DataType.INT64:
      return tensor.int64Data;
    case TensorProto_DataType.UINT32:
    case TensorProto_DataType.UINT64:
      return tensor.uint64Data;
    default:
      return tensor.int32Data;
  }
}

/** The values of all typed fields, also of those that are not of the tensor's type. */
export function allTyped(tensor: TensorProto): readonly unknown[] {
  const { floatData, int32Data, stringData, int64Data, doubleData, uint64Data } = tensor;
  const filled = [floatData, int32Data, stringData, int64Data, doubleData, uint64Data].filter((f) => f.length > 0);
  return filled.length === 1 ? filled[0]! : filled.flat();
}

/** Does every typed value lie in its type's range? An engine would cut it down, and so two files would be one model. */
export function isInRange(tensor: TensorProto): boolean {
  const range = RANGES[tensor.dataType as TensorProto_DataType];
  return !range || typedField(tensor).every((value) => value >= range[0] && value <= range[1]);
}

const BYTE = [0, 0xff] as const;
const WORD = [0, 0xffff] as const;
/** Of the types that are narrower than their typed field; float16 and below stand there as bits. */
const RANGES: Partial<Record<TensorProto_DataType, readonly [number, number]>> = {
  [TensorProto_DataType.BOOL]: [0, 1],
  [TensorProto_DataType.UINT8]: BYTE,
  [TensorProto_DataType.INT8]: [-0x80, 0x7f],
  [TensorProto_DataType.UINT16]: WORD,
  [TensorProto_DataType.INT16]: [-0x8000, 0x7fff],
  [TensorProto_DataType.FLOAT16]: WORD,
  [TensorProto_DataType.BFLOAT16]: WORD,
  [TensorProto_DataType.UINT32]: [0, 0xffffffff],
  [TensorProto_DataType.FLOAT8E4M3FN]: BYTE,
  [TensorProto_DataType.FLOAT8E4M3FNUZ]: BYTE,
  [TensorProto_DataType.FLOAT8E5M2]: BYTE,
  [TensorProto_DataType.FLOAT8E5M2FNUZ]: BYTE,
  [TensorProto_DataType.UINT4]: BYTE,
  [TensorProto_DataType.INT4]: BYTE,
};

/** Elements in the typed field of a tensor. */
export function typedLength(tensor: TensorProto): number {
  return typedField(tensor).length;
}

/** Those elements as little-endian bytes, `size` bytes each. */
export function encodeTyped(tensor: TensorProto, size: number): Uint8Array {
  const values = typedField(tensor);
  const view = new DataView(new ArrayBuffer(values.length * size));
  values.forEach((value, i) => writeElement(view, i * size, tensor.dataType, value));
  return new Uint8Array(view.buffer);
}

function writeElement(view: DataView, offset: number, dataType: number, value: number | bigint): void {
  switch (dataType as TensorProto_DataType) {
    case TensorProto_DataType.FLOAT:
      return view.setFloat32(offset, Number(value), true);
    case TensorProto_DataType.DOUBLE:
      return view.setFloat64(offset, Number(value), true);
    case TensorProto_DataType.INT64:
    case TensorProto_DataType.UINT64:
      return view.setBigUint64(offset, BigInt.asUintN(64, BigInt(value)), true);
    case TensorProto_DataType.INT32:
    case TensorProto_DataType.UINT32:
      return view.setUint32(offset, Number(value) >>> 0, true);
    case TensorProto_DataType.UINT8:
    case TensorProto_DataType.INT8:
    case TensorProto_DataType.BOOL:
    case TensorProto_DataType.FLOAT8E4M3FN:
    case TensorProto_DataType.FLOAT8E4M3FNUZ:
    case TensorProto_DataType.FLOAT8E5M2:
    case TensorProto_DataType.FLOAT8E5M2FNUZ:
    case TensorProto_DataType.UINT4:
    case TensorProto_DataType.INT4:
      return view.setUint8(offset, Number(value) & 0xff);
    default:
      return view.setUint16(offset, Number(value) & 0xffff, true);
  }
}
