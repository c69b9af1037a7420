import { createCipheriv, createDecipheriv, randomBytes, type Cipheriv, type Decipheriv } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { OwnerSecret } from './owner-secret.ts';

const IV_BYTES = 16;
const BLOCK_BYTES = 16;

/**
 * Files that are still arriving, in a folder of this machine. Each is a random start value and AES-256-CTR, which goes
 * on at any byte: what has arrived is as long as the file says, after a kill, too. That a byte was changed shows in the
 * digest in the end.
 */
export class UploadDrafts {
  private readonly folder: string;
  private readonly secret: OwnerSecret;

  constructor(folder: string, secret: OwnerSecret) {
    this.folder = folder;
    this.secret = secret;
  }

  /** How many bytes have arrived. */
  async held(name: string): Promise<number> {
    const { size } = await stat(this.pathOf(name)).catch(() => ({ size: 0 }));
    return Math.max(0, size - IV_BYTES);
  }

  /**
   * Appends what `body` brings, `most` bytes of it, to a draft that holds `start` bytes; 0 starts anew. Resolves to
   * what it brought, the last chunk beyond `most` counted and not written.
   */
  async append(name: string, start: number, most: number, body: AsyncIterable<Uint8Array>): Promise<number> {
    await mkdir(dirname(this.pathOf(name)), { recursive: true, mode: 0o700 });
    const file = await open(this.pathOf(name), start === 0 ? 'w+' : 'r+', 0o600);
    try {
      if (start === 0) await file.write(randomBytes(IV_BYTES), 0, IV_BYTES, 0);
      const { buffer: iv } = await file.read(Buffer.alloc(IV_BYTES), 0, IV_BYTES, 0);
      const cipher = this.at(createCipheriv, name, iv, start);
      let brought = 0;
      for await (const chunk of body) {
        const written = brought;
        brought += chunk.length;
        if (brought > most) break;
        await file.write(cipher.update(chunk), 0, chunk.length, IV_BYTES + start + written);
      }
      return brought;
    } finally {
      await file.close();
    }
  }

  /** What has arrived, from the start. */
  async *read(name: string): AsyncGenerator<Uint8Array> {
    const bytes = createReadStream(this.pathOf(name));
    let decipher: Decipheriv | undefined;
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      const iv: Buffer | undefined = decipher ? undefined : chunk.subarray(0, IV_BYTES);
      if (iv) decipher = this.at(createDecipheriv, name, iv, 0);
      yield decipher!.update(iv ? chunk.subarray(IV_BYTES) : chunk);
    }
  }

  delete(name: string): Promise<void> {
    return rm(this.pathOf(name), { force: true });
  }

  /** Where such a draft may be written anew, beside it. */
  pathOf(name: string): string {
    return join(this.folder, name);
  }

  private at<Made extends Cipheriv | Decipheriv>(
    make: (algorithm: string, key: Uint8Array, iv: Uint8Array) => Made,
    name: string,
    iv: Uint8Array,
    offset: number,
  ): Made {
    const first = BigInt(`0x${Buffer.from(iv).toString('hex')}`) + BigInt(Math.floor(offset / BLOCK_BYTES));
    const counter = Buffer.from(
      BigInt.asUintN(128, first)
        .toString(16)
        .padStart(2 * IV_BYTES, '0'),
      'hex',
    );
    const made = make('aes-256-ctr', this.secret.derive(`upload-draft/${name}`), counter);
    made.update(Buffer.alloc(offset % BLOCK_BYTES));
    return made;
  }
}
