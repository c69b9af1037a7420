// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ClaimState, Receipt, ReceiptEvidence} from "../src/interfaces/Claims.sol";
import {IClaimCourt} from "../src/interfaces/IClaimCourt.sol";
import {LicenseState} from "../src/interfaces/ILicenseRegistry.sol";
import {Rates} from "../src/interfaces/IParameters.sol";
import {CourtTest} from "../testing/CourtFixture.sol";

// The first reveal opens an account's pot
// ├── while it takes any                      a later claim shares it: it reserves nothing more
// │   ├── when the first slashes              the later one takes nothing
// │   └── when the first is paid late         the later one takes what is left
// ├── when the first one's terms slash less   the later one adds the difference: no shelter behind a small claim
// ├── when no claim on it is open             what is left goes back, and is set aside again by the next
// ├── once it is closed                       the next claim opens another: of the bond outside the first
// └── when there is nothing to take           the claim stands all the same
// Payees that the token refuses               are credited, and nothing else stops
// Rates that change                           bind the claims opened after
contract PotsTest is CourtTest {
    function test_ALaterClaimShares() public {
        bytes32 first = claimUnpaid(unpaidUse("a"));
        bytes32 second = claimUnpaid(unpaidUse("b"));
        eq(court.claim(second).potClosesAt, court.claim(first).potClosesAt);
        eq(court.claim(second).reach, SLASH);
        checkPot(SLASH, 0, 2);
        eq(contested(HOST), SLASH);
        finaliseInTime(first);
        checkPot(SLASH, SLASH, 1);
        require(finaliseInTime(second) == ClaimState.SLASHED, "slashed");
        checkPot(SLASH, SLASH, 0);
        eq(accountOf(HOST).bond, BOND - SLASH); // once
        eq(token.balanceOf(address(court)), court.balanceOf(VERIFIER));
    }

    function test_ALaterClaimTakesWhatTheFirstLeft() public {
        bytes32 first = claimUnpaid(unpaidUse("a"));
        bookLatest(licenseId);
        bytes32 second = claimUnpaid(unpaidUse("b"));
        finaliseInTime(first);
        checkPot(SLASH, 100 * PRICE, 1);
        eq(contested(HOST), SLASH - 100 * PRICE);
        require(finaliseInTime(second) == ClaimState.SLASHED, "slashed");
        eq(accountOf(HOST).bond, BOND - SLASH); // fee and slash together
    }

    function test_AClaimJoinsAPotOutOfWhichOneTook() public {
        bytes32 first = claimUnpaid(unpaidUse("a"));
        bookLatest(licenseId);
        claimUnpaid(unpaidUse("b")); // keeps the pot open
        finaliseInTime(first);
        bytes32 third = claimUnpaid(unpaidUse("c"));
        eq(court.claim(third).potClosesAt, court.claim(first).potClosesAt);
        checkPot(SLASH, 100 * PRICE, 2);
        eq(contested(HOST), SLASH - 100 * PRICE); // nothing is set aside twice
    }

    // F6: one outage, many late receipts claimed one after another
    function test_F6_AnOutageCostsNoMoreThanOneSlash() public {
        uint256 count = 45;
        ReceiptEvidence[] memory late = new ReceiptEvidence[](count);
        for (uint256 i = 0; i < count; ++i) late[i] = unpaidUse(bytes32(i + 1));
        uint256 before = court.balanceOf(VERIFIER);
        bytes32[] memory claims = new bytes32[](count);
        vm.warp(block.timestamp + 12);
        for (uint256 i = 0; i < count; ++i) {
            commit(contentsOf(alone(late[i])));
            vm.prank(VERIFIER);
            claims[i] = court.revealUnpaidUse(alone(late[i]), SALT);
            tell(claims[i], alone(late[i]), late[i].nonceSalt);
        }
        for (uint256 i = 0; i < count; ++i) book(licenseId, paymentNonce(i + 1), PRICE);
        for (uint256 i = 0; i < count; ++i) require(finaliseInTime(claims[i]) == ClaimState.PAID_LATE, "late");
        // A hundred times what was late, and never more than one slash; today's rates make a claim's cost of each.
        eq(accountOf(HOST).bond, BOND - count * 100 * PRICE);
        require(count * 100 * PRICE <= SLASH, "within one slash");
        eq(court.balanceOf(VERIFIER) - before, count * 100 * PRICE); // no more than what the claims cost it
        eq(token.balanceOf(address(court)), court.balanceOf(VERIFIER));
    }

    // protocol §6: self-slashing with a friend
    function test_NoShelterBehindASmallClaim() public {
        uint256 small = smallLicense();
        bytes32 first = claimUnpaid(prove(answered(small, "a"), "a"));
        eq(court.claim(first).reach, BOND / 100);
        bytes32 second = claimUnpaid(unpaidUse("b"));
        checkPot(SLASH, 0, 2);
        finaliseInTime(first);
        finaliseInTime(second);
        eq(accountOf(HOST).bond, BOND - SLASH); // together, as much as the larger one
        eq(contested(HOST), 0);
    }

    // protocol §6: self-slashing with a friend
    function test_NoShelterBehindASmallSlash() public {
        uint256 small = smallLicense();
        finaliseInTime(claimUnpaid(prove(answered(small, "a"), "a")));
        uint256 left = BOND - BOND / 100;
        eq(accountOf(HOST).bond, left);
        finaliseInTime(claimUnpaid(unpaidUse("b")));
        eq(accountOf(HOST).bond, left - left / 2 + BOND / 100); // its own slash, less what the pot gave
    }

    // protocol §6: self-slashing with a friend
    function test_SlashingOneselfBurnsMostOfIt() public {
        uint256 own = accept(HOST, mintModel(HOST, "own model", 5_000));
        serve(HOST, own);
        // the friend is the verifier, the owner is the host
        bytes32 claimId = claimUnpaid(prove(answered(own, "a"), "a"));
        uint256 before = token.balanceOf(HOST);
        finaliseInTime(claimId);
        uint256 back = token.balanceOf(HOST) - before + court.balanceOf(VERIFIER) - 100 * DOLLAR;
        require(back * 10 <= SLASH * 4, "60 % or more is burned");
        eq(token.balanceOf(BURNED), SLASH - back);
    }

    function test_TheLastSecondStillShares() public {
        uint256 closesAt = court.claim(claimUnpaid(unpaidUse("a"))).potClosesAt;
        ReceiptEvidence memory e = unpaidUse("b");
        vm.warp(closesAt - 13);
        eq(court.claim(claimUnpaid(e)).potClosesAt, closesAt);
    }

    function test_TheNextPotHoldsBondOutsideTheFirst() public {
        bytes32 first = claimUnpaid(unpaidUse("a"));
        ReceiptEvidence memory e = unpaidUse("b");
        vm.warp(court.claim(first).potClosesAt);
        bytes32 second = claimUnpaid(e); // the first is still open
        require(court.claim(second).potClosesAt != court.claim(first).potClosesAt, "another pot");
        eq(court.claim(second).reach, SLASH); // half of the whole bond, and as much lies outside
        eq(contested(HOST), BOND);
        ReceiptEvidence memory third = unpaidUse("c");
        vm.warp(court.claim(second).potClosesAt);
        eq(court.claim(claimUnpaid(third)).reach, 0); // nothing is left outside
        finalise(first);
        eq(contested(HOST), BOND - SLASH);
        require(finaliseInTime(second) == ClaimState.SLASHED, "slashed");
        eq(accountOf(HOST).bond, 0);
        eq(contested(HOST), 0);
    }

    function test_WhatWentBackIsSetAsideAgain() public {
        bytes32 first = claimUnpaid(unpaidUse("a"));
        bookLatest(licenseId);
        finaliseInTime(first);
        eq(contested(HOST), 0);
        ReceiptEvidence memory e = unpaidUse("b");
        bytes32 second = claimUnpaid(e);
        eq(court.claim(second).potClosesAt, court.claim(first).potClosesAt);
        checkPot(SLASH, 100 * PRICE, 1);
        eq(contested(HOST), SLASH - 100 * PRICE);
    }

    function test_AnAccountWithoutABondIsClaimedAllTheSame() public {
        vm.startPrank(address(court));
        licenses.contest(HOST, BOND);
        licenses.take(HOST, BOND, BOND, true);
        vm.stopPrank();
        bytes32 claimId = claimUnpaid(unpaidUse("a"));
        eq(court.claim(claimId).reach, 0);
        require(finaliseInTime(claimId) == ClaimState.SLASHED, "slashed");
        require(court.claim(claimId).suspends, "suspends");
        eq(stateOf(licenseId), LicenseState.SUSPENDED);
    }

    function test_ARefusedOwnerIsCredited() public {
        bytes32 claimId = claimUnpaid(unpaidUse("n"));
        token.refuse(OWNER, true);
        vm.warp(block.timestamp + 16);
        vm.expectEmit(address(court));
        emit IClaimCourt.Credited(OWNER, PRICE);
        finalise(claimId);
        expectState(claimId, ClaimState.SLASHED);
        eq(court.owed(OWNER), PRICE);
        token.refuse(OWNER, false);
        uint256 before = token.balanceOf(OWNER);
        eq(court.pay(OWNER), PRICE);
        eq(token.balanceOf(OWNER) - before, PRICE);
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_NothingOwed.selector, OWNER));
        court.pay(OWNER);
    }

    function test_CreditsAddUp() public {
        token.refuse(OWNER, true);
        finaliseInTime(claimUnpaid(unpaidUse("a")));
        vm.warp(block.timestamp + 60); // the next pot
        finaliseInTime(claimUnpaid(unpaidUse("b")));
        eq(court.owed(OWNER), 2 * PRICE);
    }

    function test_TheOwnerGetsTheLastUnit() public {
        Receipt memory r = answered(licenseId, "a");
        (r.amount, r.cumulative) = (1, 1);
        uint256 before = token.balanceOf(OWNER);
        finaliseInTime(claimUnpaid(prove(r, "a")));
        eq(token.balanceOf(OWNER) - before, 1);
    }

    function test_AnOpenClaimKeepsItsRates() public {
        bytes32 before = claimUnpaid(unpaidUse("a"));
        Rates memory changed = devRates();
        (changed.claimBond, changed.claimCost, changed.claimantShareBps, changed.lateFactor) = (
            uint64(3 * DOLLAR),
            0,
            1_000,
            10
        );
        vm.prank(parameters.timelock());
        parameters.setRates(changed);
        bytes32 later = claimUnpaid(unpaidUse("b"));
        bookLatest(licenseId);
        eq(court.claim(before).bond, DOLLAR);
        eq(court.claim(later).bond, 3 * DOLLAR);
        eq(court.balanceOf(VERIFIER), 96 * DOLLAR);
        finaliseInTime(later);
        eq(token.balanceOf(BURNED), 10 * PRICE); // no costs
        eq(court.balanceOf(VERIFIER), 99 * DOLLAR);
        finaliseInTime(before);
        eq(court.balanceOf(VERIFIER), 100 * DOLLAR + (SLASH - 10 * PRICE) / 5); // 20 % of what is left
    }

    /// @notice Every unit that a slash takes goes somewhere, whatever the bond.
    function testFuzz_ASlashIsSplitWithoutRemainder(uint256 extra) public {
        extra = bound(extra, 0, 700 * DOLLAR);
        vm.prank(HOST);
        licenses.depositBond(HOST, extra);
        uint256 supply = token.totalSupply();
        bytes32 claimId = claimUnpaid(unpaidUse("n"));
        uint256 before = token.balanceOf(OWNER);
        finaliseInTime(claimId);
        uint256 paid =
            court.balanceOf(VERIFIER) - 100 * DOLLAR + token.balanceOf(OWNER) - before + token.balanceOf(BURNED);
        eq(paid, (BOND + extra) / 2);
        eq(token.balanceOf(address(licenses)), accountOf(HOST).bond);
        eq(token.balanceOf(address(court)), court.balanceOf(VERIFIER));
        eq(token.totalSupply(), supply);
    }

    function smallLicense() private returns (uint256 small) {
        small = accept(HOST, mintModel(HOST, "own model", 100));
        serve(HOST, small);
    }

    function checkPot(uint256 size, uint256 taken, uint256 open) private view {
        (uint256 size_, uint256 taken_, uint256 open_, ) = court.potOf(HOST);
        eq(size_, size);
        eq(taken_, taken);
        eq(open_, open);
    }
}
