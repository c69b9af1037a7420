// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ClaimState, Hit, OpenClaim, Payment} from "../src/interfaces/Claims.sol";
import {IClaimRecords} from "../src/interfaces/IClaimRecords.sol";
import {IDisguisedUses} from "../src/interfaces/IDisguisedUses.sol";
import {BatchOpening} from "../src/interfaces/IVerifierRegistry.sol";
import {HitTest} from "../testing/HitFixture.sol";

// chargeTitle: HOST pays OUTSIDER for a model that answers as OWNER's does
// ├── when the hits are not booked for it, or another account's        reverts
// ├── when it is a descendant, or the owner's own                      reverts
// ├── when another model's title is charged already                    reverts
// ├── when the claim stands without those hits   nothing is charged
// ├── when the title bond covers the slash       it pays, the host's bond is untouched
// ├── when it covers a part                      the host pays the rest
// └── when the claim falls after all             the title bond is returned
contract TitleChargesTest is HitTest {
    BatchOpening private opening;
    bytes32 private id;
    uint256 private copy; // OUTSIDER's model, which hides its parent
    uint256 private copyLicense;

    function setUp() public override {
        super.setUp();
        copy = mintModel(OUTSIDER, "copy", 1);
        copyLicense = accept(HOST, copy);
        (opening, id) = drawBatch("first");
    }

    // protocol §6: host of an honest derivative (hidden parents fall on the title bond)
    function test_TheTitleBondPaysFirst() public {
        postTitle(2 * SLASH);
        (OpenClaim memory open, Payment[] memory all) = claimed(2, copyLicense);
        for (uint256 i = 0; i < all.length; ++i) {
            vm.expectEmit(address(court));
            emit IDisguisedUses.HitTitled(id, open.hits[all[i].position].index, copyLicense);
        }
        vm.expectEmit(address(court));
        emit IDisguisedUses.TitleCharged(id, copy, SLASH);
        vm.prank(BUYER); // anyone
        court.chargeTitle(open, all);
        eq(titles.titleBondOf(copy).reserved, SLASH);
        expectState(id, ClaimState.CONTESTED);
        uint256 before = token.balanceOf(OWNER);
        vm.warp(court.claim(id).answerBy + 1);
        vm.expectEmit(address(court));
        emit IClaimRecords.ClaimFinalised(
            id,
            ClaimState.SLASHED,
            0,
            SLASH,
            SLASH / 5,
            SLASH / 5,
            0,
            SLASH - 2 * (SLASH / 5)
        );
        court.finaliseDisguisedUse(VERIFIER, opening);
        eq(accountOf(HOST).bond, BOND);
        eq(contested(HOST), 0);
        eq(titles.titleBondOf(copy).bond, SLASH);
        eq(titles.titleBondOf(copy).reserved, 0);
        eq(token.balanceOf(OWNER) - before, SLASH / 5);
        eq(token.balanceOf(address(court)), court.balanceOf(VERIFIER));
        (, , , uint256 slashed, ) = court.potOf(HOST);
        eq(slashed, 0); // no cooldown for a host that was not slashed
    }

    function test_TheHostPaysWhatTheTitleBondDoesNotCover() public {
        postTitle(20 * DOLLAR);
        (OpenClaim memory open, Payment[] memory all) = claimed(2, copyLicense);
        court.chargeTitle(open, all);
        end();
        eq(titles.titleBondOf(copy).bond, 0);
        eq(accountOf(HOST).bond, BOND - SLASH + 20 * DOLLAR);
    }

    function test_WithoutATitleBondTheHostPays() public {
        (OpenClaim memory open, Payment[] memory all) = claimed(2, copyLicense);
        court.chargeTitle(open, all);
        end();
        eq(accountOf(HOST).bond, BOND - SLASH);
    }

    function test_NothingIsChargedWhileTheClaimStandsWithoutThoseHits() public {
        postTitle(2 * SLASH);
        (Hit[] memory found, uint256 items) = hits(id, 4);
        OpenClaim memory open = claimDisguised(opening, found, items);
        book(copyLicense, paymentNonce(1), PRICE);
        court.chargeTitle(open, paymentOf(found, 0, copyLicense)); // without it the score is 2, which is enough
        eq(court.proof(id).titled, 1);
        eq(titles.titleBondOf(copy).reserved, 0);
        book(copyLicense, paymentNonce(2), PRICE);
        court.chargeTitle(open, paymentOf(found, 1, copyLicense));
        eq(court.proof(id).titled, 3);
        eq(titles.titleBondOf(copy).reserved, SLASH);
        book(copyLicense, paymentNonce(3), PRICE);
        court.chargeTitle(open, paymentOf(found, 2, copyLicense)); // charged once
        eq(titles.titleBondOf(copy).reserved, SLASH);
    }

    function test_AClearedClaimReturnsTheTitleBond() public {
        postTitle(2 * SLASH);
        (OpenClaim memory open, Payment[] memory all) = claimed(2, copyLicense);
        court.chargeTitle(open, all);
        all[0].licenseId = licenseId;
        for (uint256 i = 0; i < all.length; ++i) book(licenseId, paymentNonce(i + 1), PRICE);
        court.clear(open, firstOf(all));
        expectState(id, ClaimState.CLEARED);
        eq(titles.titleBondOf(copy).reserved, 0);
        eq(titles.titleBondOf(copy).bond, 2 * SLASH);
    }

    function test_RevertWhen_NotBooked() public {
        (Hit[] memory found, uint256 items) = hits(id, 2);
        OpenClaim memory open = claimDisguised(opening, found, items);
        bytes32 digest = open.hits[0].digest;
        refuse(
            open,
            paymentOf(found, 0, copyLicense),
            abi.encodeWithSelector(IClaimRecords.ClaimCourt_NotBooked.selector, digest, copyLicense)
        );
    }

    function test_RevertWhen_BookedForAnotherHost() public {
        openAccount(OUTSIDER, 0x52, BOND);
        uint256 other = accept(OUTSIDER, copy);
        (OpenClaim memory open, Payment[] memory all) = claimed(2, other);
        refuse(
            open,
            all,
            abi.encodeWithSelector(IClaimRecords.ClaimCourt_WrongAccount.selector, open.hits[0].digest, OUTSIDER)
        );
    }

    function test_RevertWhen_TheParentIsRegistered() public {
        uint256 child = mintChild(OWNER, "child", one(modelId, 0));
        uint256 childLicense = accept(HOST, child);
        vm.prank(OWNER);
        models.transferFrom(OWNER, OUTSIDER, child); // another owner's now
        (OpenClaim memory open, Payment[] memory all) = claimed(2, childLicense);
        refuse(open, all, abi.encodeWithSelector(IDisguisedUses.ClaimCourt_NotHidden.selector, child, modelId));
    }

    function test_RevertWhen_TheModelIsTheSameOwners() public {
        uint256 sibling = mintModel(OWNER, "sibling", 1);
        uint256 siblingLicense = accept(HOST, sibling);
        (OpenClaim memory open, Payment[] memory all) = claimed(2, siblingLicense);
        refuse(open, all, abi.encodeWithSelector(IDisguisedUses.ClaimCourt_NotHidden.selector, sibling, modelId));
    }

    function test_RevertWhen_TwoTitlesAreCharged() public {
        uint256 second = mintModel(OUTSIDER, "second copy", 1);
        uint256 secondLicense = accept(HOST, second);
        (Hit[] memory found, uint256 items) = hits(id, 2);
        OpenClaim memory open = claimDisguised(opening, found, items);
        book(copyLicense, paymentNonce(1), PRICE);
        court.chargeTitle(open, paymentOf(found, 0, copyLicense));
        book(secondLicense, paymentNonce(2), PRICE);
        refuse(
            open,
            paymentOf(found, 1, secondLicense),
            abi.encodeWithSelector(IDisguisedUses.ClaimCourt_OtherTitle.selector, second, copy)
        );
    }

    function test_RevertWhen_TheWindowIsOver() public {
        (OpenClaim memory open, Payment[] memory all) = claimed(2, copyLicense);
        uint256 answerBy = court.claim(id).answerBy;
        vm.warp(answerBy + 1);
        refuse(open, all, abi.encodeWithSelector(IClaimRecords.ClaimCourt_WindowOver.selector, answerBy));
    }

    /// @notice The slash is the same whoever pays it, and every unit of it goes somewhere.
    function testFuzz_chargeTitle(uint256 bond) public {
        bond = bound(bond, 20 * DOLLAR, 2 * SLASH);
        postTitle(bond);
        (OpenClaim memory open, Payment[] memory all) = claimed(2, copyLicense);
        court.chargeTitle(open, all);
        uint256 supply = token.totalSupply();
        end();
        eq(BOND - accountOf(HOST).bond + bond - titles.titleBondOf(copy).bond, SLASH);
        eq(token.balanceOf(address(court)), court.balanceOf(VERIFIER));
        eq(token.balanceOf(address(licenses)), accountOf(HOST).bond);
        eq(token.balanceOf(address(titles)), titles.titleBondOf(copy).bond);
        eq(token.totalSupply(), supply);
    }

    function postTitle(uint256 amount) private {
        vm.prank(OUTSIDER);
        titles.post(copy, amount);
    }

    function end() private {
        vm.warp(court.claim(id).answerBy + 1);
        court.finaliseDisguisedUse(VERIFIER, opening);
        expectState(id, ClaimState.SLASHED);
    }

    /// @notice A contested claim, all of whose hits are booked under `booked`.
    function claimed(uint256 score, uint256 booked) private returns (OpenClaim memory open, Payment[] memory all) {
        (Hit[] memory found, uint256 items) = hits(id, score);
        all = new Payment[](found.length);
        for (uint256 i = 0; i < found.length; ++i) all[i] = Payment(i, found[i].evidence.signed.receipt, booked);
        open = claimDisguised(opening, found, items);
        for (uint256 i = 0; i < found.length; ++i) book(booked, paymentNonce(i + 1), PRICE);
    }

    function firstOf(Payment[] memory all) private pure returns (Payment[] memory first) {
        first = new Payment[](1);
        first[0] = all[0];
    }

    function refuse(OpenClaim memory open, Payment[] memory payments, bytes memory refusal) private {
        vm.expectRevert(refusal);
        court.chargeTitle(open, payments);
    }
}
