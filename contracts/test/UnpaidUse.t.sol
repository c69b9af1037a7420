// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ClaimState, IClaimCourt, Offence, Receipt, ReceiptEvidence, UnpaidUse} from "../src/interfaces/IClaimCourt.sol";
import {CourtFixture} from "../testing/CourtFixture.sol";

// commitClaim, revealUnpaidUse
// ├── when the commitment is another's, unknown, too young or expired   reverts
// ├── when there is no receipt, or more than 16                         reverts
// ├── for each receipt
// │   ├── when the signature is bent, or its signer bound to nobody     reverts
// │   ├── when the signer belongs to another account                    reverts
// │   ├── when the sender cannot open the request nonce                 reverts
// │   ├── when it is too young or too old                               reverts
// │   ├── when it is not anchored, anchored late, or after revocation   reverts
// │   ├── when it names no license of the account                       reverts
// │   ├── when it stands twice in the claim, or in an earlier claim     reverts
// │   └── when it is booked                                             reverts, unless it equivocates
// └── otherwise                               posts the bond, reserves the slash, opens the window
// finalise
// ├── before the window ends                  reverts
// ├── when every receipt is booked now        PAID_LATE: late fee, costs to the claimant, the rest to the pool
// └── otherwise                               SLASHED: shares, the owner at most what is unpaid, the rest burned
contract UnpaidUseTest is CourtFixture {
    uint256 private constant SLASH = BOND / 2;

    function test_RevealReservesTheSlash() public {
        uint256 claimId = claimUnpaid(unpaidUse("n"));
        require(stateOf(claimId) == ClaimState.CONTESTED, "contested");
        eq(court.claim(claimId).reserved, SLASH);
        eq(court.claim(claimId).answerBy, block.timestamp + 15);
        eq(licenses.accountOf(HOST).contested, SLASH);
        eq(token.balanceOf(address(court)), DOLLAR);
    }

    function test_AnUnpaidUseIsSlashed() public {
        uint256 claimId = claimUnpaid(unpaidUse("n"));
        uint256 before = token.balanceOf(VERIFIER);
        require(finalise(claimId) == ClaimState.SLASHED, "slashed");
        eq(token.balanceOf(VERIFIER) - before, DOLLAR + SLASH / 5);
        eq(token.balanceOf(OWNER), 5_000); // its 20 % is capped by what was unpaid
        eq(token.balanceOf(BURNED), SLASH - SLASH / 5 - 5_000);
        eq(token.balanceOf(address(court)), 0);
        eq(licenses.accountOf(HOST).bond, BOND - SLASH);
        eq(licenses.accountOf(HOST).contested, 0);
    }

    function test_BookedNowIsPaidLate() public {
        uint256 claimId = claimUnpaid(unpaidUse("n"));
        bookLatest(licenseId);
        uint256 before = token.balanceOf(VERIFIER);
        require(finalise(claimId) == ClaimState.PAID_LATE, "late");
        uint256 fee = SLASH / 10;
        eq(token.balanceOf(VERIFIER) - before, DOLLAR + DOLLAR / 2);
        eq(verifiers.pool(), fee - DOLLAR / 2);
        eq(licenses.accountOf(HOST).bond, BOND - fee);
        eq(licenses.accountOf(HOST).contested, 0);
        eq(token.balanceOf(address(court)), 0);
    }

    function test_OneOfTwoBookedIsSlashed() public {
        ReceiptEvidence memory a = prove(answer(licenseId, "a"), "a");
        ReceiptEvidence memory b = prove(answer(licenseId, "b"), "b");
        uint256 claimId = claimUnpaid(unpaid(a, b));
        bookLatest(licenseId);
        require(finalise(claimId) == ClaimState.SLASHED, "slashed");
        eq(token.balanceOf(OWNER), 5_000); // one of the two is unpaid
    }

    function test_BookingTooLittleCuresNothing() public {
        uint256 claimId = claimUnpaid(unpaidUse("n"));
        book(licenseId, paymentNonce(1), 4_999);
        require(finalise(claimId) == ClaimState.SLASHED, "slashed");
    }

    function test_APriceBelowTheFloorIsNeverBooked() public {
        Receipt memory r = answer(licenseId, "n");
        r.amount = FLOOR - 1;
        bookLatest(licenseId);
        uint256 claimId = claimUnpaid(unpaid(prove(r, "n")));
        require(finalise(claimId) == ClaimState.SLASHED, "slashed");
    }

    function test_RevertWhen_BookedBefore() public {
        UnpaidUse memory contents = unpaidUse("n");
        bookLatest(licenseId);
        refuse(contents, abi.encodeWithSelector(IClaimCourt.ClaimCourt_AlreadyBooked.selector, 0, paymentRef(paymentNonce(1))));
    }

    function test_EquivocationIsNotCuredByBooking() public {
        Receipt memory first = answer(licenseId, "a");
        Receipt memory second = answer(licenseId, "b");
        second.paymentRef = first.paymentRef; // two answers for one payment
        book(licenseId, paymentNonce(1), 5_000);
        uint256 claimId = claimUnpaid(unpaid(prove(first, "a"), prove(second, "b")));
        require(court.contestedUse(claimId, 1).equivocal && !court.contestedUse(claimId, 0).equivocal, "second");
        require(finalise(claimId) == ClaimState.SLASHED, "slashed");
        eq(token.balanceOf(OWNER), 5_000);
    }

    function test_RevertWhen_TwoReceiptsShareAChannelWithoutOverlap() public {
        Receipt memory first = answer(licenseId, "a");
        Receipt memory second = answer(licenseId, "b");
        second.paymentRef = first.paymentRef;
        second.cumulative = 10_000;
        book(licenseId, paymentNonce(1), 10_000);
        bytes memory refusal = abi.encodeWithSelector(IClaimCourt.ClaimCourt_AlreadyBooked.selector, 0, first.paymentRef);
        refuse(unpaid(prove(first, "a"), prove(second, "b")), refusal);
    }

    function test_RevertWhen_NoReceipts() public {
        UnpaidUse memory contents;
        refuse(contents, abi.encodeWithSelector(IClaimCourt.ClaimCourt_NoReceipts.selector));
    }

    function test_RevertWhen_TooManyReceipts() public {
        UnpaidUse memory contents;
        contents.receipts = new ReceiptEvidence[](17);
        refuse(contents, abi.encodeWithSelector(IClaimCourt.ClaimCourt_TooManyReceipts.selector, 17));
    }

    function test_RevertWhen_TheReceiptIsForged() public {
        ReceiptEvidence memory e = prove(answer(licenseId, "n"), "n");
        e.signature[64] = bytes1(uint8(29));
        refuse(unpaid(e), abi.encodeWithSelector(IClaimCourt.ClaimCourt_InvalidSignature.selector, 0));
    }

    function test_RevertWhen_TheSignerIsUnknown() public {
        ReceiptEvidence memory e = proveBy(BUYER_KEY, answer(licenseId, "n"), "n");
        refuse(unpaid(e), abi.encodeWithSelector(IClaimCourt.ClaimCourt_UnknownSigner.selector, 0, BUYER));
    }

    function test_RevertWhen_TheSignerIsAnotherHosts() public {
        openAccount(OUTSIDER, 0x52, BOND);
        ReceiptEvidence memory e = proveBy(0x52, answer(licenseId, "n"), "n");
        refuse(unpaid(e), abi.encodeWithSelector(IClaimCourt.ClaimCourt_MixedAccounts.selector, 0, OUTSIDER));
    }

    function test_RevertWhen_AStrangerClaims() public {
        Receipt memory r = answer(licenseId, "n");
        r.requestNonce = keccak256("the gateway's own");
        refuse(unpaid(prove(r, "n")), abi.encodeWithSelector(IClaimCourt.ClaimCourt_NotYourNonce.selector, 0, r.requestNonce));
    }

    function test_RevertWhen_TooYoung() public {
        Receipt memory r = answer(licenseId, "n");
        r.answeredAt = block.timestamp + 1;
        refuse(unpaid(prove(r, "n")), abi.encodeWithSelector(IClaimCourt.ClaimCourt_ReceiptTooYoung.selector, 0, r.answeredAt));
    }

    function test_RevertWhen_DatedIntoTheFarFuture() public {
        Receipt memory r = answer(licenseId, "n");
        r.answeredAt = type(uint256).max;
        refuse(unpaid(prove(r, "n")), abi.encodeWithSelector(IClaimCourt.ClaimCourt_ReceiptTooYoung.selector, 0, r.answeredAt));
    }

    function test_RevertWhen_TooOld() public {
        UnpaidUse memory contents = unpaidUse("n");
        uint256 answeredAt = block.timestamp;
        vm.warp(block.timestamp + 14 days);
        refuse(contents, abi.encodeWithSelector(IClaimCourt.ClaimCourt_ReceiptTooOld.selector, 0, answeredAt));
    }

    function test_RevertWhen_NotAnchored() public {
        ReceiptEvidence memory e = prove(answer(licenseId, "n"), "n");
        e.anchorRoot = "elsewhere";
        refuse(unpaid(e), abi.encodeWithSelector(IClaimCourt.ClaimCourt_NotAnchored.selector, 0, e.anchorRoot));
    }

    function test_RevertWhen_AnchoredTooLate() public {
        Receipt memory r = answer(licenseId, "n");
        vm.warp(block.timestamp + 3_601);
        ReceiptEvidence memory e = prove(r, "n");
        refuse(unpaid(e), abi.encodeWithSelector(IClaimCourt.ClaimCourt_AnchoredTooLate.selector, 0, block.timestamp));
    }

    function test_RevertWhen_TheSignerWasRevoked() public {
        vm.prank(HOST);
        licenses.revokeSigner(SIGNER);
        vm.warp(block.timestamp + 5);
        ReceiptEvidence memory e = prove(answer(licenseId, "n"), "n");
        refuse(unpaid(e), abi.encodeWithSelector(IClaimCourt.ClaimCourt_SignerRevoked.selector, 0, SIGNER));
    }

    function test_ASignerBindsUntilItsRevocationTakesEffect() public {
        vm.prank(HOST);
        licenses.revokeSigner(SIGNER);
        vm.warp(block.timestamp + 4);
        require(finalise(claimUnpaid(unpaidUse("n"))) == ClaimState.SLASHED, "slashed");
    }

    function test_RevertWhen_TheLicenseIsUnknown() public {
        ReceiptEvidence memory e = prove(answer(9, "n"), "n");
        refuse(unpaid(e), abi.encodeWithSelector(IClaimCourt.ClaimCourt_NotLicensed.selector, 0, 9));
    }

    function test_RevertWhen_LicensesAreMixed() public {
        ReceiptEvidence memory a = prove(answer(licenseId, "a"), "a");
        ReceiptEvidence memory b = prove(answer(0, "b"), "b");
        refuse(unpaid(a, b), abi.encodeWithSelector(IClaimCourt.ClaimCourt_NotLicensed.selector, 1, 0));
    }

    function test_RevertWhen_AReceiptStandsTwice() public {
        ReceiptEvidence memory e = prove(answer(licenseId, "n"), "n");
        refuse(unpaid(e, e), abi.encodeWithSelector(IClaimCourt.ClaimCourt_DuplicateReceipt.selector, 1));
    }

    function test_RevertWhen_ClaimedBefore() public {
        UnpaidUse memory contents = unpaidUse("n");
        claimUnpaid(contents);
        bytes32 digest = digestOf(contents.receipts[0].receipt);
        refuse(contents, abi.encodeWithSelector(IClaimCourt.ClaimCourt_AlreadyClaimed.selector, 0, digest));
    }

    function test_RevertWhen_NotCommitted() public {
        UnpaidUse memory contents = unpaidUse("n");
        vm.expectPartialRevert(IClaimCourt.ClaimCourt_UnknownCommitment.selector);
        vm.prank(VERIFIER);
        court.revealUnpaidUse(contents, SALT);
    }

    function test_RevertWhen_TheCommitmentIsCopied() public {
        UnpaidUse memory contents = unpaidUse("n");
        bytes32 hash = keccak256(abi.encode(Offence.UNPAID_USE, contents));
        bytes32 commitment = keccak256(abi.encode(block.chainid, address(court), VERIFIER, hash, SALT));
        vm.prank(OUTSIDER);
        court.commitClaim(commitment); // neither spoils the verifier's own
        commitUnpaid(contents);
        vm.expectPartialRevert(IClaimCourt.ClaimCourt_UnknownCommitment.selector); // nor serves the copier
        vm.prank(OUTSIDER);
        court.revealUnpaidUse(contents, SALT);
        vm.prank(VERIFIER);
        court.revealUnpaidUse(contents, SALT);
    }

    function test_RevertWhen_RevealedInTheSameBlock() public {
        UnpaidUse memory contents = unpaidUse("n");
        commitUnpaid(contents);
        vm.roll(block.number - 1);
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_RevealTooEarly.selector, block.number + 1));
        vm.prank(VERIFIER);
        court.revealUnpaidUse(contents, SALT);
    }

    function test_RevertWhen_TheCommitmentExpired() public {
        UnpaidUse memory contents = unpaidUse("n");
        commitUnpaid(contents);
        uint256 last = block.number + 299;
        vm.roll(last + 1);
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_CommitmentExpired.selector, last));
        vm.prank(VERIFIER);
        court.revealUnpaidUse(contents, SALT);
        vm.roll(last);
        vm.prank(VERIFIER);
        court.revealUnpaidUse(contents, SALT);
    }

    function test_RevertWhen_FinalisedTooEarly() public {
        uint256 claimId = claimUnpaid(unpaidUse("n"));
        uint64 answerBy = court.claim(claimId).answerBy;
        vm.warp(answerBy);
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_TooEarly.selector, answerBy));
        court.finalise(claimId);
    }

    function test_RevertWhen_FinalisedTwice() public {
        uint256 claimId = claimUnpaid(unpaidUse("n"));
        finalise(claimId);
        vm.expectRevert(
            abi.encodeWithSelector(IClaimCourt.ClaimCourt_WrongState.selector, claimId, ClaimState.SLASHED)
        );
        court.finalise(claimId);
    }

    function test_RevertWhen_AnchoredTwice() public {
        court.anchor("root");
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_AlreadyAnchored.selector, bytes32("root")));
        court.anchor("root");
    }

    function test_ALeavingHostIsStillReached() public {
        UnpaidUse memory contents = unpaidUse("n");
        vm.startPrank(HOST);
        licenses.close(licenseId);
        licenses.requestWithdrawal(BOND);
        vm.stopPrank();
        vm.warp(block.timestamp + 107); // exit delay 120: 12 s later the bond is still there
        uint256 claimId = claimUnpaid(contents);
        vm.warp(block.timestamp + 2);
        licenses.finishClose(licenseId);
        vm.prank(HOST);
        eq(licenses.withdraw(), BOND - SLASH);
        require(finalise(claimId) == ClaimState.SLASHED, "slashed");
        eq(licenses.accountOf(HOST).bond, 0);
    }

    function refuse(UnpaidUse memory contents, bytes memory refusal) private {
        commitUnpaid(contents);
        vm.expectRevert(refusal);
        vm.prank(VERIFIER);
        court.revealUnpaidUse(contents, SALT);
    }
}
