import { OmlError } from '@oml/protocol/error';

/** Bytes that can be read at any place without holding them all: a file, a Blob, an array. */
export interface ByteSource {
  readonly size: number;
  /** Exactly `length` bytes from `offset`. Throws MODEL_INVALID where the source ends before. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** A model file and the files that its weights may lie in. */
export interface ModelFiles {
  model: ByteSource;
  /** The file beside the model with this name, already checked by `safeLocation`; undefined where there is none. */
  external(location: string): Promise<ByteSource | undefined>;
}

/** Bytes in memory; what is read are views. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: async (offset, length) => bytes.subarray(offset, offset + checked(bytes.length, offset, length)),
  };
}

/** A Blob or File of a browser. */
export function blobSource(blob: Blob): ByteSource {
  return {
    size: blob.size,
    read: async (offset, length) =>
      new Uint8Array(await blob.slice(offset, offset + checked(blob.size, offset, length)).arrayBuffer()),
  };
}

/** A model whose files are all at hand, external ones by the name that the model calls them. */
export function modelFiles(model: ByteSource, external: ReadonlyMap<string, ByteSource> = new Map()): ModelFiles {
  return { model, external: async (location) => external.get(location) };
}

/** A folder in memory: `model.onnx` and what lies beside it. Throws NOT_FOUND where that is not in it. */
export function folderFiles(files: ReadonlyMap<string, Uint8Array>): ModelFiles {
  const model = files.get('model.onnx');
  if (!model) throw new OmlError('NOT_FOUND', 'There is no model.onnx among the files.');
  return modelFiles(bytesSource(model), new Map([...files].map(([name, bytes]) => [name, bytesSource(bytes)])));
}

/** The pieces of a range, none above `chunk` bytes. */
export async function* readChunks(
  source: ByteSource,
  offset: number,
  length: number,
  chunk = 1 << 22,
): AsyncGenerator<Uint8Array> {
  for (let at = offset; at < offset + length; at += chunk) yield source.read(at, Math.min(chunk, offset + length - at));
}

/** Returns `length`. Throws MODEL_INVALID for a range outside of `size`. */
export function checked(size: number, offset: number, length: number): number {
  if (offset < 0 || length < 0 || offset + length > size)
    throw new OmlError(
      'MODEL_INVALID',
      `The file is cut off: bytes ${offset} to ${offset + length} of ${size} were asked for.`,
      { details: { offset, length, size } },
    );
  return length;
}

/** The pieces as one array. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
