// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice Merkle trees over a power of two of leaves, hashed as in @openzeppelin/merkle-tree.
library Merkle {
    function root(bytes32[] memory leaves) internal pure returns (bytes32) {
        while (leaves.length > 1) leaves = _above(leaves);
        return leaves[0];
    }

    function proof(bytes32[] memory leaves, uint256 index) internal pure returns (bytes32[] memory path) {
        uint256 depth = 0;
        while (leaves.length >> depth > 1) ++depth;
        path = new bytes32[](depth);
        for (uint256 i = 0; i < depth; ++i) {
            path[i] = leaves[index ^ 1];
            leaves = _above(leaves);
            index /= 2;
        }
    }

    function _above(bytes32[] memory leaves) private pure returns (bytes32[] memory nodes) {
        nodes = new bytes32[](leaves.length / 2);
        for (uint256 i = 0; i < nodes.length; ++i) {
            (bytes32 a, bytes32 b) = (leaves[2 * i], leaves[2 * i + 1]);
            nodes[i] = a < b ? keccak256(abi.encode(a, b)) : keccak256(abi.encode(b, a));
        }
    }
}
