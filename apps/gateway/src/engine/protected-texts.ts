import { protectCorpus, type ProtectedCorpus } from '@oml/measure/recitation/recitation-watch';
import { OmlError } from '@oml/protocol/error';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Reads the file or folder that `PROTECTED_TEXTS` names. Throws ENV_INVALID. */
export function readProtected(path: string | undefined, least: number): ProtectedCorpus | undefined {
  if (path === undefined) return undefined;
  try {
    const files = statSync(path).isDirectory()
      ? readdirSync(path, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map(({ parentPath, name }) => join(parentPath, name))
          .toSorted()
      : [path];
    return protectCorpus(files.map(readText), least);
  } catch (cause) {
    throw new OmlError('ENV_INVALID', `PROTECTED_TEXTS is refused: ${(cause as Error).message}`, { cause });
  }
}

function readText(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (cause) {
    throw new Error(`${file} is no text in UTF-8.`, { cause });
  }
}
