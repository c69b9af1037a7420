import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, StringStringEntryProtoSchema, TensorProto_DataLocation, type TensorProto } from 'onnx-buf';
import { bytesSource, modelFiles, type ModelFiles } from '../src/file/byte-source.ts';
import { rawBytes } from '../src/file/tensor.ts';

/** The same model with the weights of 64 bytes and more in a second file, each at a multiple of 64. */
export function externalized(
  file: Uint8Array,
  location = 'model.onnx.data',
): { model: Uint8Array<ArrayBuffer>; data: Uint8Array<ArrayBuffer> } {
  const { model, files } = scattered(file, () => location);
  return { model, data: files.get(location) ?? new Uint8Array() };
}

/** The same model with each weight of 64 bytes and more in the file that `nameOf` its place names, at multiples of 64. */
export function scattered(
  file: Uint8Array,
  nameOf: (i: number) => string,
): { model: Uint8Array<ArrayBuffer>; files: Map<string, Uint8Array<ArrayBuffer>> } {
  const proto = fromBinary(ModelProtoSchema, file);
  const moved = proto.graph!.initializer.filter((tensor) => rawBytes(tensor).length >= 64);
  const sizes = new Map<string, number>();
  const places = moved.map((tensor, i) => {
    const location = nameOf(i);
    const place = { tensor, location, bytes: rawBytes(tensor).slice(), offset: sizes.get(location) ?? 0 };
    sizes.set(location, Math.ceil((place.offset + place.bytes.length) / 64) * 64);
    return place;
  });
  const files = new Map([...sizes].map(([location, size]) => [location, new Uint8Array(size)]));
  for (const { tensor, location, bytes, offset } of places) {
    files.get(location)!.set(bytes, offset);
    placeOutside(tensor, { location, offset: String(offset), length: String(bytes.length) });
  }
  return { model: toBinary(ModelProtoSchema, proto), files };
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
