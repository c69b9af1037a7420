// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title A total that only grows, and what it was at the end of any block: one word until it grows in a later block.
library Totals {
    using SafeCast for uint256;

    struct Total {
        uint128 amount;
        uint64 since; // the block that made it so
        uint64 older; // totals before it
    }

    struct Trace {
        Total latest;
        mapping(uint256 index => Total) older;
    }

    /// @notice Raises the total to `amount`; false where it is as high already.
    function raise(Trace storage trace, uint256 amount) internal returns (bool) {
        Total memory latest = trace.latest;
        if (amount <= latest.amount) return false;
        // Within one block only the last total counts.
        if (latest.amount != 0 && latest.since != block.number) trace.older[latest.older++] = latest;
        trace.latest = Total(amount.toUint128(), uint64(block.number), latest.older);
        return true;
    }

    function totalAt(Trace storage trace, uint256 blockNumber) internal view returns (uint256) {
        Total memory found = trace.latest;
        if (found.since <= blockNumber) return found.amount;
        // The last of the older totals that is no younger than the block, if there is one.
        (uint256 low, uint256 high) = (0, found.older);
        while (low < high) {
            uint256 middle = (low + high) / 2;
            if (trace.older[middle].since <= blockNumber) low = middle + 1;
            else high = middle;
        }
        return low == 0 ? 0 : trace.older[low - 1].amount;
    }
}
