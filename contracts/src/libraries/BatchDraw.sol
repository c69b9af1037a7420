// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BatchOpening} from "../interfaces/IVerifierRegistry.sol";

/// @title What a batch commits to, and which keys its beacon draws for it (batch.ts of packages/protocol).
library BatchDraw {
    /// @notice Of a batch whose opening is still hidden. It is its sender's: whoever copies the hash of an opening
    /// commits another batch.
    function batchId(address verifier, bytes32 openingHash) internal pure returns (bytes32) {
        return keccak256(abi.encode(verifier, openingHash));
    }

    function batchId(address verifier, BatchOpening calldata opening) internal pure returns (bytes32) {
        return batchId(verifier, keccak256(abi.encode(opening)));
    }

    /// @notice The common key that item `index` of a batch must ask: one after the other from where the beacon says, so
    /// that none repeats.
    function keyIndexAt(
        bytes32 beacon,
        bytes32 batchId_,
        uint256 index,
        uint256 commonSize
    ) internal pure returns (uint256) {
        uint256 offset = uint256(keccak256(abi.encode(beacon, batchId_))) % commonSize;
        return (offset + index) % commonSize;
    }
}
