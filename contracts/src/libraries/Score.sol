// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title How much the items of a batch weigh as evidence (score.ts of packages/protocol).
library Score {
    /// @notice bits - 1 for every hit, -1 for any other item: 2^score is then a supermartingale for a clean host.
    function batchScore(uint256 hits, uint256 items, uint256 bits) internal pure returns (int256) {
        return int256(hits * bits) - int256(items);
    }
}
