import { OmlError } from '@oml/protocol/error';
import type { EditSite } from '@oml/onnx/inspection';
import type { Prepared } from './edition.ts';

/** What stands before the numbers of a prepared file, as JSON. */
interface Header {
  version: 1;
  site: EditSite;
  count: number;
  margins: number[];
  commonCount: number;
  tracingCount: number;
}

/** A prepared release without its base model: uint32 header length, JSON header, then duals and shifts as little-endian float32. Secret. */
export function writePrepared({ site, atoms, commonCount, tracingCount }: Prepared): Uint8Array {
  const header: Header = { version: 1, site, count: atoms.count, margins: atoms.margins, commonCount, tracingCount };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(4 + text.length + atoms.duals.byteLength + atoms.shifts.byteLength);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  bytes.set(asBytes(atoms.duals), 4 + text.length);
  bytes.set(asBytes(atoms.shifts), 4 + text.length + atoms.duals.byteLength);
  return bytes;
}

/** Reads {@link writePrepared}, to be used with the very base model that it was made from. Throws EDITION_INVALID. */
export function readPrepared(bytes: Uint8Array, base: Uint8Array): Prepared {
  const { header, at } = readHeader(bytes);
  const { site, count, margins, commonCount, tracingCount } = header;
  const sizes = [count * site.keySize, count * site.hiddenSize] as const;
  if (count !== commonCount + tracingCount || bytes.length !== at + 4 * (sizes[0] + sizes[1])) throw invalid();
  const floats = (from: number, length: number) => new Float32Array(bytes.slice(from, from + 4 * length).buffer);
  const atoms = { count, duals: floats(at, sizes[0]), shifts: floats(at + 4 * sizes[0], sizes[1]), margins };
  return { base, site, atoms, commonCount, tracingCount };
}

function readHeader(bytes: Uint8Array): { header: Header; at: number } {
  try {
    const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length))) as Header;
    if (header.version === 1) return { header, at: 4 + length };
  } catch (cause) {
    throw invalid(cause);
  }
  throw invalid();
}

const invalid = (cause?: unknown) => new OmlError('EDITION_INVALID', 'This is no prepared release of version 1, or it is cut off.', { cause });
const asBytes = (floats: Float32Array) => new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);
