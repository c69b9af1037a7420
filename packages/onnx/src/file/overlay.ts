import type { ByteSource, ModelFiles } from './byte-source.ts';
import type { Patch } from './patch.ts';
import type { StoredModel } from './stored-model.ts';

/** The model as it would be with patches written; nothing is copied but what is read. */
export function withPatches(model: StoredModel, patches: readonly Patch[]): StoredModel {
  const over = (source: ByteSource, location: string) =>
    patchedSource(
      source,
      patches.filter((patch) => patch.location === location),
    );
  const files: ModelFiles = {
    model: over(model.files.model, ''),
    async external(location) {
      const source = await model.files.external(location);
      return source && over(source, location);
    },
  };
  return { ...model, files };
}

function patchedSource(source: ByteSource, patches: readonly Patch[]): ByteSource {
  return {
    size: source.size,
    async read(offset, length) {
      const met = patches.filter(
        (patch) => patch.offset < offset + length && offset < patch.offset + patch.bytes.length,
      );
      const bytes = await source.read(offset, length);
      if (met.length === 0) return bytes;
      const copy = new Uint8Array(bytes);
      for (const patch of met) {
        const from = Math.max(0, offset - patch.offset);
        copy.set(
          patch.bytes.subarray(from, from + length - Math.max(0, patch.offset - offset)),
          Math.max(0, patch.offset - offset),
        );
      }
      return copy;
    },
  };
}
