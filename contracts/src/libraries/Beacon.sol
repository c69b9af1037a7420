// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title The hash of a block as a beacon: known to nobody before that block, readable for 256 blocks after it.
library Beacon {
    function isReady(uint256 beaconBlock) internal view returns (bool) {
        return block.number > beaconBlock;
    }

    /// @notice Zero where the block is not mined yet or already out of reach.
    function hashAt(uint256 beaconBlock) internal view returns (bytes32) {
        return blockhash(beaconBlock);
    }
}
