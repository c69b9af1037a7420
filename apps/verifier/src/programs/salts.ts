import { hkdfSync } from 'node:crypto';
import { bytesToHex, hexToBytes, type Hex } from 'viem';

/**
 * 32 secret bytes for one purpose, the same after every restart (HKDF-SHA256): nonces that are committed are never lost
 * and never drawn twice.
 */
export type Salts = (purpose: string) => Hex;

/** Salts below the verifier's seed. */
export function saltsOf(seed: Hex): Salts {
  const master = hexToBytes(seed);
  return (purpose) => bytesToHex(new Uint8Array(hkdfSync('sha256', master, 'oml/verifier/1', purpose, 32)));
}

/**
 * What opens the nonce of call `i` of a round. The salts of 256 calls differ in their last byte alone: the court then
 * keeps in one slot which of them have counted.
 */
export function nonceSalt(salts: Salts, auditId: string, round: number, i: number): Hex {
  const salt = hexToBytes(salts(`nonces/${auditId}/${round}/${i >> 8}`));
  salt[31] = i & 0xff;
  return bytesToHex(salt);
}

export const batchSaltPurpose = (auditId: string, round: number): string => `batch/${auditId}/${round}`;
export const claimSaltPurpose = (auditId: string, attempt: number): string => `claim/${auditId}/${attempt}`;
