// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Sets of up to 256 small numbers in one word.
library Bits {
    function count(uint256 word) internal pure returns (uint256 ones) {
        unchecked {
            for (; word != 0; word &= word - 1) ++ones;
        }
    }
}
