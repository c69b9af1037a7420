// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

/// @title The leaves of every Merkle tree that evidence stands in, each a leaf of OpenZeppelin's StandardMerkleTree
/// (leaves.ts of packages/protocol).
library Leaves {
    /// @notice A receipt that was anchored.
    function anchorLeaf(bytes32 digest) internal pure returns (bytes32) {
        return _twice(keccak256(abi.encode(digest)));
    }

    /// @notice Who asks item `index` of a batch, under which nonce.
    function pairLeaf(uint256 index, address client, bytes32 nonce) internal pure returns (bytes32) {
        return _twice(keccak256(abi.encode(index, client, nonce)));
    }

    /// @notice One committed fingerprint; `candidatesHash` is keccak256 of the packed candidates.
    function codeBookLeaf(
        uint256 index,
        bytes32 keyHash,
        bytes32 candidatesHash,
        uint8 bits,
        bytes32 salt
    ) internal pure returns (bytes32) {
        return _twice(keccak256(abi.encode(index, keyHash, candidatesHash, uint256(bits), salt)));
    }

    /// @notice Does `leaf` stand under `root`?
    function standsUnder(bytes32 root, bytes32 leaf, bytes32[] calldata proof) internal pure returns (bool) {
        return MerkleProof.verifyCalldata(proof, root, leaf);
    }

    /// @dev The second of the two hashes of a leaf, so that no inner node passes for one.
    function _twice(bytes32 inner) private pure returns (bytes32) {
        return keccak256(abi.encode(inner));
    }
}
