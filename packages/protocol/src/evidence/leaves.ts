import { concatHex, encodeAbiParameters, keccak256, type Address, type Hex } from 'viem';

/**
 * A leaf of OpenZeppelin's StandardMerkleTree: its ABI encoding, hashed twice, so that no inner node passes for one.
 */
const leafOf = (encoded: Hex): Hex => keccak256(keccak256(encoded));

/** Leaf of an anchored receipt; one bytes32 encodes as itself. */
export const anchorLeaf = (digest: Hex): Hex => leafOf(digest);

/** Leaf of who asks item `index` of a batch, under which nonce. */
export function pairLeaf(index: bigint, client: Address, requestNonce: Hex): Hex {
  return leafOf(
    encodeAbiParameters([{ type: 'uint256' }, { type: 'address' }, { type: 'bytes32' }], [index, client, requestNonce]),
  );
}

/** Leaf of one committed fingerprint; `candidatesHash` is keccak256 of its packed candidates. */
export function codeBookLeaf(leaf: { index: bigint; keyHash: Hex; candidatesHash: Hex; bits: number; salt: Hex }): Hex {
  const { index, keyHash, candidatesHash, bits, salt } = leaf;
  return leafOf(
    encodeAbiParameters(
      [{ type: 'uint256' }, { type: 'bytes32' }, { type: 'bytes32' }, { type: 'uint256' }, { type: 'bytes32' }],
      [index, keyHash, candidatesHash, BigInt(bits), salt],
    ),
  );
}

/** Root that a Merkle proof leads to: pairs are hashed in sorted order, as OpenZeppelin's contracts do. */
export function rootFrom(leaf: Hex, proof: readonly Hex[]): Hex {
  return proof.reduce<Hex>((hash, sibling) => {
    const other = sibling.toLowerCase() as Hex;
    return keccak256(concatHex(hash < other ? [hash, other] : [other, hash]));
  }, leaf.toLowerCase() as Hex);
}

/** Does `leaf` stand under `root`? */
export function standsUnder(root: Hex, leaf: Hex, proof: readonly Hex[]): boolean {
  return rootFrom(leaf, proof) === root.toLowerCase();
}
