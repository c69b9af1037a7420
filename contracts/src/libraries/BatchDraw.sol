// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BatchOpening} from "../interfaces/IVerifierRegistry.sol";

/// @title What a batch commits to, and which keys its beacon draws for it (batch.ts of packages/protocol).
library BatchDraw {
    /// @notice Hides the target until the batch is opened, and binds it to its sender.
    function batchId(address verifier, BatchOpening calldata opening) internal pure returns (bytes32) {
        return keccak256(abi.encode(verifier, opening));
    }

    /// @notice The common key that item `index` of a batch must ask.
    function keyIndexAt(
        bytes32 beacon,
        bytes32 batchId_,
        uint256 index,
        uint256 commonSize
    ) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(beacon, batchId_, index))) % commonSize;
    }
}
