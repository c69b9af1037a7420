import { sha256 as incrementalSha256 } from '@noble/hashes/sha2.js';
import { OmlError } from '@oml/protocol/error';
import { readChunks, type ByteSource } from './byte-source.ts';

/** SHA-256 in the platform's own code, for what is in memory anyway. */
export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
}

export const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Above this many bytes a range is hashed piece by piece, which the platform's own code cannot. */
const WHOLE = 1 << 26;

/** SHA-256 of a range of a file. Throws ABORTED. */
export async function hashRange(
  source: ByteSource,
  { offset, length }: { offset: number; length: number },
  advance: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const hash = incrementalSha256.create();
  for await (const chunk of readChunks(source, offset, length, length > WHOLE ? undefined : WHOLE)) {
    if (signal?.aborted) throw new OmlError('ABORTED', 'The digest was cancelled.');
    advance(chunk.length);
    if (chunk.length === length) return sha256(chunk);
    hash.update(chunk);
  }
  return hash.digest();
}
