import { candidatesHash, type Leaf } from '@oml/protocol/evidence/code-book';
import { poseidon2Hash } from '@zkpassport/poseidon2';
import { numberToHex, type Hex } from 'viem';

/** Room for a million keys; circuits want one depth for all code books. */
const DEPTH = 20;
const HALF = 1n << 128n;

/**
 * The second root of a code book, over Poseidon2 on BN254: the same leaves as the keccak tree, in a form that a later
 * zero-knowledge circuit can
 * open cheaply (research notes, zk.md). Leaf = H(index, keyHash, candidatesHash, bits, salt) with each 32-byte word as
 * two 128-bit halves, high
 * first; inner nodes H(left, right); missing leaves are 0. Unused by the contracts of version 1.
 */
export function poseidonRoot(leaves: readonly Leaf[]): Hex {
  if (leaves.length > 2 ** DEPTH) throw new RangeError(`A code book has at most ${2 ** DEPTH} keys.`);
  let level = leaves.map(leafOf);
  let empty = 0n;
  for (let depth = 0; depth < DEPTH; depth++) {
    const above: bigint[] = [];
    for (let i = 0; i < level.length; i += 2) above.push(poseidon2Hash([level[i]!, level[i + 1] ?? empty]));
    empty = poseidon2Hash([empty, empty]);
    level = above;
  }
  return numberToHex(level[0] ?? empty, { size: 32 });
}

function leafOf(leaf: Leaf): bigint {
  return poseidon2Hash([
    BigInt(leaf.index),
    ...halves(leaf.keyHash),
    ...halves(candidatesHash(leaf.candidates)),
    BigInt(leaf.bits),
    ...halves(leaf.salt),
  ]);
}

/** Both lie below the field's order; the whole word might not. */
function halves(word: Hex): [bigint, bigint] {
  const value = BigInt(word);
  return [value / HALF, value % HALF];
}
