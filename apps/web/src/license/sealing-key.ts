import { bytesToHex, concatBytes, hexToBytes, stringToBytes } from 'viem';
import type { Hex } from '#kit/hex.ts';

/** DHKEM(X25519, HKDF-SHA256): RFC 9180 §7.1. */
const SUITE = concatBytes([stringToBytes('KEM'), new Uint8Array([0x00, 0x20])]);
const VERSION = stringToBytes('HPKE-v1');
/** RFC 8410: what stands before the 32 bytes of an X25519 key in PKCS #8. */
const PKCS8_HEADER = hexToBytes('0x302e020100300506032b656e04220420');

/**
 * X25519 public key of a 32-byte sealing seed (RFC 9180 §7.1.3, DeriveKeyPair): what goes on chain, so that editions
 * can be sealed to it.
 */
export async function sealingPublicKey(seed: Hex): Promise<Hex> {
  const extracted = await hmac(
    new Uint8Array(32),
    concatBytes([VERSION, SUITE, stringToBytes('dkp_prk'), hexToBytes(seed)]),
  );
  const secret = await hmac(
    extracted,
    concatBytes([new Uint8Array([0, 32]), VERSION, SUITE, stringToBytes('sk'), new Uint8Array([1])]),
  );
  const pkcs8 = concatBytes([PKCS8_HEADER, secret]);
  const key = await crypto.subtle.importKey('pkcs8', own(pkcs8), { name: 'X25519' }, true, ['deriveBits']);
  const { x } = await crypto.subtle.exportKey('jwk', key);
  return bytesToHex(Uint8Array.from(atob(x!.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0)));
}

async function hmac(key: Uint8Array, message: Uint8Array): Promise<Uint8Array> {
  const imported = await crypto.subtle.importKey('raw', own(key), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, own(message)));
}

/** WebCrypto wants buffers of its own. */
const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);
