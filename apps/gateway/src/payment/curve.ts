import { keccak } from '@oml/protocol/keccak';
import type { Recover } from '@oml/protocol/signed/strict-signature';
import { recover, signRecoverable } from 'tiny-secp256k1';
import { bytesToHex, concatBytes, getAddress, hexToBytes, type Address, type Hex } from 'viem';

// libsecp256k1 in wasm: signatures are most of what a call costs in plain JavaScript (decision 0038).

/** A call is looked at twice, by the line and by the gate, and comes again where an answer was lost. */
const MOST_KNOWN = 1_024;

/** Recovers signers, and remembers the last ones. What goes in is checked by `recoverStrict`. */
export function createRecover(): Recover {
  const known = new Map<string, Address>();
  return (digest, signature) => {
    const key = digest + signature;
    const found = known.get(key);
    if (found) return found;
    const signer = signerOf(digest, signature);
    if (known.size >= MOST_KNOWN) known.delete(known.keys().next().value!);
    known.set(key, signer);
    return signer;
  };
}

/** For everything that this process is sent. */
export const recoverFast = createRecover();

function signerOf(digest: Hex, signature: Hex): Address {
  const bytes = hexToBytes(signature);
  const publicKey = recover(hexToBytes(digest), bytes.subarray(0, 64), bytes[64] === 28 ? 1 : 0, false);
  if (!publicKey) throw new Error('no key made this signature');
  return getAddress(`0x${keccak(publicKey.subarray(1)).slice(-40)}`);
}

/** Signs digests: r, s in the lower half, v, of RFC 6979, so that the same digest has the same signature. */
export function createSign(privateKey: Hex): (digest: Hex) => Hex {
  const key = hexToBytes(privateKey);
  return (digest) => {
    const { signature, recoveryId } = signRecoverable(hexToBytes(digest), key);
    return bytesToHex(concatBytes([signature, Uint8Array.of(27 + recoveryId)]));
  };
}
