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

export const nonceSaltPurpose = (auditId: string, round: number, i: number): string => `nonce/${auditId}/${round}/${i}`;
export const batchSaltPurpose = (auditId: string, round: number): string => `batch/${auditId}/${round}`;
export const claimSaltPurpose = (auditId: string, attempt: number): string => `claim/${auditId}/${attempt}`;
