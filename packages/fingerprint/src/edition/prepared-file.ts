import { OmlError } from '@oml/protocol/error';
import type { EditSite } from '@oml/onnx/inspection';
import { readModel } from '@oml/onnx/model-file';
import { readied } from '@oml/onnx/rewrite/ready';
import type { Prepared } from './edition.ts';

/** What stands before the numbers of a prepared file, as JSON. */
interface Header {
  version: 2;
  site: EditSite;
  /** Name and number of values of each change that all editions carry. */
  common: { initializer: string; length: number }[];
  margins: number[];
  commonCount: number;
  tracingCount: number;
}

/**
 * A prepared release without its base model: uint32 header length, JSON header, then the common changes, duals and
 * shifts as little-endian float32. Secret.
 */
export function writePrepared({ site, common, atoms, commonCount, tracingCount }: Prepared): Uint8Array {
  const header: Header = {
    version: 2,
    site,
    common: common.map(({ initializer, values }) => ({ initializer, length: values.length })),
    margins: atoms.margins,
    commonCount,
    tracingCount,
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const parts = [...common.map(({ values }) => values), atoms.duals, atoms.shifts].map(asBytes);
  const bytes = new Uint8Array(4 + text.length + parts.reduce((sum, part) => sum + part.length, 0));
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  let at = 4 + text.length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Reads {@link writePrepared}, to be used with the very base model that it was made from. Throws EDITION_INVALID. */
export function readPrepared(bytes: Uint8Array, base: Uint8Array): Prepared {
  const { header, at: start } = readHeader(bytes);
  const { site, common, margins, commonCount, tracingCount } = header;
  const lengths = [...common.map(({ length }) => length), tracingCount * site.keySize, tracingCount * site.hiddenSize];
  if (bytes.length !== start + 4 * lengths.reduce((sum, length) => sum + length, 0)) throw invalid();
  let at = start;
  const [shifts, duals, ...changes] = lengths
    .map((length) => new Float32Array(bytes.slice(at, (at += 4 * length)).buffer))
    .reverse();
  const deltas = changes.reverse().map((values, i) => ({ initializer: common[i]!.initializer, values }));
  return {
    base: readied(readModel(base)).bytes,
    site,
    common: deltas,
    atoms: { count: tracingCount, duals: duals!, shifts: shifts!, margins },
    commonCount,
    tracingCount,
  };
}

function readHeader(bytes: Uint8Array): { header: Header; at: number } {
  try {
    const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length))) as Header;
    if (header.version === 2 && Array.isArray(header.common)) return { header, at: 4 + length };
  } catch (cause) {
    throw invalid(cause);
  }
  throw invalid();
}

const invalid = (cause?: unknown) =>
  new OmlError('EDITION_INVALID', 'This is no prepared release of version 2, or it is cut off.', { cause });
const asBytes = (floats: Float32Array) => new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);
