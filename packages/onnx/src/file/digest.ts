import type { TensorProto } from 'onnx-buf';
import type { OnnxModel } from './model-file.ts';
import { rawBytes } from './tensor.ts';

/**
 * Canonical digest of a model's weights, `0x` and 64 hex digits: SHA-256 over the sorted SHA-256 hashes of every initializer's
 * name, type, dims and little-endian bytes. The order of initializers, protobuf encoding and node names do not change it.
 */
export async function weightsDigest(model: OnnxModel): Promise<`0x${string}`> {
  const hashes = await Promise.all(model.graph.initializer.map(async (tensor) => hex(await tensorHash(tensor))));
  const sorted = new TextEncoder().encode(hashes.sort().join('\n'));
  return `0x${hex(await sha256(sorted))}`;
}

/** The header is JSON, so that no choice of names and dims can imitate another header. */
async function tensorHash(tensor: TensorProto): Promise<Uint8Array> {
  const header = JSON.stringify([tensor.name, tensor.dataType, tensor.dims.map(String)]);
  const parts = [await sha256(new TextEncoder().encode(header)), await sha256(rawBytes(tensor))];
  const joined = new Uint8Array(64);
  parts.forEach((part, i) => joined.set(part, i * 32));
  return sha256(joined);
}

async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
