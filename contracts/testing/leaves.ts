import { candidateOf } from '@oml/protocol/evidence/candidate';
import type { Leaf } from '@oml/protocol/evidence/code-book';
import { keccak256, toHex } from 'viem';
import { random } from './random.ts';

/** A code book of `size` keys with 64 candidates each. */
export function makeLeaves(size: number): Leaf[] {
  const candidates = Array.from({ length: 64 }, (_, i) => candidateOf(`answer ${String(i).padStart(2, '0')}`)!);
  return Array.from({ length: size }, (_, index) => ({
    index,
    keyHash: keccak256(toHex(`key ${index}`)),
    candidates,
    bits: 6,
    salt: random(),
  }));
}
