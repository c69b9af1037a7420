import { blobSource, type ByteSource, type ModelFiles } from '@oml/onnx/file/byte-source';

/**
 * Finds the files that a model's weights lie in. A page is told no folders, so `weights/a.bin` may be `a.bin` here; one
 * file never stands for two.
 */
export function besideFiles(files: readonly (Blob & { name: string })[]): ModelFiles['external'] {
  const sources = new Map(files.map((file) => [file.name, blobSource(file)]));
  const taken = new Map<ByteSource, string>();
  return async (location) => {
    const source = sources.get(location) ?? sources.get(location.slice(location.lastIndexOf('/') + 1));
    if (source && (taken.get(source) ?? location) !== location) return undefined;
    if (source) taken.set(source, location);
    return source;
  };
}
