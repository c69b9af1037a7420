// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Zero-padded answers of up to 32 bytes: their order, their prefixes (candidate.ts and head.ts of packages/protocol).
library Candidates {
    bytes32 private constant LOW_BITS = 0x7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f;

    /// @notice Bytes before the first zero byte.
    function length(bytes32 text) internal pure returns (uint256) {
        uint256 low = uint256(LOW_BITS);
        uint256 word = uint256(text);
        // The high bit of every byte that is zero; no carry leaves its byte, since 0x7f + 0x7f < 0x100.
        uint256 zeros = ~(((word & low) + low) | word | low);
        return zeros == 0 ? 32 : 31 - (Math.log2(zeros) >> 3);
    }

    /// @notice Does `text` start with `prefix`? An empty prefix starts nothing.
    function startsWith(bytes32 text, bytes32 prefix) internal pure returns (bool) {
        uint256 size = length(prefix);
        return size != 0 && uint256(text ^ prefix) >> (8 * (32 - size)) == 0;
    }

    /// @notice Strictly sorted, non-empty and none a prefix of the next: since prefixes sort first, none is a prefix of any other.
    function isList(bytes32[] calldata candidates) internal pure returns (bool) {
        for (uint256 i = 0; i < candidates.length; ++i) {
            if (candidates[i][0] == 0) return false;
            if (i == 0) continue;
            if (candidates[i - 1] >= candidates[i] || startsWith(candidates[i], candidates[i - 1])) return false;
        }
        return true;
    }
}
