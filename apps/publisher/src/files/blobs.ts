import { OmlError } from '@oml/protocol/error';
import type { Files } from './folder-files.ts';
import type { OwnerSecret } from './owner-secret.ts';

/** Files of this publisher by name, encrypted at rest: clean weights and code books never lie open anywhere. */
export class Blobs {
  private readonly files: Files;
  private readonly secret: OwnerSecret;

  constructor(files: Files, secret: OwnerSecret) {
    this.files = files;
    this.secret = secret;
  }

  /** Stores a file; it is complete when this resolves. */
  put(name: string, bytes: Uint8Array): Promise<void> {
    return this.files.write(checked(name), this.secret.encrypt(name, bytes));
  }

  /** Stores what `bytes` bring, however long, by way of a new file at `path` on the same disk as a folder's files. */
  async putStream(name: string, bytes: AsyncIterable<Uint8Array>, path: string): Promise<void> {
    await this.secret.encryptFile(checked(name), bytes, path);
    await this.files.adopt(name, path);
  }

  /** Throws NOT_FOUND, and ENV_INVALID where it was stored under another secret. */
  async get(name: string): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = await this.files.read(checked(name));
    if (!bytes) throw new OmlError('NOT_FOUND', `There is no file "${name}" here.`);
    return new Uint8Array(this.secret.decrypt(name, bytes));
  }

  async getText(name: string): Promise<string> {
    return new TextDecoder().decode(await this.get(name));
  }

  has(name: string): Promise<boolean> {
    return this.files.has(checked(name));
  }

  delete(name: string): Promise<void> {
    return this.files.remove(checked(name));
  }
}

/** Names are made by this program from ids; anything else would be a way out of the folder. */
function checked(name: string): string {
  if (!/^[a-z0-9-]+(?:\/[a-z0-9-]+)*$/.test(name)) throw new Error(`"${name}" is not the name of a blob`);
  return name;
}
