import { OmlError } from '@oml/protocol/error';
import { MAX_UPLOAD_BYTES } from '@oml/protocol/wire/upload';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { namedFile, readWhole, type NamedFile } from '../owner/model-folder.ts';

/** Files of these folders by their SHA-256, and each folder's model with the weights beside it as one file. */
export async function knownFiles(folders: readonly string[]): Promise<Map<string, NamedFile>> {
  const known = new Map<string, NamedFile>();
  for (const folder of folders) {
    for (const name of namesIn(folder)) {
      const path = join(folder, name);
      const { size, isFile } = sizeOf(path);
      if (!isFile || size > MAX_UPLOAD_BYTES) continue;
      const file = namedFile(path, new Uint8Array(readFileSync(path)));
      known.set(file.uploadId, file);
    }
    if (!existsSync(join(folder, 'model.onnx'))) continue;
    const whole = namedFile(folder, await readWhole(folder));
    known.set(whole.uploadId, whole);
  }
  return known;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    throw new OmlError('NOT_FOUND', `The folder ${folder} cannot be read.`, { cause });
  }
}

function sizeOf(path: string): { size: number; isFile: boolean } {
  const stats = statSync(path);
  return { size: stats.size, isFile: stats.isFile() };
}
