// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Hit, HitRef} from "../src/interfaces/Claims.sol";
import {IDisguisedUses} from "../src/interfaces/IDisguisedUses.sol";
import {BatchOpening} from "../src/interfaces/IVerifierRegistry.sol";
import {HitTest} from "../testing/HitFixture.sol";

// An owner that enters every key twice in its code book
// └── when a batch asks one key at both its places    it counts once in a claim: the second answer is no independent
//                                                     draw
contract RepeatedKeysTest is HitTest {
    function test_AKeyAtTwoPlacesOfTheBookCountsOnce() public {
        (BatchOpening memory opening, bytes32 id) = drawBatch("repeated");
        (uint256 a, uint256 b) = twins(id);
        Hit[] memory both = new Hit[](2);
        (both[0], both[1]) = (hit(id, a, 0), hit(id, b, 0));
        reveal(opening, both, b + 1);
        proveItems(opening, b + 1, both);
        HitRef[] memory list = refs(both);
        int256 once = int256(uint256(BITS)) - int256(b + 1);
        vm.expectRevert(abi.encodeWithSelector(IDisguisedUses.ClaimCourt_ScoreTooLow.selector, once, int256(2)));
        admit(opening, list);
    }

    function keyHash(uint256 index) internal pure override returns (bytes32) {
        return super.keyHash(index % (KEYS / 2));
    }

    /// @dev Two items that draw one key at different places.
    function twins(bytes32 id) private view returns (uint256, uint256) {
        for (uint256 b = 1; b < KEYS; ++b) {
            for (uint256 a = 0; a < b; ++a) {
                (uint256 first, uint256 second) = (keyAt(id, a), keyAt(id, b));
                if (first != second && keyHash(first) == keyHash(second)) return (a, b);
            }
        }
        revert("16 draws of 8 keys twice meet one at both places");
    }
}
