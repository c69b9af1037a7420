import { OmlError } from '@oml/protocol/error';
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { OwnerSecret } from './owner-secret.ts';

/** Files of this publisher by name, encrypted at rest: clean weights and code books never lie open on its disk. */
export class Blobs {
  private readonly folder: string;
  private readonly secret: OwnerSecret;

  constructor(folder: string, secret: OwnerSecret) {
    this.folder = folder;
    this.secret = secret;
  }

  /** Writes a file whole or not at all: it is complete on disk when this resolves. */
  async put(name: string, bytes: Uint8Array): Promise<void> {
    const path = this.path(name);
    mkdirSync(dirname(path), { recursive: true });
    const draft = `${path}.${randomUUID()}.part`;
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(this.secret.encrypt(name, bytes));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  }

  /** Throws NOT_FOUND. */
  async get(name: string): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = await readFile(this.path(name)).catch((cause: NodeJS.ErrnoException) => {
      throw cause.code === 'ENOENT' ? new OmlError('NOT_FOUND', `There is no file "${name}" here.`, { cause }) : cause;
    });
    return new Uint8Array(this.secret.decrypt(name, bytes));
  }

  async has(name: string): Promise<boolean> {
    return stat(this.path(name)).then(() => true, () => false);
  }

  async delete(name: string): Promise<void> {
    await rm(this.path(name), { force: true });
  }

  /** Names are made by this program from ids; anything else would be a way out of the folder. */
  private path(name: string): string {
    if (!/^[a-z0-9-]+(?:\/[a-z0-9-]+)*$/.test(name)) throw new Error(`"${name}" is no blob name`);
    return join(this.folder, name);
  }
}
