// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Candidates} from "../src/libraries/Candidates.sol";
import {Check} from "../testing/Check.sol";

/// @notice The library takes calldata: this lets a test hand it memory.
contract CandidateLists {
    function check(
        bytes calldata packed,
        uint256 count,
        uint256 selected,
        bytes32 head
    ) external pure returns (bool, bool) {
        return Candidates.check(packed, count, selected, head);
    }
}

// check
// ├── when there are too few, too many, or one is cut off              no list
// ├── when one is empty, all zeros, or longer than a head              no list
// ├── when two are alike, out of order, or one starts the next         no list
// └── otherwise                                a list; matches what starts with the selected one
contract CandidatesTest is Check {
    CandidateLists private lists = new CandidateLists();

    function test_Lists() public view {
        bytes memory three = abi.encodePacked(uint8(1), "a", uint8(1), "b", uint8(1), "c");
        checkList(three, 3, true);
        checkList(three, 2, false);
        checkList(three, 4, false);
        checkList("", 1, false);
        checkList(abi.encodePacked(uint8(0)), 1, false); // an empty candidate
        checkList(abi.encodePacked(uint8(33), bytes32("a"), "b"), 1, false); // one that no head can hold
        checkList(abi.encodePacked(uint8(32), bytes32("a")), 1, true);
        checkList(abi.encodePacked(uint8(2), "a"), 1, false); // cut off
        checkList(abi.encodePacked(uint8(1), uint8(0)), 1, false); // it would stand at the start of an empty answer
    }

    /// @notice The list check against the plain rule.
    function testFuzz_Candidates(uint256 seed, uint8 count, bytes32 head, uint256 selected) public view {
        count = uint8(bound(count, 1, 8));
        selected = bound(selected, 0, count - 1);
        head &= 0x0303030303030303030303030303030303030303030303030303030303030303; // many bytes alike
        bytes[] memory list = new bytes[](count);
        bytes memory packed;
        for (uint256 i = 0; i < count; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 size = bound(seed, 0, 4);
            list[i] = new bytes(size);
            for (uint256 j = 0; j < size; ++j) list[i][j] = bytes1(uint8(seed >> (8 * j + 8)) & 0x03);
            packed = bytes.concat(packed, bytes1(uint8(size)), list[i]);
        }
        bool sound = sorted(list);
        (bool valid, bool matches) = lists.check(packed, count, selected, head);
        require(valid == sound, "list");
        require(matches == (sound && starts(head, list[selected])), "match");
    }

    // protocol §6: owner commits common facts, or keys that a public model answers
    /// @notice Whatever a model answers, at most one candidate of a valid list stands at its start: so it hits with
    /// chance 2^-b at most.
    function testFuzz_AtMostOneCandidateMatchesAnyHead(uint256 seed, bytes32 head) public view {
        head &= 0x0303030303030303030303030303030303030303030303030303030303030303;
        bytes memory packed;
        for (uint256 i = 0; i < 4; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            packed = bytes.concat(packed, bytes1(uint8(2)), bytes1(uint8(i)), bytes1(uint8(seed & 3)));
        }
        uint256 matching = 0;
        for (uint256 i = 0; i < 4; ++i) {
            (, bool matches) = lists.check(packed, 4, i, head);
            if (matches) ++matching;
        }
        require(matching <= 1, "two candidates match");
    }

    function checkList(bytes memory packed, uint256 count, bool expected) private view {
        (bool valid, bool matches) = lists.check(packed, count, 0, packed.length > 1 ? bytes32(packed[1]) : bytes32(0));
        require(valid == expected && (expected || !matches), "list");
    }

    function sorted(bytes[] memory list) private pure returns (bool) {
        for (uint256 i = 0; i < list.length; ++i) {
            if (list[i].length == 0 || bytes32(list[i]) == 0) return false;
            if (i == 0) continue;
            if (bytes32(list[i - 1]) >= bytes32(list[i]) || starts(bytes32(list[i]), list[i - 1])) return false;
        }
        return true;
    }

    function starts(bytes32 head, bytes memory candidate) private pure returns (bool) {
        for (uint256 i = 0; i < candidate.length; ++i) {
            if (head[i] != candidate[i]) return false;
        }
        return true;
    }
}
