// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ITitleBonds, TitleBond} from "../src/interfaces/ITitleBonds.sol";
import {TitleBonds} from "../src/TitleBonds.sol";
import {CourtTest} from "../testing/CourtFixture.sol";

// post                 by anyone for a model that exists, to the minimum at least
// requestWithdrawal    by the model's owner, at most the bond; replaces the last request
// withdraw             by the model's owner after the exit delay, as far as no claim reserves it; follows the token
// reserve, settle      by the court alone
// bindCourt            by the deployer, once
contract TitleBondsTest is CourtTest {
    uint256 private constant LEAST = 20 * DOLLAR;

    function test_AnyonePosts() public {
        vm.expectEmit(address(titles));
        emit ITitleBonds.TitleBondPosted(modelId, OUTSIDER, LEAST, LEAST);
        vm.prank(OUTSIDER);
        titles.post(modelId, LEAST);
        check(LEAST, 0, 0, 0);
        post(1); // beyond the minimum, any amount
        check(LEAST + 1, 0, 0, 0);
        eq(token.balanceOf(address(titles)), LEAST + 1);
    }

    function test_RevertWhen_BelowTheMinimum() public {
        vm.expectRevert(abi.encodeWithSelector(ITitleBonds.TitleBonds_BondTooLow.selector, LEAST - 1, LEAST));
        post(LEAST - 1);
    }

    function test_RevertWhen_TheModelIsUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, 9));
        titles.post(9, LEAST);
    }

    function test_TheOwnerWithdrawsAfterTheDelay() public {
        post(3 * LEAST);
        uint40 leavableAt = uint40(block.timestamp) + 120;
        vm.expectEmit(address(titles));
        emit ITitleBonds.TitleWithdrawalRequested(modelId, 2 * LEAST, leavableAt);
        vm.startPrank(OWNER);
        titles.requestWithdrawal(modelId, 2 * LEAST);
        check(3 * LEAST, 0, 2 * LEAST, leavableAt);
        vm.warp(leavableAt - 1);
        vm.expectRevert(abi.encodeWithSelector(ITitleBonds.TitleBonds_TooEarly.selector, leavableAt));
        titles.withdraw(modelId);
        vm.warp(leavableAt);
        uint256 before = token.balanceOf(OWNER);
        vm.expectEmit(address(titles));
        emit ITitleBonds.TitleBondWithdrawn(modelId, OWNER, 2 * LEAST, LEAST);
        eq(titles.withdraw(modelId), 2 * LEAST);
        eq(token.balanceOf(OWNER) - before, 2 * LEAST);
        check(LEAST, 0, 0, leavableAt);
        vm.expectRevert(abi.encodeWithSelector(ITitleBonds.TitleBonds_NothingToWithdraw.selector, modelId));
        titles.withdraw(modelId);
    }

    function test_ANewRequestReplacesTheLast() public {
        post(2 * LEAST);
        vm.startPrank(OWNER);
        titles.requestWithdrawal(modelId, 2 * LEAST);
        vm.warp(block.timestamp + 100);
        titles.requestWithdrawal(modelId, 1);
        check(2 * LEAST, 0, 1, block.timestamp + 120);
    }

    function test_TheBondFollowsTheToken() public {
        post(LEAST);
        vm.startPrank(OWNER);
        titles.requestWithdrawal(modelId, LEAST);
        models.transferFrom(OWNER, OUTSIDER, modelId);
        vm.warp(block.timestamp + 120);
        vm.expectRevert(abi.encodeWithSelector(ITitleBonds.TitleBonds_NotOwner.selector, modelId, OWNER));
        titles.withdraw(modelId);
        vm.expectRevert(abi.encodeWithSelector(ITitleBonds.TitleBonds_NotOwner.selector, modelId, OWNER));
        titles.requestWithdrawal(modelId, 1);
        vm.stopPrank();
        vm.prank(OUTSIDER);
        eq(titles.withdraw(modelId), LEAST);
    }

    function test_RevertWhen_MoreIsAskedForThanThereIs() public {
        post(LEAST);
        vm.expectRevert(
            abi.encodeWithSelector(ITitleBonds.TitleBonds_InsufficientBond.selector, modelId, LEAST, LEAST + 1)
        );
        vm.prank(OWNER);
        titles.requestWithdrawal(modelId, LEAST + 1);
    }

    function test_WhatIsReservedStays() public {
        post(3 * LEAST);
        vm.prank(OWNER);
        titles.requestWithdrawal(modelId, 3 * LEAST);
        vm.warp(block.timestamp + 120);
        vm.prank(address(court));
        eq(titles.reserve(modelId, LEAST), LEAST);
        vm.prank(OWNER);
        eq(titles.withdraw(modelId), 2 * LEAST);
        check(LEAST, LEAST, LEAST, block.timestamp);
        vm.prank(address(court));
        eq(titles.reserve(modelId, LEAST), 0); // all of it is reserved
    }

    function test_SettlingTakesAndReturns() public {
        post(3 * LEAST);
        vm.startPrank(address(court));
        vm.expectEmit(address(titles));
        emit ITitleBonds.TitleBondReserved(modelId, 2 * LEAST, 2 * LEAST);
        titles.reserve(modelId, 2 * LEAST);
        uint256 before = token.balanceOf(address(court));
        vm.expectEmit(address(titles));
        emit ITitleBonds.TitleBondReturned(modelId, LEAST, 0);
        vm.expectEmit(address(titles));
        emit ITitleBonds.TitleBondTaken(modelId, LEAST, 2 * LEAST, 0);
        titles.settle(modelId, 2 * LEAST, LEAST);
        eq(token.balanceOf(address(court)) - before, LEAST);
        check(2 * LEAST, 0, 0, 0);
        titles.reserve(modelId, LEAST);
        titles.settle(modelId, LEAST, 0);
        check(2 * LEAST, 0, 0, 0);
        eq(token.balanceOf(address(titles)), 2 * LEAST);
    }

    function test_RevertWhen_NotTheCourt() public {
        bytes memory refusal = abi.encodeWithSelector(ITitleBonds.TitleBonds_NotCourt.selector, OUTSIDER);
        vm.startPrank(OUTSIDER);
        vm.expectRevert(refusal);
        titles.reserve(modelId, 1);
        vm.expectRevert(refusal);
        titles.settle(modelId, 0, 0);
    }

    function test_TheCourtIsBoundOnce() public {
        TitleBonds fresh = new TitleBonds(parameters, models);
        vm.expectRevert(abi.encodeWithSelector(ITitleBonds.TitleBonds_NotDeployer.selector, OUTSIDER));
        vm.prank(OUTSIDER);
        fresh.bindCourt(OUTSIDER);
        fresh.bindCourt(HOST);
        eq(fresh.court(), HOST);
        vm.expectRevert(abi.encodeWithSelector(ITitleBonds.TitleBonds_AlreadyBound.selector, HOST));
        fresh.bindCourt(OUTSIDER);
    }

    function testFuzz_post(uint256 amount) public {
        amount = bound(amount, 0, 500 * DOLLAR);
        vm.prank(OUTSIDER);
        try titles.post(modelId, amount) {
            require(amount >= LEAST, "too little");
            check(amount, 0, 0, 0);
        } catch {
            require(amount < LEAST, "refused");
        }
    }

    /// @notice Whatever is asked for and reserved, the bond covers what is reserved and nobody gets more than was
    /// announced.
    function testFuzz_withdraw(uint256 asked, uint256 reserved) public {
        post(10 * LEAST);
        asked = bound(asked, 0, 10 * LEAST);
        reserved = bound(reserved, 0, 10 * LEAST);
        vm.prank(address(court));
        titles.reserve(modelId, reserved);
        vm.prank(OWNER);
        titles.requestWithdrawal(modelId, asked);
        vm.warp(block.timestamp + 120);
        vm.prank(OWNER);
        try titles.withdraw(modelId) returns (uint256 amount) {
            eq(amount, asked < 10 * LEAST - reserved ? asked : 10 * LEAST - reserved);
        } catch {
            require(asked == 0 || reserved == 10 * LEAST, "refused");
        }
        TitleBond memory bond = titles.titleBondOf(modelId);
        require(bond.bond >= bond.reserved, "reserved money left");
        eq(token.balanceOf(address(titles)), bond.bond);
    }

    function testFuzz_requestWithdrawal(uint256 amount) public {
        post(LEAST);
        vm.prank(OWNER);
        try titles.requestWithdrawal(modelId, amount) {
            require(amount <= LEAST, "too much");
        } catch {
            require(amount > LEAST, "refused");
        }
    }

    function testFuzz_reserve(uint256 amount) public {
        post(LEAST);
        vm.prank(address(court));
        eq(titles.reserve(modelId, amount), amount < LEAST ? amount : LEAST);
    }

    function testFuzz_settle(uint256 reserved, uint256 amount) public {
        post(LEAST);
        reserved = bound(reserved, 0, LEAST);
        amount = bound(amount, 0, reserved);
        vm.startPrank(address(court));
        titles.reserve(modelId, reserved);
        titles.settle(modelId, reserved, amount);
        check(LEAST - amount, 0, 0, 0);
    }

    function post(uint256 amount) private {
        vm.prank(OUTSIDER);
        titles.post(modelId, amount);
    }

    function check(uint256 bond, uint256 reserved, uint256 leaving, uint256 leavableAt) private view {
        TitleBond memory stored = titles.titleBondOf(modelId);
        eq(stored.bond, bond);
        eq(stored.reserved, reserved);
        eq(stored.leaving, leaving);
        eq(stored.leavableAt, leavableAt);
    }
}
