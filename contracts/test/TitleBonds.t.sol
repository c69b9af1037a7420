// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {LicenseState} from "../src/interfaces/ILicenseRegistry.sol";
import {ITitleBonds, TitleBond} from "../src/interfaces/ITitleBonds.sol";
import {TermsKind} from "../src/interfaces/ITermsRegistry.sol";
import {Exits} from "../src/libraries/Exits.sol";
import {CourtTest} from "../testing/CourtFixture.sol";

// post                      by anyone for a model that exists, to the minimum at least
// announceExit, withdraw    by the model's owner: ripe after the delay, lapsed after the window, as far as no license
//                           reserves it; follows the token
// reserve                   by anyone, for a SERVE license that is in use or on its way out: the slash of its terms'
//                           bond, as far as the bond, without what is announced, reaches
// returnCover               by anyone, once the license is over
// take                      by the court alone, out of what one license reserves, announced money first
contract TitleBondsTest is CourtTest {
    uint256 private constant LEAST = 20 * DOLLAR;
    uint256 private constant DUE = RESERVED / 2; // 5,000 bps of what the license's terms reserve

    function post(uint256 amount) private {
        vm.prank(OUTSIDER);
        titles.post(modelId, amount);
    }

    function announce(uint256 amount) private {
        vm.prank(OWNER);
        titles.announceExit(modelId, amount);
    }

    function check(uint256 bond, uint256 reserved, uint256 announced) private view {
        TitleBond memory it = titles.titleBondOf(modelId);
        eq(it.bond, bond);
        eq(it.reserved, reserved);
        eq(it.exit.amount, announced);
        eq(token.balanceOf(address(titles)), bond);
    }

    function nothingLeaves() private {
        vm.expectRevert(Exits.Exits_NothingToWithdraw.selector);
        vm.prank(OWNER);
        titles.withdraw(modelId);
    }

    function test_AnyonePosts() public {
        vm.expectEmit(address(titles));
        emit ITitleBonds.TitleBondPosted(modelId, OUTSIDER, LEAST, LEAST);
        post(LEAST);
        post(1); // beyond the minimum, any amount
        check(LEAST + 1, 0, 0);
    }

    function test_RevertWhen_BelowTheMinimum() public {
        vm.expectRevert(abi.encodeWithSelector(ITitleBonds.TitleBonds_BondTooLow.selector, LEAST - 1, LEAST));
        post(LEAST - 1);
    }

    function test_RevertWhen_TheModelIsUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, 9));
        titles.post(9, LEAST);
    }

    function test_ATitleBondLeavesAsAnAccountsMoneyDoes() public {
        post(3 * LEAST);
        uint40 ripeAt = uint40(block.timestamp) + 120;
        vm.expectEmit(address(titles));
        emit ITitleBonds.TitleExitAnnounced(modelId, 2 * LEAST, ripeAt, ripeAt + 60);
        announce(2 * LEAST);
        check(3 * LEAST, 0, 2 * LEAST);
        vm.warp(ripeAt - 1);
        vm.expectRevert(abi.encodeWithSelector(Exits.Exits_TooEarly.selector, ripeAt));
        vm.prank(OWNER);
        titles.withdraw(modelId);
        vm.warp(ripeAt);
        vm.expectEmit(address(titles));
        emit ITitleBonds.TitleBondWithdrawn(modelId, OWNER, 2 * LEAST, LEAST);
        vm.prank(OWNER);
        eq(titles.withdraw(modelId), 2 * LEAST);
        check(LEAST, 0, 0);
        nothingLeaves();
    }

    // F4: the owner stepped aside through a long-ripe request, and its honest licensee paid
    function test_F4_ALongRipeExitOfATitleIsNone() public {
        post(2 * LEAST);
        announce(2 * LEAST);
        vm.warp(block.timestamp + 180);
        nothingLeaves();
        check(2 * LEAST, 0, 0);
        eq(titles.reserve(licenseId), DUE);
    }

    function test_TheBondFollowsTheToken() public {
        post(LEAST);
        announce(LEAST);
        vm.prank(OWNER);
        models.transferFrom(OWNER, OUTSIDER, modelId);
        vm.warp(block.timestamp + 120);
        bytes memory refusal = abi.encodeWithSelector(ITitleBonds.TitleBonds_NotOwner.selector, modelId, OWNER);
        vm.startPrank(OWNER);
        vm.expectRevert(refusal);
        titles.withdraw(modelId);
        vm.expectRevert(refusal);
        titles.announceExit(modelId, 1);
        vm.stopPrank();
        vm.prank(OUTSIDER);
        eq(titles.withdraw(modelId), LEAST);
    }

    function test_RevertWhen_MoreIsAnnouncedThanThereIs() public {
        post(LEAST);
        vm.expectRevert(
            abi.encodeWithSelector(ITitleBonds.TitleBonds_InsufficientBond.selector, modelId, LEAST, LEAST + 1)
        );
        announce(LEAST + 1);
    }

    function test_ALicenseReservesTheSlashOfItsTermsBond() public {
        post(2 * LEAST);
        vm.expectEmit(address(titles));
        emit ITitleBonds.TitleCoverChanged(licenseId, modelId, DUE, DUE, 2 * LEAST);
        eq(titles.reserve(licenseId), DUE);
        eq(titles.reserve(licenseId), DUE); // once
        check(2 * LEAST, DUE, 0);
        eq(titles.coverOf(licenseId), DUE);
        announce(2 * LEAST);
        vm.warp(block.timestamp + 120);
        vm.prank(OWNER);
        eq(titles.withdraw(modelId), 2 * LEAST - DUE); // what is reserved stays
        nothingLeaves();
    }

    function test_ACoverReachesAsFarAsTheBond() public {
        post(LEAST);
        eq(titles.reserve(licenseId), LEAST);
        post(LEAST);
        announce(LEAST - 1); // announced money covers nothing
        eq(titles.reserve(licenseId), LEAST + 1);
        announce(0);
        eq(titles.reserve(licenseId), DUE);
        announce(2 * LEAST);
        openAccount(OUTSIDER, 0x52, BOND);
        eq(titles.reserve(accept(OUTSIDER, modelId)), 0);
    }

    function test_ACoverLastsAsLongAsTheLicense() public {
        post(2 * LEAST);
        titles.reserve(licenseId);
        vm.prank(HOST);
        licenses.close(licenseId);
        vm.expectRevert(abi.encodeWithSelector(ITitleBonds.TitleBonds_NotOver.selector, licenseId));
        titles.returnCover(licenseId);
        vm.warp(block.timestamp + 120);
        licenses.finishClose(licenseId);
        titles.returnCover(licenseId);
        check(2 * LEAST, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(ITitleBonds.TitleBonds_NotServing.selector, licenseId));
        titles.reserve(licenseId);
        titles.returnCover(licenseId); // nothing more to return
        check(2 * LEAST, 0, 0);
    }

    function test_RevertWhen_TheLicenseServesNobody() public {
        offer(OWNER, modelId, privateTerms());
        uint256 own = acceptKind(HOST, modelId, TermsKind.PRIVATE);
        vm.expectRevert(abi.encodeWithSelector(ITitleBonds.TitleBonds_NotServing.selector, own));
        titles.reserve(own);
        vm.expectRevert(abi.encodeWithSelector(ITitleBonds.TitleBonds_NotServing.selector, 99));
        titles.reserve(99);
    }

    function test_TheCourtTakesWhatALicenseReserves() public {
        post(2 * LEAST);
        titles.reserve(licenseId);
        announce(2 * LEAST);
        uint256 before = token.balanceOf(address(court));
        vm.startPrank(address(court));
        vm.expectEmit(address(titles));
        emit ITitleBonds.TitleCoverChanged(licenseId, modelId, DUE - LEAST, DUE - LEAST, LEAST);
        titles.take(licenseId, LEAST);
        eq(token.balanceOf(address(court)) - before, LEAST);
        check(LEAST, DUE - LEAST, LEAST); // announced money first
        vm.expectRevert(
            abi.encodeWithSelector(ITitleBonds.TitleBonds_InsufficientBond.selector, modelId, DUE - LEAST, LEAST)
        );
        titles.take(licenseId, LEAST);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(ITitleBonds.TitleBonds_NotCourt.selector, OWNER));
        vm.prank(OWNER);
        titles.take(licenseId, 1);
    }

    function test_WhatOneLicenseReservesIsNotTakenFromAnother() public {
        post(2 * DUE);
        openAccount(OUTSIDER, 0x52, BOND);
        uint256 other = accept(OUTSIDER, modelId);
        titles.reserve(licenseId);
        titles.reserve(other);
        vm.prank(address(court));
        titles.take(other, LEAST);
        eq(titles.coverOf(licenseId), DUE);
        eq(titles.coverOf(other), DUE - LEAST);
        check(2 * DUE - LEAST, 2 * DUE - LEAST, 0);
    }

    function testFuzz_reserve(uint256 amount, uint256 announced) public {
        (amount, announced) = (bound(amount, LEAST, 100 * DOLLAR), bound(announced, 0, LEAST));
        post(amount);
        announce(announced);
        uint256 cover = titles.reserve(licenseId);
        uint256 reach = amount - announced;
        eq(cover, reach < DUE ? reach : DUE);
        check(amount, cover, announced);
    }
}
