// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ClaimState, Offence, Receipt, ReceiptEvidence} from "../src/interfaces/Claims.sol";
import {IClaimRecords} from "../src/interfaces/IClaimRecords.sol";
import {IUnpaidUses} from "../src/interfaces/IUnpaidUses.sol";
import {CourtTest} from "../testing/CourtFixture.sol";

// commitClaim
// ├── when the sender committed it before                              reverts
// └── otherwise                                notes the block, for this sender alone
// revealUnpaidUse
// ├── when its receipt does not count (AccusedReceipts.t.sol)           reverts
// ├── when the commitment is another's, unknown, too young, expired or used   reverts
// ├── when it is booked                                                reverts
// ├── when it was claimed before                                       reverts
// ├── when the claimant's balance is short                             reverts
// └── otherwise                                posts the bond, reserves the slash, opens the window
// cure
// ├── when there is no such claim, or it has ended                     reverts
// ├── when it is shown with another claimant                           reverts
// ├── when it is not booked, or the window is over                     reverts
// └── otherwise                                PAID_LATE: late fee, costs to the claimant, the rest to the pool
// finaliseUnpaidUse
// ├── before the window ends                                           reverts
// └── otherwise                                SLASHED: shares, the owner at most what is unpaid, the rest burned
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
        vm.expectEmit(address(court));
        emit IUnpaidUses.UnpaidUseClaimed(
            digestOf(e),
            VERIFIER,
            HOST,
            modelId,
            licenses.vaultOf(licenseId),
            "n",
            0,
            DOLLAR,
            SLASH,
            SLASH,
            uint40(block.timestamp + 15),
            e.signed.receipt
        );
        vm.prank(VERIFIER);
        bytes32 claimId = court.revealUnpaidUse(e, SALT);
        eq(claimId, digestOf(e));
        expectState(claimId, ClaimState.CONTESTED);
        eq(uint256(court.claim(claimId).offence), uint256(Offence.UNPAID_USE));
        eq(court.claim(claimId).reach, SLASH);
        eq(court.claim(claimId).bond, DOLLAR);
        require(court.claim(claimId).opensPot, "opened the pot");
        eq(court.claim(claimId).answerBy, block.timestamp + 15);
        eq(contested(HOST), SLASH);
        eq(court.balanceOf(VERIFIER), 99 * DOLLAR);
    }

    // protocol §6: host refunds a channel after serving, or books only when contested
    function test_BookedAndCuredInTheWindowIsPaidLate() public {
        bytes32 claimId = claimUnpaid(unpaidUse("n"));
        bookLatest(licenseId);
        vm.warp(court.claim(claimId).answerBy); // the last moment
        uint256 fee = SLASH / 10;
        vm.expectEmit(address(court));
        emit IClaimRecords.ClaimFinalised(claimId, ClaimState.PAID_LATE, fee, DOLLAR / 2, 0, fee - DOLLAR / 2, 0);
        cure(claimId);
        expectState(claimId, ClaimState.PAID_LATE);
        eq(court.balanceOf(VERIFIER), 100 * DOLLAR + DOLLAR / 2);
        eq(verifiers.pool(), fee - DOLLAR / 2);
        eq(accountOf(HOST).bond, BOND - fee);
        eq(accountOf(HOST).lastSlashAt, 0);
        eq(contested(HOST), 0);
        eq(token.balanceOf(address(court)), court.balanceOf(VERIFIER));
        eq(verifiers.standingOf(VERIFIER).claimsWon, 1);
    }

    // protocol §6: host down during a window
    function test_AnyoneMayBookAndCureForTheHost() public {
        bytes32 claimId = claimUnpaid(unpaidUse("n"));
        bookLatest(licenseId);
        vm.startPrank(OUTSIDER);
        court.cure(told[claimId].receipt, VERIFIER, told[claimId].nonceSalt);
        vm.stopPrank();
        expectState(claimId, ClaimState.PAID_LATE);
    }

    function test_ABookingAfterTheWindowSavesNobody() public {
        bytes32 claimId = claimUnpaid(unpaidUse("n"));
        uint256 answerBy = court.claim(claimId).answerBy;
        vm.warp(answerBy + 1);
        bookLatest(licenseId);
        Receipt memory r = told[claimId].receipt;
        vm.expectRevert(abi.encodeWithSelector(IClaimRecords.ClaimCourt_WindowOver.selector, answerBy));
        court.cure(r, VERIFIER, "n");
        require(finaliseInTime(claimId) == ClaimState.SLASHED, "slashed");
    }

    // peers §5: partial payout marks a voucher used (Livepeer PR #657)
    function test_BookingTooLittleCuresNothingAndSpoilsNothing() public {
        bytes32 claimId = claimUnpaid(unpaidUse("n"));
        book(licenseId, paymentNonce(1), PRICE - 1);
        refuseCure(claimId);
        book(licenseId, paymentNonce(1), PRICE);
        cure(claimId);
        expectState(claimId, ClaimState.PAID_LATE);
    }

    // protocol §6: host forges a permit (own authorizer, own token, own collector)
    function test_APaymentByAnotherClientBooksNothing() public {
        Receipt memory r = answered(licenseId, "n");
        r.client = OUTSIDER;
        bytes32 claimId = claimUnpaid(prove(r, "n"));
        bookLatest(licenseId); // BUYER signed it
        refuseCure(claimId);
    }

    function test_APriceBelowTheFloorIsNeverBooked() public {
        Receipt memory r = answered(licenseId, "n");
        r.amount = FLOOR - 1;
        bookLatest(licenseId);
        bytes32 claimId = claimUnpaid(prove(r, "n"));
        refuseCure(claimId);
        require(finaliseInTime(claimId) == ClaimState.SLASHED, "slashed");
    }

    function test_TheFloorPriceItselfIsBooked() public {
        Receipt memory r = answered(licenseId, "n");
        r.amount = FLOOR;
        bytes32 claimId = claimUnpaid(prove(r, "n"));
        bookLatest(licenseId);
        cure(claimId);
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

    // protocol §6: paid claims farm the inspection pool
    function test_RevertWhen_BookedBefore() public {
        ReceiptEvidence memory e = unpaidUse("n");
        bookLatest(licenseId);
        refuseClaim(
            e,
            abi.encodeWithSelector(
                IClaimRecords.ClaimCourt_AlreadyBooked.selector,
                digestOf(e),
                paymentRef(paymentNonce(1))
            )
        );
    }

    // protocol §6: replay, two tabs, lost answer
    function test_RevertWhen_ClaimedBefore() public {
        ReceiptEvidence memory e = unpaidUse("n");
        bytes32 claimId = claimUnpaid(e);
        refuseClaim(
            e,
            abi.encodeWithSelector(IClaimRecords.ClaimCourt_WrongState.selector, claimId, ClaimState.CONTESTED)
        );
    }

    function test_RevertWhen_ItWasSlashedForBefore() public {
        ReceiptEvidence memory e = unpaidUse("n");
        bytes32 claimId = claimUnpaid(e);
        finaliseInTime(claimId);
        refuseClaim(
            e,
            abi.encodeWithSelector(IClaimRecords.ClaimCourt_WrongState.selector, claimId, ClaimState.SLASHED)
        );
    }

    function test_RevertWhen_TheBalanceIsShort() public {
        ReceiptEvidence memory e = unpaidUse("n");
        vm.prank(VERIFIER);
        court.withdraw(99 * DOLLAR + 1, VERIFIER);
        refuseClaim(
            e,
            abi.encodeWithSelector(IClaimRecords.ClaimCourt_InsufficientBalance.selector, VERIFIER, DOLLAR - 1, DOLLAR)
        );
    }

    function test_RevertWhen_NotCommitted() public {
        ReceiptEvidence memory e = unpaidUse("n");
        bytes32 hash = commitment(keccak256(abi.encode(Offence.UNPAID_USE, digestOf(e))));
        vm.expectRevert(abi.encodeWithSelector(IClaimRecords.ClaimCourt_UnknownCommitment.selector, hash));
        vm.prank(VERIFIER);
        court.revealUnpaidUse(e, SALT);
    }

    function test_RevertWhen_CommittedTwice() public {
        vm.startPrank(VERIFIER);
        court.commitClaim("same");
        vm.expectRevert(abi.encodeWithSelector(IUnpaidUses.ClaimCourt_AlreadyCommitted.selector, bytes32("same")));
        court.commitClaim("same");
    }

    // protocol §6: claim copied from the mempool, standing self-claims
    function test_RevertWhen_TheCommitmentIsCopied() public {
        ReceiptEvidence memory e = unpaidUse("n");
        bytes32 hash = commitment(keccak256(abi.encode(Offence.UNPAID_USE, digestOf(e))));
        vm.prank(OUTSIDER);
        court.commitClaim(hash); // neither spoils the verifier's own
        commitUnpaid(e);
        vm.expectPartialRevert(IClaimRecords.ClaimCourt_UnknownCommitment.selector); // nor serves the copier
        vm.prank(OUTSIDER);
        court.revealUnpaidUse(e, SALT);
        vm.prank(VERIFIER);
        court.revealUnpaidUse(e, SALT);
    }

    function test_RevertWhen_RevealedInTheSameBlock() public {
        ReceiptEvidence memory e = unpaidUse("n");
        commitUnpaid(e);
        vm.roll(block.number - 1);
        vm.expectRevert(abi.encodeWithSelector(IClaimRecords.ClaimCourt_RevealTooEarly.selector, block.number + 1));
        vm.prank(VERIFIER);
        court.revealUnpaidUse(e, SALT);
    }

    function test_RevertWhen_TheCommitmentExpired() public {
        ReceiptEvidence memory e = unpaidUse("n");
        commitUnpaid(e);
        uint256 last = block.number + 299;
        vm.roll(last + 1);
        vm.expectRevert(abi.encodeWithSelector(IClaimRecords.ClaimCourt_CommitmentExpired.selector, last));
        vm.prank(VERIFIER);
        court.revealUnpaidUse(e, SALT);
        vm.roll(last);
        vm.prank(VERIFIER);
        court.revealUnpaidUse(e, SALT);
    }

    function test_RevertWhen_FinalisedTooEarly() public {
        bytes32 claimId = claimUnpaid(unpaidUse("n"));
        uint40 answerBy = court.claim(claimId).answerBy;
        vm.warp(answerBy);
        Receipt memory r = told[claimId].receipt;
        vm.expectRevert(abi.encodeWithSelector(IClaimRecords.ClaimCourt_TooEarly.selector, answerBy));
        court.finaliseUnpaidUse(r, VERIFIER, "n");
    }

    function test_RevertWhen_EndedTwice() public {
        bytes32 claimId = claimUnpaid(unpaidUse("n"));
        finaliseInTime(claimId);
        bytes memory ended = abi.encodeWithSelector(
            IClaimRecords.ClaimCourt_WrongState.selector,
            claimId,
            ClaimState.SLASHED
        );
        Receipt memory r = told[claimId].receipt;
        vm.expectRevert(ended);
        court.finaliseUnpaidUse(r, VERIFIER, "n");
        vm.expectRevert(ended);
        court.cure(r, VERIFIER, "n");
    }

    function test_RevertWhen_ThereIsNoClaim() public {
        Receipt memory r = answered(licenseId, "n");
        bytes32 digest = court.receiptDigest(r);
        vm.expectRevert(abi.encodeWithSelector(IClaimRecords.ClaimCourt_WrongState.selector, digest, ClaimState.NONE));
        court.cure(r, VERIFIER, "n");
    }

    function test_RevertWhen_ItEndsForAnotherClaimant() public {
        bytes32 claimId = claimUnpaid(unpaidUse("n"));
        vm.warp(block.timestamp + 16);
        Receipt memory r = told[claimId].receipt;
        vm.expectRevert(
            abi.encodeWithSelector(IClaimRecords.ClaimCourt_NotYourNonce.selector, claimId, r.requestNonce)
        );
        court.finaliseUnpaidUse(r, OUTSIDER, "n");
        vm.expectRevert(
            abi.encodeWithSelector(IClaimRecords.ClaimCourt_NotYourNonce.selector, claimId, r.requestNonce)
        );
        court.cure(r, VERIFIER, "m");
    }

    function test_AnchorNotesTheTimeOnce() public {
        vm.expectEmit(address(court));
        emit IUnpaidUses.ReceiptsAnchored("root", OUTSIDER);
        vm.prank(OUTSIDER);
        court.anchor("root");
        uint256 first = block.timestamp;
        eq(court.anchoredAt("root"), first);
        vm.warp(first + 1);
        vm.expectRevert(abi.encodeWithSelector(IUnpaidUses.ClaimCourt_AlreadyAnchored.selector, bytes32("root")));
        court.anchor("root");
        eq(court.anchoredAt("root"), first);
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
        vm.expectRevert(abi.encodeWithSelector(IUnpaidUses.ClaimCourt_AlreadyCommitted.selector, hash));
        vm.prank(sender);
        court.commitClaim(hash);
    }

    function testFuzz_anchor(bytes32 root, address by) public {
        vm.prank(by);
        court.anchor(root);
        eq(court.anchoredAt(root), block.timestamp);
    }

    /// @notice A claim is answered if and only if enough is booked by then.
    function testFuzz_cure(uint256 value, uint256 wait) public {
        bytes32 claimId = claimUnpaid(unpaidUse("n"));
        uint256 answerBy = court.claim(claimId).answerBy;
        value = bound(value, 1, 2 * PRICE);
        book(licenseId, paymentNonce(1), value);
        vm.warp(block.timestamp + bound(wait, 0, 30));
        bool inTime = value >= PRICE && block.timestamp <= answerBy;
        try court.cure(told[claimId].receipt, VERIFIER, "n") {
            require(inTime, "answered");
        } catch {
            require(!inTime, "refused");
        }
    }

    function testFuzz_finaliseUnpaidUse(uint256 wait) public {
        bytes32 claimId = claimUnpaid(unpaidUse("n"));
        uint256 answerBy = court.claim(claimId).answerBy;
        vm.warp(block.timestamp + bound(wait, 0, 30));
        try court.finaliseUnpaidUse(told[claimId].receipt, VERIFIER, "n") {
            require(block.timestamp > answerBy, "in the window");
        } catch {
            require(block.timestamp <= answerBy, "after the window");
        }
    }

    function refuseCure(bytes32 claimId) private {
        Receipt memory r = told[claimId].receipt;
        bytes32 salt = told[claimId].nonceSalt;
        vm.expectRevert(abi.encodeWithSelector(IClaimRecords.ClaimCourt_NotBooked.selector, claimId, r.licenseId));
        court.cure(r, VERIFIER, salt);
    }
}
