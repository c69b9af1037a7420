// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title All hits of a claim as one hash (claim.ts of packages/protocol).
library HitsHash {
    /// @notice The hash of the hits so far, and one more.
    function addHit(bytes32 hitsHash, uint256 index, bytes32 digest, bytes32 keyHash) internal pure returns (bytes32) {
        return keccak256(abi.encode(hitsHash, index, digest, keyHash));
    }
}
