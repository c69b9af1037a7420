// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ClaimState, Offence, Receipt, ReceiptEvidence, UnpaidUse} from "../src/interfaces/Claims.sol";
import {IClaimCourt} from "../src/interfaces/IClaimCourt.sol";
import {CourtTest} from "../testing/CourtFixture.sol";

// revealEquivocation
// ├── when the receipts share no money, or are the same use            reverts
// ├── when the accused one has the smaller digest                      reverts
// ├── when another account signed the witness                          reverts
// ├── when the sender can open neither                                 reverts
// └── otherwise                                one unpaid use, which no booking answers
contract EquivocationTest is CourtTest {
    function test_EquivocationIsNotCuredByBooking() public {
        (ReceiptEvidence memory accused, ReceiptEvidence memory witness) = pair(PRICE, PRICE);
        book(licenseId, paymentNonce(1), PRICE);
        bytes32 claimId = claim(accused, witness);
        eq(uint256(court.claim(claimId).offence), uint256(Offence.EQUIVOCATION));
        uint256 before = token.balanceOf(OWNER);
        require(finaliseInTime(claimId) == ClaimState.SLASHED, "slashed");
        eq(token.balanceOf(OWNER) - before, PRICE);
        eq(accountOf(HOST).bond, BOND - SLASH);
    }

    function test_TheEventNamesTheWitness() public {
        (ReceiptEvidence memory accused, ReceiptEvidence memory witness) = pair(PRICE, PRICE);
        prepare(accused, witness);
        Receipt[] memory both = new Receipt[](2);
        (both[0], both[1]) = (accused.signed.receipt, witness.signed.receipt);
        UnpaidUse memory use = UnpaidUse({
            offence: Offence.EQUIVOCATION,
            modelId: modelId,
            vault: licenses.vaultOf(licenseId),
            nonceSalt: accused.nonceSalt,
            bond: DOLLAR,
            reach: SLASH,
            reserved: SLASH,
            answerBy: uint40(block.timestamp + 15)
        });
        vm.expectEmit(address(court));
        emit IClaimCourt.UnpaidUseClaimed(idOf(accused, witness), VERIFIER, HOST, use, both);
        vm.prank(VERIFIER);
        court.revealEquivocation(accused, witness, SALT);
    }

    /// @notice Of three receipts on one payment, two can be accused, however they are paired.
    function test_OfThreeTwoAreAccused() public {
        ReceiptEvidence[] memory sorted = new ReceiptEvidence[](3);
        Receipt memory first = answered(licenseId, "a");
        for (uint256 i = 0; i < 3; ++i) {
            bytes32 salt = bytes32(i + 1);
            Receipt memory r = answered(licenseId, salt);
            r.paymentRef = first.paymentRef;
            sorted[i] = prove(r, salt);
        }
        for (uint256 i = 0; i < 3; ++i) {
            for (uint256 j = i + 1; j < 3; ++j) {
                if (digestOf(sorted[j]) < digestOf(sorted[i])) (sorted[i], sorted[j]) = (sorted[j], sorted[i]);
            }
        }
        claim(sorted[1], sorted[0]);
        claim(sorted[2], sorted[1]);
        prepare(sorted[2], sorted[0]);
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_AlreadyCounted.selector, digestOf(sorted[2])));
        vm.prank(VERIFIER);
        court.revealEquivocation(sorted[2], sorted[0], SALT);
    }

    function test_RevertWhen_TheSmallerDigestIsAccused() public {
        (ReceiptEvidence memory accused, ReceiptEvidence memory witness) = pair(PRICE, PRICE);
        refuseAsNone(witness, accused);
    }

    function test_RevertWhen_TheReceiptsAreOne() public {
        (ReceiptEvidence memory accused, ) = pair(PRICE, PRICE);
        refuseAsNone(accused, accused);
    }

    function test_RevertWhen_TheyFollowEachOther() public {
        for (uint256 i = 0; i < 2; ++i) {
            (Receipt memory a, Receipt memory b) = two(PRICE, 2 * PRICE);
            // Once the earlier one is accused, once the later.
            while ((court.receiptDigest(a) < court.receiptDigest(b)) != (i == 0))
                a.responseHash = keccak256(abi.encode(a.responseHash));
            refuseSorted(a, b);
        }
    }

    function test_OneSharedUnitIsEnough() public {
        (ReceiptEvidence memory accused, ReceiptEvidence memory witness) = pair(PRICE, 2 * PRICE - 1);
        claim(accused, witness);
    }

    function test_RevertWhen_ThePaymentsDiffer() public {
        (ReceiptEvidence memory a, ReceiptEvidence memory b) = (unpaidUse("a"), unpaidUse("b"));
        if (digestOf(a) < digestOf(b)) (a, b) = (b, a);
        refuseAsNone(a, b);
    }

    function test_RevertWhen_BothAreOffTheBooks() public {
        (Receipt memory a, Receipt memory b) = two(PRICE, PRICE);
        (a.paymentRef, b.paymentRef) = (0, 0);
        refuseSorted(a, b);
    }

    function test_RevertWhen_NothingWasCharged() public {
        (Receipt memory a, Receipt memory b) = two(PRICE - 1, PRICE); // within what the other one charged
        a.amount = 0;
        refuseSorted(a, b);
    }

    function test_RevertWhen_MoreIsChargedThanTheTotal() public {
        (Receipt memory a, Receipt memory b) = two(PRICE, PRICE);
        a.amount = PRICE + 1;
        refuseSorted(a, b);
        (a, b) = two(PRICE, PRICE);
        b.amount = PRICE + 1;
        refuseSorted(a, b);
    }

    /// @notice The same use, answered twice: the client keeps either receipt, and owes for one.
    function test_RevertWhen_TheUseIsTheSame() public {
        (Receipt memory a, Receipt memory b) = two(PRICE, PRICE);
        b.requestNonce = a.requestNonce;
        b.responseHash = keccak256("asked again");
        ReceiptEvidence memory x = prove(a, "a");
        ReceiptEvidence memory y = prove(b, "a");
        if (digestOf(x) < digestOf(y)) (x, y) = (y, x);
        refuseAsNone(x, y);
    }

    function test_AnotherQueryUnderOneNonceIsAnotherUse() public {
        (Receipt memory a, Receipt memory b) = two(PRICE, PRICE);
        b.requestNonce = a.requestNonce;
        b.queryHash = keccak256("another");
        ReceiptEvidence memory x = prove(a, "a");
        ReceiptEvidence memory y = prove(b, "a");
        if (digestOf(x) < digestOf(y)) (x, y) = (y, x);
        claim(x, y);
    }

    function test_RevertWhen_AnotherAccountSignedTheWitness() public {
        openAccount(OUTSIDER, 0x52, BOND);
        (Receipt memory a, Receipt memory b) = two(PRICE, PRICE);
        bool swap = court.receiptDigest(a) < court.receiptDigest(b);
        ReceiptEvidence memory accused = swap ? prove(b, "b") : prove(a, "a");
        ReceiptEvidence memory witness = ReceiptEvidence(
            signed(0x52, swap ? a : b),
            swap ? bytes32("a") : bytes32("b")
        );
        prepare(accused, witness);
        vm.expectRevert(
            abi.encodeWithSelector(IClaimCourt.ClaimCourt_WrongAccount.selector, digestOf(witness), OUTSIDER)
        );
        vm.prank(VERIFIER);
        court.revealEquivocation(accused, witness, SALT);
    }

    /// @notice The claimant opens one of the two.
    function test_OneOpenedNonceIsEnough() public {
        (ReceiptEvidence memory accused, ReceiptEvidence memory witness) = pair(PRICE, PRICE);
        (accused.nonceSalt, witness.nonceSalt) = ("unknown", witness.nonceSalt);
        prepare(accused, witness);
        vm.prank(VERIFIER);
        bytes32 claimId = court.revealEquivocation(accused, witness, SALT);
        Receipt[] memory both = new Receipt[](2);
        (both[0], both[1]) = (accused.signed.receipt, witness.signed.receipt);
        vm.warp(block.timestamp + 16);
        vm.expectPartialRevert(IClaimCourt.ClaimCourt_NotYourNonce.selector);
        court.finaliseUnpaidUse(both, OUTSIDER, witness.nonceSalt);
        court.finaliseUnpaidUse(both, VERIFIER, witness.nonceSalt);
        expectState(claimId, ClaimState.SLASHED);
    }

    function test_RevertWhen_BothAreStrangers() public {
        (ReceiptEvidence memory accused, ReceiptEvidence memory witness) = pair(PRICE, PRICE);
        (accused.nonceSalt, witness.nonceSalt) = ("unknown", "unknown");
        prepare(accused, witness);
        vm.expectPartialRevert(IClaimCourt.ClaimCourt_NotYourNonce.selector);
        vm.prank(VERIFIER);
        court.revealEquivocation(accused, witness, SALT);
    }

    /// @notice Booking does not undo it; the suspension falls as after any slash.
    function test_TheSuspensionFallsOnceItIsBookedAndCovered() public {
        (ReceiptEvidence memory accused, ReceiptEvidence memory witness) = pair(PRICE, PRICE);
        bytes32 claimId = claim(accused, witness);
        finaliseInTime(claimId);
        book(licenseId, paymentNonce(1), PRICE);
        court.cure(told[claimId].receipts);
        require(!court.claim(claimId).suspends, "cured");
    }

    function test_TheWitnessNeedNotBeBooked() public {
        (ReceiptEvidence memory accused, ReceiptEvidence memory witness) = pair(PRICE, PRICE + 1);
        for (uint256 more = 2; accused.signed.receipt.cumulative != PRICE; ++more)
            (accused, witness) = pair(PRICE, PRICE + more);
        bytes32 claimId = claim(accused, witness);
        finaliseInTime(claimId);
        book(licenseId, paymentNonce(1), PRICE); // as far as the accused receipt goes
        court.cure(told[claimId].receipts);
        require(!court.claim(claimId).suspends, "cured");
    }

    // peers §5: two colluding zero-stake providers use conflict disputes to avoid the bond (Graph PR #302)
    function test_EquivocationCostsTheSameBond() public {
        (ReceiptEvidence memory accused, ReceiptEvidence memory witness) = pair(PRICE, PRICE);
        claim(accused, witness);
        eq(court.balanceOf(VERIFIER), 99 * DOLLAR);
    }

    /// @notice Two ranges (total - amount, total] share money if and only if some unit lies in both.
    function testFuzz_revealEquivocation(uint256 a, uint256 x, uint256 b, uint256 y) public {
        (a, b) = (bound(a, 1, 100), bound(b, 1, 100));
        (x, y) = (bound(x, a, 200), bound(y, b, 200));
        (Receipt memory r, Receipt memory s) = two(x, y);
        (r.amount, s.amount) = (a, b);
        ReceiptEvidence memory accused = prove(r, "a");
        ReceiptEvidence memory witness = prove(s, "b");
        if (digestOf(accused) < digestOf(witness)) (accused, witness) = (witness, accused);
        prepare(accused, witness);
        bool share = (x > y - b) && (y > x - a);
        vm.prank(VERIFIER);
        try court.revealEquivocation(accused, witness, SALT) {
            require(share, "claimed");
        } catch {
            require(!share, "refused");
        }
    }

    function two(uint256 total, uint256 otherTotal) private returns (Receipt memory a, Receipt memory b) {
        a = answered(licenseId, "a");
        b = answered(licenseId, "b");
        b.paymentRef = a.paymentRef;
        (a.cumulative, b.cumulative) = (total, otherTotal);
    }

    function pair(
        uint256 total,
        uint256 otherTotal
    ) private returns (ReceiptEvidence memory accused, ReceiptEvidence memory witness) {
        (Receipt memory a, Receipt memory b) = two(total, otherTotal);
        (accused, witness) = (prove(a, "a"), prove(b, "b"));
        if (digestOf(accused) < digestOf(witness)) (accused, witness) = (witness, accused);
    }

    function prepare(ReceiptEvidence memory accused, ReceiptEvidence memory witness) private {
        commit(keccak256(abi.encode(Offence.EQUIVOCATION, digestOf(accused), digestOf(witness))));
        vm.warp(block.timestamp + 12);
    }

    function claim(ReceiptEvidence memory accused, ReceiptEvidence memory witness) private returns (bytes32 claimId) {
        prepare(accused, witness);
        vm.prank(VERIFIER);
        claimId = court.revealEquivocation(accused, witness, SALT);
        eq(claimId, idOf(accused, witness));
        ReceiptEvidence[] memory both = new ReceiptEvidence[](2);
        (both[0], both[1]) = (accused, witness);
        tell(claimId, both, accused.nonceSalt);
    }

    function idOf(ReceiptEvidence memory accused, ReceiptEvidence memory witness) private view returns (bytes32) {
        bytes32[] memory digests = new bytes32[](2);
        (digests[0], digests[1]) = (digestOf(accused), digestOf(witness));
        return keccak256(abi.encode(digests));
    }

    function refuseSorted(Receipt memory a, Receipt memory b) private {
        (ReceiptEvidence memory x, ReceiptEvidence memory y) = (prove(a, "a"), prove(b, "b"));
        if (digestOf(x) < digestOf(y)) (x, y) = (y, x);
        refuseAsNone(x, y);
    }

    function refuseAsNone(ReceiptEvidence memory accused, ReceiptEvidence memory witness) private {
        prepare(accused, witness);
        vm.expectRevert(
            abi.encodeWithSelector(IClaimCourt.ClaimCourt_NoEquivocation.selector, digestOf(witness), digestOf(accused))
        );
        vm.prank(VERIFIER);
        court.revealEquivocation(accused, witness, SALT);
    }
}
