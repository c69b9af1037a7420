// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title The answer that a key must be given (answer.ts of packages/protocol).
library Answer {
    /// @notice The candidate that a code book's beacon selects for the leaf at `index`. A key that stands at several
    /// places of a book is drawn for each.
    function answerIndex(
        bytes32 beacon,
        bytes32 root,
        uint256 index,
        bytes32 salt,
        bytes32 keyHash,
        uint8 bits
    ) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(beacon, root, index, salt, keyHash))) % (uint256(1) << bits);
    }
}
