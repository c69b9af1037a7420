// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title The candidate answers of one key, packed: each one byte of length (1 to 32), then so many bytes (candidate.ts
/// of packages/protocol).
library Candidates {
    /// @notice Is `packed` a list of exactly `count` candidates, strictly sorted and none a prefix of the next? Since
    /// prefixes sort first,
    /// none is then a prefix of any other, and at most one of them stands at the start of any head.
    /// `matches`: does `head` start with candidate number `selected`?
    function check(
        bytes calldata packed,
        uint256 count,
        uint256 selected,
        bytes32 head
    ) internal pure returns (bool valid, bool matches) {
        // In assembly, because every hit of a claim shows up to 64 candidates: this loop is most of what a hit costs to
        // check.
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let next := packed.offset
            let last := 0 // the bytes of the last candidate, as a number
            let unused := 0 // bits of a word that they do not fill
            let sound := 1
            let i := 0
            for {
                let to := add(selected, 1)
            } lt(i, count) {
                to := count
            } {
                for {} lt(i, to) {
                    i := add(i, 1)
                } {
                    let size := byte(0, calldataload(next))
                    let free := sub(256, shl(3, size))
                    // A read beyond the list gives other calldata or zeros: `next` then never meets the end again.
                    let bytes_ := shr(free, calldataload(add(next, 1)))
                    // As far as the last one reaches, this one is larger: neither equal, which is a prefix, nor out of
                    // order. An empty
                    // one, or one of more than 32 bytes, reads as zero and is never larger.
                    sound := and(sound, gt(shr(unused, shl(free, bytes_)), last))
                    last := bytes_
                    unused := free
                    next := add(next, add(size, 1))
                }
                // The first pass ends at the selected one.
                if eq(i, add(selected, 1)) {
                    matches := eq(shr(unused, head), last)
                }
            }
            valid := and(sound, eq(next, add(packed.offset, packed.length)))
            matches := and(valid, matches)
        }
    }
}
