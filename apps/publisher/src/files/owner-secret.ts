import { OmlError } from '@oml/protocol/error';
import { decrypt, encrypt, startEnvelope } from '@oml/service/envelope';
import { hkdfSync } from 'node:crypto';
import { open } from 'node:fs/promises';
import { hexToBytes, type Hex } from 'viem';

/** What the publisher may do with OWNER_SECRET; the secret itself stays in this closure. */
export interface OwnerSecret {
  /**
   * 32 secret bytes for one purpose (RFC 5869, HKDF-SHA256); the same purpose gives the same bytes after every restart.
   */
  derive(purpose: string): Uint8Array;
  /** AES-256-GCM under a key of its own; `name` is bound, so that two files cannot be swapped. */
  encrypt(name: string, bytes: Uint8Array): Uint8Array;
  /** The same into a new file, however long; `bytes` are read once. */
  encryptFile(name: string, bytes: AsyncIterable<Uint8Array>, path: string): Promise<void>;
  /** Throws ENV_INVALID where the bytes were written under another OWNER_SECRET or name, or were changed. */
  decrypt(name: string, bytes: Uint8Array): Uint8Array;
}

/** Wraps the owner's 32-byte secret. */
export function ownerSecret(secret: Hex): OwnerSecret {
  const master = hexToBytes(secret);
  const derive = (purpose: string) => new Uint8Array(hkdfSync('sha256', master, 'oml/publisher/1', purpose, 32));
  const storageKey = derive('storage');
  return {
    derive,
    encrypt: (name, bytes) => encrypt(storageKey, bytes, name),
    async encryptFile(name, bytes, path) {
      const envelope = startEnvelope(storageKey, name);
      const file = await open(path, 'w', 0o600);
      try {
        await file.writeFile(Buffer.alloc(envelope.headBytes));
        for await (const chunk of bytes) await file.writeFile(envelope.update(chunk));
        await file.write(envelope.head(), 0, envelope.headBytes, 0);
        await file.sync();
      } finally {
        await file.close();
      }
    },
    decrypt(name, bytes) {
      try {
        return decrypt(storageKey, bytes, name);
      } catch (cause) {
        throw new OmlError(
          'ENV_INVALID',
          'What this publisher stored does not open: OWNER_SECRET is not the one it was written under, or the file was changed.',
          { cause },
        );
      }
    },
  };
}
