import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM under a 32-byte key: iv, tag, ciphertext. `boundTo` is authenticated and not stored, so that two
 * envelopes cannot be swapped. Ivs are random: one key is good for 2^32 envelopes (NIST SP 800-38D §8.3). A key that is
 * used often is best a KeyObject, which bytes are made into each time.
 */
export function encrypt(key: KeyObject | Uint8Array, bytes: Uint8Array, boundTo: string): Buffer<ArrayBuffer> {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(Buffer.from(boundTo));
  const body = Buffer.concat([cipher.update(bytes), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
}

/**
 * The same piece by piece, for what is too long to be held: `update` each, then write `head()` before what they gave.
 */
export function startEnvelope(key: Uint8Array, boundTo: string) {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(Buffer.from(boundTo));
  return {
    headBytes: IV_BYTES + TAG_BYTES,
    update: (bytes: Uint8Array): Buffer => cipher.update(bytes),
    head(): Buffer {
      cipher.final();
      return Buffer.concat([iv, cipher.getAuthTag()]);
    },
  };
}

/**
 * Opens what {@link encrypt} made. Throws where key or `boundTo` is another, or where a byte was changed or cut off.
 */
export function decrypt(key: KeyObject | Uint8Array, envelope: Uint8Array, boundTo: string): Buffer<ArrayBuffer> {
  const decipher = createDecipheriv(ALGORITHM, key, envelope.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(boundTo)).setAuthTag(envelope.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(envelope.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
}
