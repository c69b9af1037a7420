// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ClaimState, Ending, Offence, Receipt, ReceiptEvidence, UnpaidUse} from "../src/interfaces/Claims.sol";
import {IClaimCourt} from "../src/interfaces/IClaimCourt.sol";
import {LicenseState} from "../src/interfaces/ILicenseRegistry.sol";
import {CourtTest} from "../testing/CourtFixture.sol";

// commitClaim
// ├── when the sender committed it before                              reverts
// └── otherwise                                notes the block, for this sender alone
// revealUnpaidUse
// ├── when a receipt does not count (AccusedReceipts.t.sol)             reverts
// ├── when the commitment is another's, unknown, too young, expired or used   reverts
// ├── when all of it was booked when it was committed                  reverts
// ├── when a receipt counts in another claim                           reverts
// ├── when the claimant's balance is short                             reverts
// └── otherwise                                posts the bond, keeps what is late, reserves, opens the window
// finaliseUnpaidUse
// ├── before the window ends, or shown with another claimant           reverts
// ├── when all of it is booked by now          PAID_LATE: a multiple of the amounts, the claimant's costs out of it
// └── otherwise                                SLASHED: shares, the owner at most what is unpaid, the rest burned; the
//                                              license is suspended, and closed by a second slash
// cure
// ├── when the claim suspends nothing, it is not booked, or the account not covered   reverts
// └── otherwise                                lifts the suspension
contract UnpaidUseTest is CourtTest {
    // protocol §6: host skips payment for some signed traffic
    function test_AnUnpaidUseIsSlashed() public {
        bytes32 claimId = claimUnpaid(unpaidUse("n"));
        uint256 before = token.balanceOf(OWNER);
        require(finaliseInTime(claimId) == ClaimState.SLASHED, "slashed");
        eq(court.balanceOf(VERIFIER), 100 * DOLLAR + SLASH / 5);
        eq(token.balanceOf(OWNER) - before, PRICE); // its 20 % is capped by what was unpaid
        eq(token.balanceOf(BURNED), SLASH - SLASH / 5 - PRICE);
        eq(token.balanceOf(address(court)), 100 * DOLLAR + SLASH / 5);
        eq(accountOf(HOST).bond, BOND - SLASH);
        eq(contested(HOST), 0);
        eq(verifiers.standingOf(VERIFIER).claimsWon, 1);
        eq(verifiers.standingOf(VERIFIER).claimsLost, 0);
    }

    function test_RevealReservesTheSlash() public {
        ReceiptEvidence memory e = unpaidUse("n");
        commitUnpaid(e);
        Receipt[] memory late = new Receipt[](1);
        late[0] = e.signed.receipt;
        UnpaidUse memory use = UnpaidUse({
            offence: Offence.UNPAID_USE,
            modelId: modelId,
            vault: licenses.vaultOf(licenseId),
            nonceSalt: "n",
            bond: DOLLAR,
            reach: SLASH,
            reserved: SLASH,
            answerBy: uint40(block.timestamp + 15)
        });
        vm.expectEmit(address(court));
        emit IClaimCourt.UnpaidUseClaimed(digestOf(e), VERIFIER, HOST, use, late);
        vm.prank(VERIFIER);
        bytes32 claimId = court.revealUnpaidUse(alone(e), SALT);
        eq(claimId, digestOf(e));
        expectState(claimId, ClaimState.CONTESTED);
        eq(uint256(court.claim(claimId).offence), uint256(Offence.UNPAID_USE));
        eq(court.claim(claimId).reach, SLASH);
        eq(court.claim(claimId).bond, DOLLAR);
        eq(court.claim(claimId).potClosesAt, block.timestamp + 60);
        eq(court.claim(claimId).answerBy, block.timestamp + 15);
        eq(contested(HOST), SLASH);
        eq(court.balanceOf(VERIFIER), 99 * DOLLAR);
    }

    // protocol §6: host books only what is contested
    function test_BookedInTheWindowIsPaidLate() public {
        bytes32 claimId = claimUnpaid(unpaidUse("n"));
        bookLatest(licenseId);
        uint256 fee = 100 * PRICE; // half a dollar, as much as a claim costs
        vm.warp(court.claim(claimId).answerBy + 1);
        vm.expectEmit(address(court));
        emit IClaimCourt.ClaimFinalised(claimId, Ending(ClaimState.PAID_LATE, fee, 0, DOLLAR / 2, 0, 0, 0));
        finalise(claimId);
        eq(court.balanceOf(VERIFIER), 100 * DOLLAR + fee);
        eq(accountOf(HOST).bond, BOND - fee);
        eq(contested(HOST), 0);
        eq(token.balanceOf(address(court)), court.balanceOf(VERIFIER));
        eq(verifiers.standingOf(VERIFIER).claimsWon, 1);
        eq(licenses.license(licenseId).state, LicenseState.ACTIVE);
    }

    // protocol §6: host books only what is contested, in front of the reveal too
    function test_BookedInFrontOfTheRevealIsPaidLate() public {
        ReceiptEvidence memory e = unpaidUse("n");
        commitUnpaid(e);
        bookLatest(licenseId); // it saw the commitment
        vm.prank(VERIFIER);
        bytes32 claimId = court.revealUnpaidUse(alone(e), SALT);
        tell(claimId, alone(e), "n");
        require(finaliseInTime(claimId) == ClaimState.PAID_LATE, "late");
        eq(accountOf(HOST).bond, BOND - 100 * PRICE);
    }

    /// @notice The fee follows the amounts; the claimant gets one claim's cost of it, the rest burns.
    function test_ALateFeeFollowsTheAmounts() public {
        ReceiptEvidence[] memory items = several(4, "n");
        bytes32 claimId = claimUnpaid(items);
        for (uint256 i = 0; i < 4; ++i) book(licenseId, paymentNonce(i + 1), PRICE);
        require(finaliseInTime(claimId) == ClaimState.PAID_LATE, "late");
        eq(accountOf(HOST).bond, BOND - 400 * PRICE);
        eq(court.balanceOf(VERIFIER), 100 * DOLLAR + DOLLAR / 2);
        eq(token.balanceOf(BURNED), 400 * PRICE - DOLLAR / 2);
    }

    function test_ALateFeeIsAtLeastAClaimsCostOnceForAPayment() public {
        Receipt memory a = answered(licenseId, "a");
        Receipt memory b = answered(licenseId, "b");
        (a.amount, b.amount) = (FLOOR, FLOOR);
        (a.cumulative, b.cumulative, b.paymentRef) = (FLOOR, 2 * FLOOR, a.paymentRef);
        bytes32 first = claimUnpaid(prove(a, "a"));
        bytes32 second = claimUnpaid(prove(b, "b"));
        book(licenseId, paymentNonce(1), 2 * FLOOR);
        finaliseInTime(first);
        eq(accountOf(HOST).bond, BOND - DOLLAR / 2);
        finaliseInTime(second);
        eq(accountOf(HOST).bond, BOND - DOLLAR / 2 - 100 * FLOOR);
    }

    function test_WhatWasBookedWhenItWasCommittedIsSkipped() public {
        ReceiptEvidence[] memory items = several(3, "n");
        book(licenseId, paymentNonce(2), PRICE);
        vm.roll(block.number + 1);
        commitUnpaid(items);
        vm.prank(VERIFIER);
        bytes32 claimId = court.revealUnpaidUse(items, SALT);
        eq(claimId, keccak256(abi.encode(two(digestOf(items[0]), digestOf(items[2])))));
        ReceiptEvidence[] memory late = new ReceiptEvidence[](2);
        (late[0], late[1]) = (items[0], items[2]);
        tell(claimId, late, late[0].nonceSalt);
        require(finaliseInTime(claimId) == ClaimState.SLASHED, "slashed");
    }

    function test_OneUnbookedItemOfManyIsASlash() public {
        ReceiptEvidence[] memory items = several(3, "n");
        bytes32 claimId = claimUnpaid(items);
        for (uint256 i = 0; i < 2; ++i) book(licenseId, paymentNonce(i + 1), PRICE);
        uint256 before = token.balanceOf(OWNER);
        require(finaliseInTime(claimId) == ClaimState.SLASHED, "slashed");
        eq(token.balanceOf(OWNER) - before, PRICE); // of the one that is unpaid
    }

    function test_ItemsOfAnotherLicenseAreAnotherClaims() public {
        uint256 other = accept(HOST, mintModel(OUTSIDER, "other", 5_000));
        serve(OUTSIDER, other);
        ReceiptEvidence[] memory items = new ReceiptEvidence[](2);
        (items[0], items[1]) = (unpaidUse("a"), prove(answered(other, "b"), "b"));
        commitUnpaid(items);
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_NotLicensed.selector, digestOf(items[1]), other));
        vm.prank(VERIFIER);
        court.revealUnpaidUse(items, SALT);
    }

    // protocol §6: host books nothing beyond the week's cap
    function test_WhatEndsUnbookedSuspendsTheLicense() public {
        bytes32 claimId = claimUnpaid(unpaidUse("n"));
        finaliseInTime(claimId);
        require(court.claim(claimId).suspends, "suspends");
        eq(licenses.license(licenseId).state, LicenseState.SUSPENDED);
        Receipt[] memory receipts = told[claimId].receipts;
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_NotBooked.selector, claimId, licenseId));
        court.cure(receipts);
        bookLatest(licenseId);
        topUp(BOND - accountOf(HOST).bond);
        vm.expectEmit(address(court));
        emit IClaimCourt.ClaimCured(claimId, licenseId);
        vm.prank(OUTSIDER); // anyone
        court.cure(receipts);
        eq(licenses.license(licenseId).state, LicenseState.ACTIVE);
        vm.expectRevert(
            abi.encodeWithSelector(IClaimCourt.ClaimCourt_WrongState.selector, claimId, ClaimState.SLASHED)
        );
        court.cure(receipts);
    }

    function test_RevertWhen_TheCuredAccountIsNotCovered() public {
        accept(HOST, mintModel(OUTSIDER, "other", 5_000));
        accept(HOST, mintModel(OUTSIDER, "third", 5_000)); // three licenses reserve 150 of the 200 dollars
        bytes32 claimId = claimUnpaid(unpaidUse("n"));
        finaliseInTime(claimId);
        bookLatest(licenseId);
        Receipt[] memory receipts = told[claimId].receipts;
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_NotCovered.selector, HOST));
        court.cure(receipts);
    }

    /// @notice Even a claim that takes nothing.
    function test_AClaimThatTakesNothingSuspendsTheLicense() public {
        finaliseInTime(claimUnpaid(unpaidUse("a")));
        bytes32 second = claimUnpaid(unpaidUse("b")); // shares the pot, which is empty
        require(finaliseInTime(second) == ClaimState.SLASHED, "slashed");
        eq(accountOf(HOST).bond, BOND - SLASH);
        require(court.claim(second).suspends, "suspends");
        eq(licenses.license(licenseId).state, LicenseState.SUSPENDED); // and not closed: what shares a pot is one slash
    }

    function test_ASecondSlashClosesTheLicense() public {
        finaliseInTime(claimUnpaid(unpaidUse("a")));
        ReceiptEvidence memory e = unpaidUse("b");
        vm.warp(block.timestamp + 60);
        finaliseInTime(claimUnpaid(e));
        eq(licenses.license(licenseId).state, LicenseState.CLOSING);
    }

    function test_ASlashAfterALongTimeIsAFirstOneAgain() public {
        finaliseInTime(claimUnpaid(unpaidUse("a")));
        vm.warp(block.timestamp + 600);
        finaliseInTime(claimUnpaid(unpaidUse("b")));
        eq(licenses.license(licenseId).state, LicenseState.SUSPENDED);
    }

    // protocol §6: host down during a window
    function test_AnyoneMayBookForTheHost() public {
        bytes32 claimId = claimUnpaid(unpaidUse("n"));
        vm.startPrank(OUTSIDER);
        bookLatest(licenseId);
        vm.stopPrank();
        require(finaliseInTime(claimId) == ClaimState.PAID_LATE, "late");
    }

    // peers §5: partial payout marks a voucher used (Livepeer PR #657)
    function test_BookingTooLittleSavesNothingAndSpoilsNothing() public {
        bytes32 claimId = claimUnpaid(unpaidUse("n"));
        book(licenseId, paymentNonce(1), PRICE - 1);
        book(licenseId, paymentNonce(1), PRICE);
        require(finaliseInTime(claimId) == ClaimState.PAID_LATE, "late");
    }

    // protocol §6: host forges a permit (own authorizer, own token, own collector)
    function test_APaymentByAnotherClientBooksNothing() public {
        Receipt memory r = answered(licenseId, "n");
        r.client = OUTSIDER;
        bytes32 claimId = claimUnpaid(prove(r, "n"));
        bookLatest(licenseId); // BUYER signed it
        require(finaliseInTime(claimId) == ClaimState.SLASHED, "slashed");
    }

    function test_APriceBelowTheFloorIsNeverBooked() public {
        Receipt memory r = answered(licenseId, "n");
        r.amount = FLOOR - 1;
        bookLatest(licenseId);
        bytes32 claimId = claimUnpaid(prove(r, "n"));
        require(finaliseInTime(claimId) == ClaimState.SLASHED, "slashed");
    }

    function test_TheFloorPriceItselfIsBooked() public {
        Receipt memory r = answered(licenseId, "n");
        r.amount = FLOOR;
        bytes32 claimId = claimUnpaid(prove(r, "n"));
        bookLatest(licenseId);
        require(finaliseInTime(claimId) == ClaimState.PAID_LATE, "late");
    }

    function test_OffTheBooksIsUnpaid() public {
        Receipt memory r = answered(licenseId, "n");
        (r.paymentRef, r.amount, r.cumulative) = (0, 0, 0);
        bytes32 claimId = claimUnpaid(prove(r, "n"));
        uint256 before = token.balanceOf(OWNER);
        require(finaliseInTime(claimId) == ClaimState.SLASHED, "slashed");
        eq(token.balanceOf(OWNER), before); // nothing was owed
    }

    /// @notice No total overflows anything, however large.
    function test_AnImpossibleAmountIsUnpaid() public {
        Receipt memory r = answered(licenseId, "n");
        (r.amount, r.cumulative) = (type(uint256).max, type(uint256).max);
        bytes32 claimId = claimUnpaid(prove(r, "n"));
        uint256 before = token.balanceOf(OWNER);
        require(finaliseInTime(claimId) == ClaimState.SLASHED, "slashed");
        eq(token.balanceOf(OWNER) - before, SLASH / 5);
    }

    function test_RevertWhen_BookedBefore() public {
        ReceiptEvidence memory e = unpaidUse("n");
        bookLatest(licenseId);
        vm.roll(block.number + 1);
        refuseClaim(
            e,
            abi.encodeWithSelector(
                IClaimCourt.ClaimCourt_AlreadyBooked.selector,
                digestOf(e),
                paymentRef(paymentNonce(1))
            )
        );
    }

    // protocol §6: replay, two tabs, lost answer
    function test_RevertWhen_ClaimedBefore() public {
        ReceiptEvidence memory e = unpaidUse("n");
        bytes32 claimId = claimUnpaid(e);
        bytes memory counted = abi.encodeWithSelector(IClaimCourt.ClaimCourt_AlreadyCounted.selector, claimId);
        refuseClaim(e, counted);
        finaliseInTime(claimId);
        vm.expectRevert(counted);
        vm.prank(VERIFIER);
        court.revealUnpaidUse(alone(e), SALT);
    }

    function test_RevertWhen_AReceiptStandsTwiceInAClaim() public {
        ReceiptEvidence[] memory items = several(2, "n");
        items[1] = items[0];
        commitUnpaid(items);
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_AlreadyCounted.selector, digestOf(items[0])));
        vm.prank(VERIFIER);
        court.revealUnpaidUse(items, SALT);
    }

    function test_RevertWhen_TheBalanceIsShort() public {
        ReceiptEvidence memory e = unpaidUse("n");
        vm.prank(VERIFIER);
        court.withdraw(99 * DOLLAR + 1, VERIFIER);
        refuseClaim(
            e,
            abi.encodeWithSelector(IClaimCourt.ClaimCourt_InsufficientBalance.selector, VERIFIER, DOLLAR - 1, DOLLAR)
        );
    }

    function test_RevertWhen_NotCommitted() public {
        ReceiptEvidence memory e = unpaidUse("n");
        bytes32 hash = commitment(contentsOf(alone(e)));
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_UnknownCommitment.selector, hash));
        vm.prank(VERIFIER);
        court.revealUnpaidUse(alone(e), SALT);
    }

    function test_RevertWhen_CommittedTwice() public {
        vm.startPrank(VERIFIER);
        court.commitClaim("same");
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_AlreadyCommitted.selector, bytes32("same")));
        court.commitClaim("same");
    }

    // protocol §6: claim copied from the mempool, standing self-claims
    function test_RevertWhen_TheCommitmentIsCopied() public {
        ReceiptEvidence memory e = unpaidUse("n");
        bytes32 hash = commitment(contentsOf(alone(e)));
        vm.prank(OUTSIDER);
        court.commitClaim(hash); // neither spoils the verifier's own
        commitUnpaid(e);
        vm.expectPartialRevert(IClaimCourt.ClaimCourt_UnknownCommitment.selector); // nor serves the copier
        vm.prank(OUTSIDER);
        court.revealUnpaidUse(alone(e), SALT);
        vm.prank(VERIFIER);
        court.revealUnpaidUse(alone(e), SALT);
    }

    function test_RevertWhen_RevealedInTheSameBlock() public {
        ReceiptEvidence memory e = unpaidUse("n");
        commitUnpaid(e);
        vm.roll(block.number - 1);
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_RevealTooEarly.selector, block.number + 1));
        vm.prank(VERIFIER);
        court.revealUnpaidUse(alone(e), SALT);
    }

    function test_RevertWhen_TheCommitmentExpired() public {
        ReceiptEvidence memory e = unpaidUse("n");
        commitUnpaid(e);
        uint256 last = block.number + 299;
        vm.roll(last + 1);
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_CommitmentExpired.selector, last));
        vm.prank(VERIFIER);
        court.revealUnpaidUse(alone(e), SALT);
        vm.roll(last);
        vm.prank(VERIFIER);
        court.revealUnpaidUse(alone(e), SALT);
    }

    function test_RevertWhen_FinalisedTooEarly() public {
        bytes32 claimId = claimUnpaid(unpaidUse("n"));
        uint40 answerBy = court.claim(claimId).answerBy;
        vm.warp(answerBy);
        Receipt[] memory r = told[claimId].receipts;
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_TooEarly.selector, answerBy));
        court.finaliseUnpaidUse(r, VERIFIER, "n");
    }

    function test_RevertWhen_EndedTwice() public {
        bytes32 claimId = claimUnpaid(unpaidUse("n"));
        finaliseInTime(claimId);
        bytes memory ended = abi.encodeWithSelector(
            IClaimCourt.ClaimCourt_WrongState.selector,
            claimId,
            ClaimState.SLASHED
        );
        Receipt[] memory r = told[claimId].receipts;
        vm.expectRevert(ended);
        court.finaliseUnpaidUse(r, VERIFIER, "n");
    }

    function test_RevertWhen_ThereIsNoClaim() public {
        Receipt[] memory r = new Receipt[](1);
        r[0] = answered(licenseId, "n");
        bytes memory none = abi.encodeWithSelector(
            IClaimCourt.ClaimCourt_WrongState.selector,
            court.receiptDigest(r[0]),
            ClaimState.NONE
        );
        vm.expectRevert(none);
        court.finaliseUnpaidUse(r, VERIFIER, "n");
        vm.expectRevert(none);
        court.cure(r);
    }

    function test_RevertWhen_ItEndsForAnotherClaimant() public {
        bytes32 claimId = claimUnpaid(unpaidUse("n"));
        vm.warp(block.timestamp + 16);
        Receipt[] memory r = told[claimId].receipts;
        vm.expectRevert(
            abi.encodeWithSelector(IClaimCourt.ClaimCourt_NotYourNonce.selector, claimId, r[0].requestNonce)
        );
        court.finaliseUnpaidUse(r, OUTSIDER, "n");
    }

    function test_ALeavingHostIsStillReached() public {
        ReceiptEvidence memory e = unpaidUse("n");
        vm.startPrank(HOST);
        licenses.close(licenseId);
        licenses.announceExit(BOND);
        vm.stopPrank();
        vm.warp(block.timestamp + 107); // exit delay 120: 12 s later the bond is still there
        bytes32 claimId = claimUnpaid(e);
        vm.warp(block.timestamp + 2);
        licenses.finishClose(licenseId);
        vm.prank(HOST);
        eq(licenses.withdraw(), BOND - SLASH);
        require(finaliseInTime(claimId) == ClaimState.SLASHED, "slashed");
        eq(accountOf(HOST).bond, 0);
    }

    /// @notice Only what a receipt says, signed and anchored as it is, is claimed: any other content fails at its
    /// digest.
    function testFuzz_revealUnpaidUse(
        bytes32 salt,
        uint256 amount,
        uint256 cumulative,
        bytes32 paymentRef_,
        uint32 age
    ) public {
        Receipt memory r = answered(licenseId, salt);
        (r.amount, r.cumulative, r.paymentRef) = (amount, cumulative, paymentRef_);
        ReceiptEvidence memory e = prove(r, salt);
        vm.warp(block.timestamp + bound(age, 12, 14 days - 12));
        bytes32 claimId = claimUnpaid(e);
        eq(claimId, digestOf(e));
        expectState(claimId, ClaimState.CONTESTED);
        eq(contested(HOST), SLASH);
    }

    function testFuzz_commitClaim(bytes32 hash, address sender) public {
        vm.prank(sender);
        court.commitClaim(hash);
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_AlreadyCommitted.selector, hash));
        vm.prank(sender);
        court.commitClaim(hash);
    }

    /// @notice A claim ends in a slash if and only if too little is booked.
    function testFuzz_ALateUseIsPaidOrSlashed(uint256 value) public {
        bytes32 claimId = claimUnpaid(unpaidUse("n"));
        value = bound(value, 1, 2 * PRICE);
        book(licenseId, paymentNonce(1), value);
        require(finaliseInTime(claimId) == (value >= PRICE ? ClaimState.PAID_LATE : ClaimState.SLASHED), "state");
    }

    function testFuzz_finaliseUnpaidUse(uint256 wait) public {
        bytes32 claimId = claimUnpaid(unpaidUse("n"));
        uint256 answerBy = court.claim(claimId).answerBy;
        vm.warp(block.timestamp + bound(wait, 0, 30));
        try court.finaliseUnpaidUse(told[claimId].receipts, VERIFIER, "n") {
            require(block.timestamp > answerBy, "in the window");
        } catch {
            require(block.timestamp <= answerBy, "after the window");
        }
    }

    function several(uint256 count, bytes32 seed) private returns (ReceiptEvidence[] memory items) {
        items = new ReceiptEvidence[](count);
        for (uint256 i = 0; i < count; ++i) items[i] = unpaidUse(keccak256(abi.encode(seed, i)));
    }

    function two(bytes32 a, bytes32 b) private pure returns (bytes32[] memory both) {
        both = new bytes32[](2);
        (both[0], both[1]) = (a, b);
    }

    function topUp(uint256 amount) private {
        vm.prank(HOST);
        licenses.depositBond(HOST, amount);
    }
}
