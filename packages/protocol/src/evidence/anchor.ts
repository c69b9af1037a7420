import { StandardMerkleTree } from '@openzeppelin/merkle-tree';
import type { Hex } from 'viem';

/** Merkle tree over receipt digests; its root is anchored on chain so that a receipt's age can be proven. */
export function anchorTree(digests: readonly Hex[]): StandardMerkleTree<[Hex]> {
  return StandardMerkleTree.of(
    digests.map((digest): [Hex] => [digest]),
    ['bytes32'],
  );
}

/** Proof that `digest` stands under the tree's root. */
export function anchorProof(tree: StandardMerkleTree<[Hex]>, digest: Hex): Hex[] {
  return tree.getProof([digest]) as Hex[];
}
