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
