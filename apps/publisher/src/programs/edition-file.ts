import type { EditionContainer } from '@oml/protocol/wire/edition-container';
import { gzipSync } from 'node:zlib';

/** The plaintext of an edition: gzip of `{"files": {name: base64}}`. */
export function packEdition(files: Record<string, Uint8Array>): Uint8Array {
  const encoded = Object.fromEntries(
    Object.entries(files).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]),
  );
  const container: EditionContainer = { files: encoded };
  return gzipSync(JSON.stringify(container), { level: 6 });
}
