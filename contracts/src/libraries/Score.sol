// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title How much the items of a batch weigh as evidence (score.ts of packages/protocol).
library Score {
    /// @notice What a hit scores: the bits of its answer less one for asking, and less ceil(log2) of the licenses among
    /// which the batch lets its receipt name one. 2^score is then a supermartingale for a clean host.
    function hitPoints(uint8 bits, uint256 licenses) internal pure returns (int16) {
        return int16(int256(uint256(bits)) - 1 - int256(Math.log2(Math.max(1, licenses), Math.Rounding.Ceil)));
    }

    /// @notice Score of the first items: each hit its points, any other −1.
    function batchScore(uint256 hits, uint256 items, int256 points) internal pure returns (int256) {
        return int256(hits) * points - int256(items - hits);
    }
}
