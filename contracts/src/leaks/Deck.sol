// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Cards 0 to size-1, drawn one by one without replacement, each order as likely as any other (Fisher and Yates,
/// done lazily).
library Deck {
    struct Cards {
        bytes32 seed;
        uint256 size;
        uint256 drawn;
        uint256[] movedTo; // move i put a card at this place
        uint256[] moved; // and it was this card
    }

    /// @notice A deck for at most `draws` draws.
    function shuffle(bytes32 seed, uint256 size, uint256 draws) internal pure returns (Cards memory cards) {
        cards.seed = seed;
        cards.size = size;
        cards.movedTo = new uint256[](draws);
        cards.moved = new uint256[](draws);
    }

    /// @notice The next card; the top one takes its place. The bias of the remainder is below 2^-200.
    function next(Cards memory cards) internal pure returns (uint256 card) {
        uint256 top = cards.drawn;
        uint256 place = top + (uint256(keccak256(abi.encode(cards.seed, top))) % (cards.size - top));
        card = _at(cards, place);
        cards.movedTo[top] = place;
        cards.moved[top] = _at(cards, top);
        cards.drawn = top + 1;
    }

    /// @dev The latest move to a place counts; a place that nothing was moved to holds its own card.
    function _at(Cards memory cards, uint256 place) private pure returns (uint256) {
        for (uint256 i = cards.drawn; i > 0; --i) {
            if (cards.movedTo[i - 1] == place) return cards.moved[i - 1];
        }
        return place;
    }
}
