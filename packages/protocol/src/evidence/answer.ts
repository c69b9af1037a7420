import { concatHex, keccak256, toHex, type Hex } from 'viem';
import type { Leaf } from './code-book.ts';

/** A committed code book and the value of the round that its commitment named. */
export interface DrawnBook {
  root: Hex;
  beacon: Hex;
}

/** Which candidate of a leaf the beacon selects: `keccak256(beacon, root, index, salt, keyHash) mod 2^bits`. */
export function answerIndex(
  { root, beacon }: DrawnBook,
  { index, salt, keyHash, bits }: Pick<Leaf, 'index' | 'salt' | 'keyHash' | 'bits'>,
): number {
  const data = concatHex([beacon, root, toHex(index, { size: 32 }), salt, keyHash]);
  return Number(BigInt(keccak256(data)) % 2n ** BigInt(bits));
}
