import { concatHex, keccak256, type Hex } from 'viem';

/** Which candidate the beacon selects: `keccak256(beacon, salt, keyHash) mod 2^bits`. */
export function answerIndex(beacon: Hex, salt: Hex, keyHash: Hex, bits: number): number {
  return Number(BigInt(keccak256(concatHex([beacon, salt, keyHash]))) % 2n ** BigInt(bits));
}
