// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ClaimState, IClaimCourt, UnpaidUse} from "../src/interfaces/IClaimCourt.sol";
import {CourtFixture} from "../testing/CourtFixture.sol";

// Several claims on one account
// ├── while one stands                        a later one joins: it reserves nothing more
// │   ├── when the first slashes              the later one slashes nothing
// │   ├── when the first is paid late         the later one takes the slash
// │   └── when the later one is finalised first   the first is served before it
// ├── when the first one's terms slash less   the later one adds the difference: no shelter behind a small claim
// ├── within the cooldown of a slash          a claim on the same terms takes nothing
// │   └── when that slash was smaller         a claim takes the difference: no shelter behind a small slash
// └── after the cooldown                      it slashes again
// Payees that the token refuses               are credited, and nothing else stops
contract SlashPotsTest is CourtFixture {
    uint256 private constant SLASH = BOND / 2;

    function test_ALaterClaimJoins() public {
        uint256 first = claimUnpaid(unpaidUse("a"));
        uint256 second = claimUnpaid(unpaidUse("b"));
        eq(court.claim(second).reserved, 0);
        eq(licenses.accountOf(HOST).contested, SLASH);
        finalise(first);
        require(finalise(second) == ClaimState.SLASHED, "slashed");
        eq(licenses.accountOf(HOST).bond, BOND - SLASH); // once
        eq(licenses.accountOf(HOST).contested, 0);
        eq(token.balanceOf(address(court)), 0);
    }

    function test_TheJoinerTakesTheSlashThatTheFirstLeft() public {
        uint256 first = claimUnpaid(unpaidUse("a"));
        bookLatest(licenseId);
        uint256 second = claimUnpaid(unpaidUse("b"));
        require(finalise(first) == ClaimState.PAID_LATE, "late");
        uint256 fee = SLASH / 10;
        eq(licenses.accountOf(HOST).contested, SLASH - fee);
        require(finalise(second) == ClaimState.SLASHED, "slashed");
        eq(licenses.accountOf(HOST).bond, BOND - SLASH);
        eq(licenses.accountOf(HOST).contested, 0);
    }

    function test_TheFirstIsServedFirst() public {
        uint256 first = claimUnpaid(unpaidUse("a"));
        uint256 second = claimUnpaid(unpaidUse("b"));
        finalise(second);
        require(stateOf(first) == ClaimState.SLASHED, "the first too");
        eq(token.balanceOf(VERIFIER), 980 * DOLLAR + SLASH / 5);
    }

    function test_NoShelterBehindASmallClaim() public {
        uint256 small = smallLicense();
        uint256 first = claimUnpaid(unpaid(prove(answer(small, "a"), "a")));
        eq(court.claim(first).reserved, BOND / 100);
        uint256 second = claimUnpaid(unpaidUse("b"));
        eq(court.claim(second).reserved, SLASH - BOND / 100);
        finalise(second);
        eq(licenses.accountOf(HOST).bond, BOND - SLASH); // together, as much as the larger one
        eq(licenses.accountOf(HOST).contested, 0);
    }

    function test_NoShelterBehindASmallSlash() public {
        uint256 small = smallLicense();
        finalise(claimUnpaid(unpaid(prove(answer(small, "a"), "a"))));
        uint256 left = BOND - BOND / 100;
        eq(licenses.accountOf(HOST).bond, left);
        uint256 second = claimUnpaid(unpaidUse("b"));
        eq(court.claim(second).reserved, left / 2 - BOND / 100);
        finalise(second);
        eq(licenses.accountOf(HOST).bond, left - left / 2 + BOND / 100);
    }

    function test_NoSecondSlashWithinTheCooldown() public {
        finalise(claimUnpaid(unpaidUse("a")));
        uint256 second = claimUnpaid(unpaidUse("b"));
        eq(court.claim(second).reserved, 0);
        require(finalise(second) == ClaimState.SLASHED, "slashed");
        eq(licenses.accountOf(HOST).bond, SLASH);
    }

    function test_ASecondSlashAfterTheCooldown() public {
        finalise(claimUnpaid(unpaidUse("a")));
        vm.warp(block.timestamp + 60);
        finalise(claimUnpaid(unpaidUse("b")));
        eq(licenses.accountOf(HOST).bond, SLASH / 2);
    }

    function test_RevertWhen_ThereIsNoBond() public {
        vm.startPrank(address(court));
        licenses.contest(HOST, BOND);
        licenses.take(HOST, BOND, BOND, true);
        vm.stopPrank();
        UnpaidUse memory contents = unpaidUse("a");
        commitUnpaid(contents);
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_NothingToSlash.selector, HOST));
        vm.prank(VERIFIER);
        court.revealUnpaidUse(contents, SALT);
    }

    function test_ARefusedPayeeIsCredited() public {
        uint256 claimId = claimUnpaid(unpaidUse("n"));
        uint256 due = DOLLAR + SLASH / 5;
        bytes memory transfer = abi.encodeWithSelector(token.transfer.selector, VERIFIER, due);
        vm.mockCallRevert(address(token), transfer, "frozen");
        require(finalise(claimId) == ClaimState.SLASHED, "ends all the same");
        eq(court.owed(VERIFIER), due);
        eq(token.balanceOf(address(court)), due);
        vm.clearMockedCalls();
        uint256 before = token.balanceOf(VERIFIER);
        eq(court.withdraw(VERIFIER), due);
        eq(token.balanceOf(VERIFIER) - before, due);
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_NothingOwed.selector, VERIFIER));
        court.withdraw(VERIFIER);
    }

    /// @notice Every unit that a slash takes goes somewhere, whatever the bond.
    function testFuzz_ASlashIsSplitWithoutRemainder(uint256 extra) public {
        extra = bound(extra, 0, 700 * DOLLAR);
        vm.prank(HOST);
        licenses.depositBond(HOST, extra);
        uint256 supply = token.totalSupply();
        uint256 claimId = claimUnpaid(unpaidUse("n"));
        uint256 before = token.balanceOf(VERIFIER);
        finalise(claimId);
        uint256 paid = token.balanceOf(VERIFIER) - before - DOLLAR + token.balanceOf(OWNER) + token.balanceOf(BURNED);
        eq(paid, (BOND + extra) / 2);
        eq(token.balanceOf(address(licenses)), licenses.accountOf(HOST).bond);
        eq(token.balanceOf(address(court)), 0);
        eq(token.totalSupply(), supply);
    }

    function smallLicense() private returns (uint256) {
        return accept(HOST, mintModel(HOST, "own model", 100));
    }
}
