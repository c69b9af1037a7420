import { concatHex, keccak256, type Hex } from 'viem';

/**
 * Does `leaf` stand under `root`? Pairs are hashed in sorted order, as in `@openzeppelin/merkle-tree` and the
 * contracts.
 */
export function standsUnder(root: Hex, leaf: Hex, proof: readonly Hex[]): boolean {
  const top = proof.reduce(
    (hash, sibling) =>
      keccak256(concatHex(hash.toLowerCase() < sibling.toLowerCase() ? [hash, sibling] : [sibling, hash])),
    leaf,
  );
  return top.toLowerCase() === root.toLowerCase();
}
