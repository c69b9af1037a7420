// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Deck} from "../src/committees/Deck.sol";
import {Check} from "../testing/Check.sol";

contract DeckTest is Check {
    /// @dev Any deck, drawn to the end, shows every card once.
    function testFuzz_cardAt_ShowsEveryCardOnce(bytes32 seed, uint8 size) public pure {
        uint256 count = bound(size, 1, 70); // 64 is where the network grows
        bool[] memory seen = new bool[](count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 card = Deck.cardAt(seed, count, i);
            eq(card < count && !seen[card] ? 1 : 0, 1);
            seen[card] = true;
        }
    }

    /// @dev 700 draws of three cards out of seven: every card comes near its 300 times (sd 13; five of them are 65).
    function test_cardAt_IsFair() public pure {
        uint256[7] memory count;
        for (uint256 round = 0; round < 700; ++round) {
            for (uint256 i = 0; i < 3; ++i) {
                count[Deck.cardAt(keccak256(abi.encode(round)), 7, i)] += 1;
            }
        }
        for (uint256 card = 0; card < 7; ++card) {
            eq(count[card] > 235 && count[card] < 365 ? 1 : 0, 1);
        }
    }

    /// @dev 1,200 orders of three cards: each of the six comes near its 200 times (sd 13; five of them are 65).
    function test_cardAt_FavoursNoOrder() public pure {
        uint256[9] memory count;
        for (uint256 round = 0; round < 1_200; ++round) {
            bytes32 seed = keccak256(abi.encode(round));
            count[3 * Deck.cardAt(seed, 3, 0) + Deck.cardAt(seed, 3, 1)] += 1;
        }
        for (uint256 order = 0; order < 9; ++order) {
            if (order % 4 == 0)
                eq(count[order], 0); // the same card twice
            else eq(count[order] > 135 && count[order] < 265 ? 1 : 0, 1);
        }
    }
}
