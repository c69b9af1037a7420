import { concatHex, keccak256, toHex, type Hex } from 'viem';
import { keyIndexAt } from './batch.ts';
import { unpackCandidates } from './candidate.ts';
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

/** What the items of a drawn batch are held against. */
export interface DrawnBatch extends DrawnBook {
  batchId: Hex;
  batchBeacon: Hex;
  commonSize: number;
  bits: number;
}

/**
 * The key that item `i` of a batch asks, and its answer, by the packed candidates of the leaf that is shown for it;
 * undefined where they are none.
 */
export function itemAnswer(
  { batchId, batchBeacon, commonSize, bits, ...draw }: DrawnBatch,
  { i, keyHash, candidates: packed, salt }: { i: number; keyHash: Hex; candidates: Hex; salt: Hex },
): { keyIndex: number; candidates: Hex[]; answer: Hex } | undefined {
  const keyIndex = keyIndexAt(batchBeacon, batchId, i, commonSize);
  const candidates = unpackCandidates(packed);
  const answer = candidates?.[answerIndex(draw, { index: keyIndex, salt, keyHash, bits })];
  return candidates && answer && { keyIndex, candidates, answer };
}
