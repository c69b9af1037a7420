import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Texts } from './texts.ts';

/** Keeps texts as files of their owner alone, one each; for programs on Node. */
export function fileTexts(folder: string): Texts {
  const path = (name: string) => join(folder, `${name}.json`);
  return {
    async read(name) {
      try {
        return await readFile(path(name), 'utf8');
      } catch (error) {
        if ((error as { code?: string }).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async write(name, text) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const next = `${path(name)}.next`;
      const file = await open(next, 'w', 0o600);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(next, path(name));
    },
  };
}
