// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Deck} from "../src/leaks/Deck.sol";
import {Check} from "../testing/Check.sol";

contract DeckTest is Check {
    /// @dev Any deck, drawn to the end, shows every card once.
    function testFuzz_next_ShowsEveryCardOnce(bytes32 seed, uint8 size) public pure {
        uint256 count = bound(size, 1, 64);
        Deck.Cards memory cards = Deck.shuffle(seed, count, count);
        bool[] memory seen = new bool[](count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 card = Deck.next(cards);
            eq(card < count && !seen[card] ? 1 : 0, 1);
            seen[card] = true;
        }
    }

    /// @dev The same draws as a full Fisher-Yates shuffle of an array.
    function testFuzz_next_IsAShuffle(bytes32 seed, uint8 size) public pure {
        uint256 count = bound(size, 1, 64);
        uint256[] memory array = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            array[i] = i;
        }
        Deck.Cards memory cards = Deck.shuffle(seed, count, count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 j = i + (uint256(keccak256(abi.encode(seed, i))) % (count - i));
            (array[i], array[j]) = (array[j], array[i]);
            eq(Deck.next(cards), array[i]);
        }
    }

    /// @dev 700 draws of three cards out of seven: every card comes near its 300 times (sd 13; five of them are 65).
    function test_next_IsFair() public pure {
        uint256[7] memory count;
        for (uint256 round = 0; round < 700; ++round) {
            Deck.Cards memory cards = Deck.shuffle(keccak256(abi.encode(round)), 7, 3);
            for (uint256 i = 0; i < 3; ++i) {
                count[Deck.next(cards)] += 1;
            }
        }
        for (uint256 card = 0; card < 7; ++card) {
            eq(count[card] > 235 && count[card] < 365 ? 1 : 0, 1);
        }
    }
}
