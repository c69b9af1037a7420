// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Cards 0 to size-1 in an order that a seed fixes, each card found by itself: a draw may stop anywhere and go
/// on in a later transaction with nothing stored. A Feistel network over the least even number of bits that holds the
/// cards, walked until it is back among them.
library Deck {
    uint256 private constant ROUNDS = 8;

    /// @notice The card at a place of the order, both below `size`.
    function cardAt(bytes32 seed, uint256 size, uint256 place) internal pure returns (uint256 card) {
        uint256 half = 2; // bits; below that the few round functions there are would favour some orders
        while (1 << (2 * half) < size) ++half;
        uint256 mask = (1 << half) - 1;
        card = place;
        do {
            (uint256 left, uint256 right) = (card >> half, card & mask);
            for (uint256 i = 0; i < ROUNDS; ++i) {
                (left, right) = (right, left ^ (uint256(keccak256(abi.encode(seed, i, right))) & mask));
            }
            card = (left << half) | right;
        } while (card >= size);
    }
}
