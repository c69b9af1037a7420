import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, StringStringEntryProtoSchema, TensorProto_DataLocation, type TensorProto } from 'onnx-buf';
import { bytesSource, modelFiles, type ModelFiles } from '../src/file/byte-source.ts';
import { rawBytes } from '../src/file/tensor.ts';

/** The same model with the weights of 64 bytes and more in a second file, each at a multiple of 64. */
export function externalized(file: Uint8Array, location = 'model.onnx.data'): { model: Uint8Array; data: Uint8Array } {
  const proto = fromBinary(ModelProtoSchema, file);
  const moved = proto.graph!.initializer.filter((tensor) => rawBytes(tensor).length >= 64);
  let size = 0;
  const places = moved.map((tensor) => {
    const place = { tensor, bytes: rawBytes(tensor), offset: size };
    size = Math.ceil((size + place.bytes.length) / 64) * 64;
    return place;
  });
  const data = new Uint8Array(size);
  for (const { tensor, bytes, offset } of places) {
    data.set(bytes, offset);
    placeOutside(tensor, { location, offset: String(offset), length: String(bytes.length) });
  }
  return { model: toBinary(ModelProtoSchema, proto), data };
}

/** Empties an initializer and says that its bytes lie elsewhere. */
export function placeOutside(tensor: TensorProto, entries: Record<string, string>): void {
  Object.assign(tensor, { rawData: new Uint8Array(), floatData: [], dataLocation: TensorProto_DataLocation.EXTERNAL });
  tensor.externalData = Object.entries(entries).map(([key, value]) =>
    create(StringStringEntryProtoSchema, { key, value }),
  );
}

/** {@link externalized} as files in memory. */
export function externalFiles(file: Uint8Array, location = 'model.onnx.data'): ModelFiles {
  const { model, data } = externalized(file, location);
  return modelFiles(bytesSource(model), new Map([[location, bytesSource(data)]]));
}

export const inlineFiles = (file: Uint8Array): ModelFiles => modelFiles(bytesSource(file));
