import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import { OmlError } from '@oml/protocol/error';
import { bytesToHex, hexToBytes, type Hex } from 'viem';

/** RFC 9180 in base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. */
const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
const ENCAPSULATED_BYTES = 32;

/** WebCrypto wants buffers of its own, never a view onto a larger one: what `slice` of a Buffer still is. */
const own = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;

export interface SealingKeyPair {
  /** X25519 public key, 32 bytes: goes on chain. */
  publicKey: Hex;
  keys: Awaited<ReturnType<typeof suite.kem.deriveKeyPair>>;
}

/** Derives a sealing key pair from a 32-byte seed (RFC 9180 §4, DeriveKeyPair). */
export async function sealingKeyPair(seed: Hex): Promise<SealingKeyPair> {
  const keys = await suite.kem.deriveKeyPair(own(hexToBytes(seed)));
  const publicKey = bytesToHex(new Uint8Array(await suite.kem.serializePublicKey(keys.publicKey)));
  return { publicKey, keys };
}

/**
 * Seals `bytes` so that only the holder of `publicKey` can read them; `info` binds the purpose. Encapsulated key first,
 * then ciphertext.
 */
export async function seal(publicKey: Hex, bytes: Uint8Array, info: string): Promise<Uint8Array> {
  const recipientPublicKey = await suite.kem.deserializePublicKey(own(hexToBytes(publicKey)));
  const sender = await suite.createSenderContext({ recipientPublicKey, info: own(new TextEncoder().encode(info)) });
  const ciphertext = new Uint8Array(await sender.seal(own(bytes)));
  const sealed = new Uint8Array(ENCAPSULATED_BYTES + ciphertext.length);
  sealed.set(new Uint8Array(sender.enc));
  sealed.set(ciphertext, ENCAPSULATED_BYTES);
  return sealed;
}

/** Opens what {@link seal} made. Throws EDITION_INVALID where it was not sealed to this key for this purpose. */
export async function openSealed({ keys }: SealingKeyPair, sealed: Uint8Array, info: string): Promise<Uint8Array> {
  try {
    const recipient = await suite.createRecipientContext({
      recipientKey: keys.privateKey,
      enc: own(sealed.subarray(0, ENCAPSULATED_BYTES)),
      info: own(new TextEncoder().encode(info)),
    });
    return new Uint8Array(await recipient.open(own(sealed.subarray(ENCAPSULATED_BYTES))));
  } catch (cause) {
    throw new OmlError('EDITION_INVALID', 'This was not sealed to our key, or it was changed on the way.', { cause });
  }
}
