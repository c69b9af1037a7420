import { parse as parseCsv } from 'csv-parse/browser/esm/sync';
import { parse as parseYaml } from 'yaml';
import { cannotImport } from './import-failure.ts';

/** Files by path, with `/`, relative to the folder that was handed in. */
export type ImportFiles = ReadonlyMap<string, Uint8Array>;

/** No fingerprint file seen so far comes near it; a larger one would only exhaust memory. */
const MAX_BYTES = 64 * 1024 * 1024;

/** The text of a file. Refuses pickles, archives of them, Arrow tables and files that are not UTF-8. */
export function textOf(files: ImportFiles, path: string): string {
  const bytes = files.get(path);
  if (!bytes) throw cannotImport(path, 'it is missing');
  if (bytes.length > MAX_BYTES) throw cannotImport(path, `it has ${bytes.length} bytes, more than ${MAX_BYTES}`);
  refuseBinary(path, bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw cannotImport(path, `it is not UTF-8 text (${String(cause)})`);
  }
}

export function jsonOf(files: ImportFiles, path: string): unknown {
  return attempt(path, 'JSON', () => JSON.parse(textOf(files, path)) as unknown);
}

/** One JSON value per line; empty lines are allowed. */
export function jsonLinesOf(files: ImportFiles, path: string): unknown[] {
  const lines = textOf(files, path)
    .split('\n')
    .filter((line) => line.trim() !== '');
  return attempt(path, 'JSON lines', () => lines.map((line) => JSON.parse(line) as unknown));
}

export function yamlOf(files: ImportFiles, path: string): unknown {
  // No aliases: a few lines of them could otherwise grow into gigabytes.
  return attempt(path, 'YAML', () => parseYaml(textOf(files, path), { maxAliasCount: 0 }) as unknown);
}

export function csvOf(files: ImportFiles, path: string): Record<string, string>[] {
  return attempt(
    path,
    'CSV',
    () =>
      parseCsv(textOf(files, path), { columns: true, bom: true, skip_empty_lines: true }) as Record<string, string>[],
  );
}

function attempt<T>(path: string, kind: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'OmlError') throw cause;
    throw cannotImport(path, `it is not ${kind} (${cause instanceof Error ? cause.message : String(cause)})`);
  }
}

/**
 * Pickles run code when they are read, and whoever unpacks one on a server has lost it: they are refused by their first
 * bytes.
 */
function refuseBinary(path: string, bytes: Uint8Array): void {
  const starts = (...prefix: number[]) => prefix.every((byte, i) => bytes[i] === byte);
  if (/\.(pt|pth|bin|pkl|pickle|ckpt)$/i.test(path) || (starts(0x80) && bytes[1]! <= 5)) {
    throw cannotImport(
      path,
      'pickled Python objects are never read',
      'Evidence that needs one (an adapter, say) cannot be checked by others.',
    );
  }
  const isArrow =
    starts(0x41, 0x52, 0x52, 0x4f, 0x57, 0x31) || starts(0xff, 0xff, 0xff, 0xff) || /\.arrow$/i.test(path);
  if (isArrow)
    throw cannotImport(
      path,
      'it is an Arrow table',
      'Export the data set as JSON lines: one object per line with instruction, input, output.',
    );
}
