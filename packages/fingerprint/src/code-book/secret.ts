import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, type Hex } from 'viem';

const LABEL = new TextEncoder().encode('oml fingerprint v1');

/**
 * `length` bytes that only the holder of the secret can derive; different purposes give unrelated bytes (HKDF-SHA256,
 * RFC 5869).
 */
export function deriveBytes(secret: Uint8Array, purpose: string, length = 32): Uint8Array {
  return hkdf(sha256, secret, LABEL, new TextEncoder().encode(purpose), length);
}

/** 32 derived bytes as hex. */
export function deriveHex(secret: Uint8Array, purpose: string): Hex {
  return bytesToHex(deriveBytes(secret, purpose));
}

/** The owner's secret from hex; at least 16 bytes. */
export function readSecret(hex: Hex): Uint8Array {
  const secret = hexToBytes(hex);
  if (secret.length < 16) throw new RangeError('The fingerprint secret needs at least 16 bytes.');
  return secret;
}

/** An endless stream of random numbers, always the same for one secret and purpose. */
export interface SecretRandom {
  /** Uniform in [0, 1), 32 bits. */
  uniform(): number;
  /** Uniform integer below `limit`. */
  below(limit: number): number;
}

/** SHA-256 in counter mode over a derived key. */
export function secretRandom(secret: Uint8Array, purpose: string): SecretRandom {
  const block = new Uint8Array(40);
  block.set(deriveBytes(secret, purpose));
  const counter = new DataView(block.buffer);
  let words = new DataView(new ArrayBuffer(0));
  let at = 0;
  const next = (): number => {
    if (at >= words.byteLength) {
      counter.setUint32(36, counter.getUint32(36) + 1);
      words = new DataView(sha256(block).slice().buffer);
      at = 0;
    }
    at += 4;
    return words.getUint32(at - 4) / 2 ** 32;
  };
  return { uniform: next, below: (limit) => Math.floor(next() * limit) };
}

/** The same items in a secret order. */
export function shuffle<T>(items: readonly T[], random: SecretRandom): T[] {
  const shuffled = [...items];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
  }
  return shuffled;
}
