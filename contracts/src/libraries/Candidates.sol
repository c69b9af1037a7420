// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title The candidate answers of one key, packed: each one byte of length (1 to 32), then so many bytes (candidate.ts of packages/protocol).
library Candidates {
    /// @notice Is `packed` a list of exactly `count` candidates, strictly sorted and none a prefix of the next? Since prefixes sort first,
    /// none is then a prefix of any other, and at most one of them stands at the start of any head.
    /// `matches`: does `head` start with candidate number `selected`?
    function check(bytes calldata packed, uint256 count, uint256 selected, bytes32 head) internal pure returns (bool valid, bool matches) {
        uint256 next = 0; // offset of the next candidate
        uint256 previous = 0; // the last one, left-aligned
        uint256 unused = 0; // bits of a word that the last one does not fill
        for (uint256 i = 0; i < count; ++i) {
            if (next >= packed.length) return (false, false);
            uint256 size = uint8(packed[next]);
            if (size == 0 || size > 32 || next + 1 + size > packed.length) return (false, false);
            uint256 word;
            // A read beyond the list gives other calldata or zeros: what `size` does not cover is cut off.
            assembly ("memory-safe") {
                word := calldataload(add(packed.offset, add(next, 1)))
            }
            unchecked {
                uint256 free = 256 - 8 * size;
                word = word >> free << free;
                if (i != 0 && (word <= previous || (word ^ previous) >> unused == 0)) return (false, false);
                if (i == selected) matches = (uint256(head) ^ word) >> free == 0;
                previous = word;
                unused = free;
                next += 1 + size;
            }
        }
        valid = next == packed.length;
    }
}
