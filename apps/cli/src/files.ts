import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';

/** The files of a folder, or the one file, by path relative to it with `/`. Links are not followed. */
export async function readFiles(path: string): Promise<Map<string, Uint8Array>> {
  if (!(await stat(path)).isDirectory()) return new Map([[basename(path), new Uint8Array(await readFile(path))]]);
  const files = new Map<string, Uint8Array>();
  for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const full = join(entry.parentPath, entry.name);
    files.set(relative(path, full).split(sep).join('/'), new Uint8Array(await readFile(full)));
  }
  return files;
}
