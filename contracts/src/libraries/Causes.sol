// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice Causes of one kind that keep something inactive, counted.
struct Cause {
    uint40 since; // one of them at least has stood without a break; 0: none does
    uint16 count;
}

library Causes {
    function add(Cause storage cause) internal {
        if (cause.count++ == 0) cause.since = uint40(block.timestamp);
    }

    /// @dev With the last cause falls the date.
    function drop(Cause storage cause) internal returns (bool last) {
        last = --cause.count == 0;
        if (last) cause.since = 0;
    }
}
