import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Where encrypted files lie: a folder, or an S3-compatible store. */
export interface Files {
  /** Writes a file whole or not at all: it is complete when this resolves. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Takes over a complete file of this machine, whole or not at all. */
  adopt(name: string, path: string): Promise<void>;
  /** Undefined where there is no such file. */
  read(name: string): Promise<Uint8Array | undefined>;
  has(name: string): Promise<boolean>;
  remove(name: string): Promise<void>;
}

/** Files in a folder of this machine, readable by this user only. */
export function folderFiles(folder: string): Files {
  const pathOf = (name: string) => join(folder, name);
  return {
    async write(name, bytes) {
      await mkdir(dirname(pathOf(name)), { recursive: true });
      const draft = `${pathOf(name)}.${randomUUID()}.part`;
      const file = await open(draft, 'wx', 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, pathOf(name));
    },
    async adopt(name, path) {
      await mkdir(dirname(pathOf(name)), { recursive: true });
      await rename(path, pathOf(name));
    },
    read: (name) =>
      readFile(pathOf(name)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      }),
    has: (name) =>
      stat(pathOf(name)).then(
        () => true,
        () => false,
      ),
    remove: (name) => rm(pathOf(name), { force: true }),
  };
}
