import { StandardMerkleTree } from '@openzeppelin/merkle-tree';
import { isCandidateList, packCandidates } from './candidate.ts';
import { keccak256, type Hex } from 'viem';
import { OmlError } from '../error.ts';
import { codeBookLeaf } from './leaves.ts';

/** One committed fingerprint: what stands in the Merkle tree of a code book (protocol §5, "Code book"). */
export interface Leaf {
  index: number;
  /** keccak256 of the canonical query: equals `queryHash` of a receipt that answers it. */
  keyHash: Hex;
  /** 2^bits zero-padded heads, strictly sorted, none a prefix of the next. */
  candidates: readonly Hex[];
  bits: number;
  salt: Hex;
}

const LEAF_TYPES = ['uint256', 'bytes32', 'bytes32', 'uint256', 'bytes32'];
type LeafValues = [bigint, Hex, Hex, bigint, Hex];

/** keccak256 of the packed candidates. */
export function candidatesHash(candidates: readonly Hex[]): Hex {
  return keccak256(packCandidates(candidates));
}

/** The values of a leaf as the tree and the contract encode them. */
export function leafValues(leaf: Leaf): LeafValues {
  return [BigInt(leaf.index), leaf.keyHash, candidatesHash(leaf.candidates), BigInt(leaf.bits), leaf.salt];
}

/** Double keccak of a leaf, as `@openzeppelin/merkle-tree` and `ClaimCourt` compute it. */
export function leafHash(leaf: Leaf): Hex {
  return codeBookLeaf({ ...leaf, index: BigInt(leaf.index), candidatesHash: candidatesHash(leaf.candidates) });
}

/** The Merkle tree over all leaves; its root is committed on chain. Throws CODE_BOOK_INVALID for a malformed leaf. */
export function codeBookTree(leaves: readonly Leaf[]): StandardMerkleTree<LeafValues> {
  leaves.forEach((leaf, i) => {
    if (leaf.index !== i) throw new OmlError('CODE_BOOK_INVALID', `Leaf ${i} carries index ${leaf.index}.`);
    if (leaf.bits < 1 || leaf.bits > 6)
      throw new OmlError('CODE_BOOK_INVALID', `Leaf ${i} has ${leaf.bits} bits; 1 to 6 are allowed.`);
    if (leaf.candidates.length !== 2 ** leaf.bits || !isCandidateList(leaf.candidates))
      throw new OmlError(
        'CODE_BOOK_INVALID',
        `Leaf ${i} does not hold ${2 ** leaf.bits} sorted, prefix-free candidates.`,
      );
  });
  return StandardMerkleTree.of(leaves.map(leafValues), LEAF_TYPES);
}

/** Merkle proof of the leaf at `index`. */
export function leafProof(tree: StandardMerkleTree<LeafValues>, index: number): Hex[] {
  return tree.getProof(index) as Hex[];
}
