import { badData } from './bad-data.ts';

/** A file of the kind in which MNIST and its kin come. */
export interface Idx {
  /** The first counts the items. */
  dims: number[];
  /** Bytes where the file holds bytes, else its numbers as float32. */
  data: Uint8Array | Float32Array;
}

const TYPES: Record<number, { size: number; read(view: DataView, at: number): number }> = {
  0x08: { size: 1, read: (view, at) => view.getUint8(at) },
  0x09: { size: 1, read: (view, at) => view.getInt8(at) },
  0x0b: { size: 2, read: (view, at) => view.getInt16(at) },
  0x0c: { size: 4, read: (view, at) => view.getInt32(at) },
  0x0d: { size: 4, read: (view, at) => view.getFloat32(at) },
  0x0e: { size: 8, read: (view, at) => view.getFloat64(at) },
};
const BYTES = 0x08;
const MOST_DIMS = 8;

/** Is this an IDX file, by its first bytes? */
export const isIdx = (bytes: Uint8Array): boolean =>
  bytes[0] === 0 && bytes[1] === 0 && TYPES[bytes[2] ?? 0] !== undefined && bytes[3]! >= 1 && bytes[3]! <= MOST_DIMS;

/** Reads an IDX file. `name` is for the refusal. Throws REQUEST_INVALID where it does not hold what its dims say. */
export function readIdx(bytes: Uint8Array, name: string): Idx {
  const type = TYPES[bytes[2] ?? 0];
  if (!isIdx(bytes) || !type) throw badData(`${name} is no IDX file.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const rank = bytes[3]!;
  const start = 4 + 4 * rank;
  const dims = Array.from({ length: rank }, (_, i) => (start <= bytes.length ? view.getUint32(4 + 4 * i) : 0));
  const count = dims.reduce((product, dim) => product * dim, 1);
  if (count === 0 || start + count * type.size !== bytes.length)
    throw badData(`${name} says [${dims.join(', ')}] and holds ${bytes.length - start} bytes: it is cut or damaged.`);
  if (bytes[2] === BYTES) return { dims, data: bytes.slice(start) };
  return { dims, data: Float32Array.from({ length: count }, (_, i) => type.read(view, start + i * type.size)) };
}
