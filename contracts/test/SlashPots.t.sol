// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ClaimState, Receipt, ReceiptEvidence} from "../src/interfaces/Claims.sol";
import {IClaimRecords} from "../src/interfaces/IClaimRecords.sol";
import {IUnpaidUses} from "../src/interfaces/IUnpaidUses.sol";
import {Rates} from "../src/interfaces/IParameters.sol";
import {CourtTest} from "../testing/CourtFixture.sol";

// Several claims on one account
// ├── while one stands                        a later one joins: it reserves nothing more
// │   ├── when the first slashes              the later one slashes nothing
// │   ├── when the first is paid late         the later one takes the slash
// │   └── when the later one is finalised first   reverts: the first is served before it
// ├── when the first one's terms slash less   the later one adds the difference: no shelter behind a small claim
// ├── within the cooldown of a slash          a claim on the same terms takes nothing
// │   └── when that slash was smaller         a claim takes the difference: no shelter behind a small slash
// └── after the cooldown                      it slashes again
// Payees that the token refuses               are credited, and nothing else stops
// Rates that change                           bind the claims opened after
contract SlashPotsTest is CourtTest {
    function test_ALaterClaimJoins() public {
        bytes32 first = claimUnpaid(unpaidUse("a"));
        bytes32 second = claimUnpaid(unpaidUse("b"));
        require(court.claim(first).opensPot && !court.claim(second).opensPot, "the first opened the pot");
        eq(court.claim(second).reach, SLASH);
        checkPot(SLASH, 2, true, 0);
        finaliseInTime(first);
        checkPot(0, 1, false, SLASH);
        require(finaliseInTime(second) == ClaimState.SLASHED, "slashed");
        checkPot(0, 0, false, SLASH);
        eq(accountOf(HOST).bond, BOND - SLASH); // once
        eq(token.balanceOf(address(court)), court.balanceOf(VERIFIER));
    }

    function test_TheJoinerTakesTheSlashThatTheFirstLeft() public {
        bytes32 first = claimUnpaid(unpaidUse("a"));
        bookLatest(licenseId);
        bytes32 second = claimUnpaid(unpaidUse("b"));
        cure(first);
        uint256 fee = SLASH / 10;
        checkPot(SLASH - fee, 1, false, 0);
        require(finaliseInTime(second) == ClaimState.SLASHED, "slashed");
        eq(accountOf(HOST).bond, BOND - SLASH);
        checkPot(0, 0, false, SLASH - fee);
    }

    // protocol §6: self-slashing with a friend
    function test_RevertWhen_TheLaterIsServedFirst() public {
        bytes32 first = claimUnpaid(unpaidUse("a"));
        bytes32 second = claimUnpaid(unpaidUse("b"));
        vm.warp(block.timestamp + 16);
        Receipt memory r = told[second].receipt;
        vm.expectRevert(abi.encodeWithSelector(IClaimRecords.ClaimCourt_PotOpenerFirst.selector, HOST));
        court.finaliseUnpaidUse(r, VERIFIER, "b");
        finalise(first);
        finalise(second);
    }

    function test_TheNextToOpenThePotLeadsAgain() public {
        finaliseInTime(claimUnpaid(unpaidUse("a")));
        bytes32 second = claimUnpaid(unpaidUse("b"));
        require(court.claim(second).opensPot, "opened a pot");
        bytes32 third = claimUnpaid(unpaidUse("c"));
        require(!court.claim(third).opensPot, "joins");
        checkPot(0, 2, true, SLASH);
    }

    // protocol §6: self-slashing with a friend
    function test_NoShelterBehindASmallClaim() public {
        uint256 small = smallLicense();
        bytes32 first = claimUnpaid(prove(answered(small, "a"), "a"));
        eq(court.claim(first).reach, BOND / 100);
        bytes32 second = claimUnpaid(unpaidUse("b"));
        checkPot(SLASH, 2, true, 0);
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
        bytes32 second = claimUnpaid(unpaidUse("b"));
        eq(court.claim(second).reach, left / 2 - BOND / 100);
        finaliseInTime(second);
        eq(accountOf(HOST).bond, left - left / 2 + BOND / 100);
    }

    // protocol §6: self-slashing with a friend
    function test_SlashingOneselfBurnsMostOfIt() public {
        uint256 own = accept(HOST, mintModel(HOST, "own model", 5_000));
        // the friend is the verifier, the owner is the host
        bytes32 claimId = claimUnpaid(prove(answered(own, "a"), "a"));
        uint256 before = token.balanceOf(HOST);
        finaliseInTime(claimId);
        uint256 back = token.balanceOf(HOST) - before + court.balanceOf(VERIFIER) - 100 * DOLLAR;
        require(back * 10 <= SLASH * 4, "60 % or more is burned");
        eq(token.balanceOf(BURNED), SLASH - back);
    }

    function test_NoSecondSlashWithinTheCooldown() public {
        finaliseInTime(claimUnpaid(unpaidUse("a")));
        uint256 endsAt = block.timestamp + 60;
        bytes32 second = claimUnpaid(unpaidUse("b"));
        eq(court.claim(second).reach, 0);
        require(finaliseInTime(second) == ClaimState.SLASHED, "slashed");
        eq(accountOf(HOST).bond, SLASH);
        (, , , , uint256 cooldownEndsAt) = court.potOf(HOST);
        eq(cooldownEndsAt, endsAt);
    }

    function test_ASecondSlashAfterTheCooldown() public {
        finaliseInTime(claimUnpaid(unpaidUse("a")));
        vm.warp(block.timestamp + 60 - 12);
        finaliseInTime(claimUnpaid(unpaidUse("b"))); // claimed 60 s after the first slash
        eq(accountOf(HOST).bond, SLASH / 2);
        checkPot(0, 0, false, SLASH / 2);
    }

    function test_TheLastSecondOfTheCooldownStillShelters() public {
        finaliseInTime(claimUnpaid(unpaidUse("a")));
        vm.warp(block.timestamp + 60 - 13);
        eq(court.claim(claimUnpaid(unpaidUse("b"))).reach, 0);
    }

    function test_RevertWhen_ThereIsNoBond() public {
        vm.startPrank(address(court));
        licenses.contest(HOST, BOND);
        licenses.take(HOST, BOND, BOND, true);
        vm.stopPrank();
        ReceiptEvidence memory e = unpaidUse("a");
        commitUnpaid(e);
        vm.expectRevert(abi.encodeWithSelector(IClaimRecords.ClaimCourt_NothingToSlash.selector, HOST));
        vm.prank(VERIFIER);
        court.revealUnpaidUse(e, SALT);
    }

    function test_ARefusedOwnerIsCredited() public {
        bytes32 claimId = claimUnpaid(unpaidUse("n"));
        token.refuse(OWNER, true);
        vm.warp(block.timestamp + 16);
        vm.expectEmit(address(court));
        emit IClaimRecords.Credited(OWNER, PRICE);
        finalise(claimId);
        expectState(claimId, ClaimState.SLASHED);
        eq(court.owed(OWNER), PRICE);
        token.refuse(OWNER, false);
        uint256 before = token.balanceOf(OWNER);
        eq(court.pay(OWNER), PRICE);
        eq(token.balanceOf(OWNER) - before, PRICE);
        vm.expectRevert(abi.encodeWithSelector(IUnpaidUses.ClaimCourt_NothingOwed.selector, OWNER));
        court.pay(OWNER);
    }

    function test_ARefusedPoolIsCredited() public {
        bytes32 claimId = claimUnpaid(unpaidUse("n"));
        bookLatest(licenseId);
        token.refuse(address(verifiers), true);
        cure(claimId);
        eq(court.owed(address(verifiers)), SLASH / 10 - DOLLAR / 2);
        token.refuse(address(verifiers), false);
        court.pay(address(verifiers));
        eq(verifiers.pool(), SLASH / 10 - DOLLAR / 2);
    }

    function test_ASmallLateFeeGoesToTheClaimantWhole() public {
        uint256 small = smallLicense(); // slash 2 dollars, late fee 20 cents, costs 50 cents
        bytes32 claimId = claimUnpaid(prove(answered(small, "a"), "a"));
        bookLatest(small);
        cure(claimId);
        eq(court.balanceOf(VERIFIER), 100 * DOLLAR + BOND / 1_000);
        eq(verifiers.pool(), 0);
    }

    function test_AnOpenClaimKeepsItsRates() public {
        bytes32 before = claimUnpaid(unpaidUse("a"));
        Rates memory changed = devRates();
        (changed.claimBond, changed.claimCost, changed.claimantShareBps, changed.lateFeeBps) = (
            uint64(3 * DOLLAR),
            0,
            1_000,
            500
        );
        vm.prank(parameters.timelock());
        parameters.setRates(changed);
        bytes32 later = claimUnpaid(unpaidUse("b"));
        bookLatest(licenseId);
        eq(court.claim(before).bond, DOLLAR);
        eq(court.claim(later).bond, 3 * DOLLAR);
        eq(court.balanceOf(VERIFIER), 96 * DOLLAR);
        cure(later);
        eq(verifiers.pool(), SLASH / 20); // 5 %, no costs
        eq(court.balanceOf(VERIFIER), 99 * DOLLAR);
        finaliseInTime(before);
        eq(court.balanceOf(VERIFIER), 100 * DOLLAR + (SLASH - SLASH / 20) / 5); // 20 % of what is left
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

    function smallLicense() private returns (uint256) {
        return accept(HOST, mintModel(HOST, "own model", 100));
    }

    function checkPot(uint256 amount, uint256 open, bool firstIsOpen, uint256 slashed) private view {
        (uint256 amount_, uint256 open_, bool firstIsOpen_, uint256 slashed_, ) = court.potOf(HOST);
        eq(amount_, amount);
        eq(open_, open);
        require(firstIsOpen_ == firstIsOpen, "firstIsOpen");
        eq(slashed_, slashed);
    }
}
