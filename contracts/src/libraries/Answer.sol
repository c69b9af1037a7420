// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title The answer that a key must be given (answer.ts of packages/protocol).
library Answer {
    /// @notice The candidate that a code book's beacon selects.
    function answerIndex(bytes32 beacon, bytes32 salt, bytes32 keyHash, uint8 bits) internal pure returns (uint256) {
        return uint256(keccak256(abi.encodePacked(beacon, salt, keyHash))) % (uint256(1) << bits);
    }
}
