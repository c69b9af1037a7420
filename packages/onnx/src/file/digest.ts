import { sha256 as incrementalSha256 } from '@noble/hashes/sha2.js';
import { OmlError } from '@oml/protocol/error';
import type { TensorProto } from 'onnx-buf';
import { readChunks } from './byte-source.ts';
import type { OnnxModel } from './model-file.ts';
import { sourceOf, type StoredModel, type StoredTensor } from './stored-model.ts';
import { rawBytes } from './tensor.ts';

export interface DigestOptions {
  signal?: AbortSignal | undefined;
  /** Share of the weights that is done, 0 to 1. */
  onProgress?: ((share: number) => void) | undefined;
}

/**
 * Canonical digest of a model's weights, `0x` and 64 hex digits: SHA-256 over the sorted SHA-256 hashes of every
 * initializer's
 * name, type, dims and little-endian bytes. The order of initializers, protobuf encoding and node names do not change
 * it.
 */
export async function weightsDigest(model: Pick<OnnxModel, 'graph'>): Promise<`0x${string}`> {
  return digestOfHashes(await Promise.all(model.graph.initializer.map((tensor) => tensorHash(tensor))));
}

/**
 * The same digest of a model that stays in its files; a few megabytes are in memory at a time. Throws ABORTED,
 * MODEL_INVALID.
 */
export async function storedDigest(
  model: StoredModel,
  { signal, onProgress }: DigestOptions = {},
): Promise<`0x${string}`> {
  const total = [...model.stored.values()].reduce((sum, { length }) => sum + length, 1);
  const hashes: Uint8Array[] = [];
  let done = 0;
  for (const tensor of model.graph.initializer) {
    const place = model.stored.get(tensor.name);
    const advance = (bytes: number) => onProgress?.((done += bytes) / total);
    hashes.push(
      place ? await headed(tensor, await hashStored(model, place, advance, signal)) : await tensorHash(tensor),
    );
  }
  return digestOfHashes(hashes);
}

/** SHA-256 in the platform's own code, for what is in memory anyway. */
export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
}

export const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Above this many bytes a tensor is hashed piece by piece, which the platform's own code cannot. */
const WHOLE = 1 << 26;

async function hashStored(
  model: StoredModel,
  place: StoredTensor,
  advance: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const source = await sourceOf(model, place);
  const hash = incrementalSha256.create();
  for await (const chunk of readChunks(source, place.offset, place.length, place.length > WHOLE ? undefined : WHOLE)) {
    if (signal?.aborted) throw new OmlError('ABORTED', 'The digest was cancelled.');
    advance(chunk.length);
    if (chunk.length === place.length) return sha256(chunk);
    hash.update(chunk);
  }
  return hash.digest();
}

async function tensorHash(tensor: TensorProto): Promise<Uint8Array> {
  return headed(tensor, await sha256(rawBytes(tensor)));
}

/** The header is JSON, so that no choice of names and dims can imitate another header. */
async function headed(tensor: TensorProto, contents: Uint8Array): Promise<Uint8Array> {
  const header = JSON.stringify([tensor.name, tensor.dataType, tensor.dims.map(String)]);
  const joined = new Uint8Array(64);
  joined.set(await sha256(new TextEncoder().encode(header)));
  joined.set(contents, 32);
  return sha256(joined);
}

async function digestOfHashes(hashes: readonly Uint8Array[]): Promise<`0x${string}`> {
  const sorted = new TextEncoder().encode(hashes.map(toHex).sort().join('\n'));
  return `0x${toHex(await sha256(sorted))}`;
}
