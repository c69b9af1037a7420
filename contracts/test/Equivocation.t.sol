// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ClaimState, Offence, Receipt, ReceiptEvidence} from "../src/interfaces/Claims.sol";
import {IClaimRecords} from "../src/interfaces/IClaimRecords.sol";
import {IUnpaidUses} from "../src/interfaces/IUnpaidUses.sol";
import {CourtTest} from "../testing/CourtFixture.sol";

// revealEquivocation
// ├── when the receipts share no money, or are the same use            reverts
// ├── when the accused one has the smaller digest                      reverts
// ├── when another account signed the witness                          reverts
// ├── when the sender cannot open both                                 reverts
// └── otherwise                                one unpaid use, which no booking answers
contract EquivocationTest is CourtTest {
    function test_EquivocationIsNotCuredByBooking() public {
        (ReceiptEvidence memory accused, ReceiptEvidence memory witness) = pair(PRICE, PRICE);
        book(licenseId, paymentNonce(1), PRICE);
        bytes32 claimId = claim(accused, witness);
        eq(uint256(court.claim(claimId).offence), uint256(Offence.EQUIVOCATION));
        Receipt memory r = accused.signed.receipt;
        bytes32 salt = accused.nonceSalt;
        vm.expectRevert(abi.encodeWithSelector(IUnpaidUses.ClaimCourt_NotCurable.selector, claimId));
        court.cure(r, VERIFIER, salt);
        uint256 before = token.balanceOf(OWNER);
        require(finaliseInTime(claimId) == ClaimState.SLASHED, "slashed");
        eq(token.balanceOf(OWNER) - before, PRICE);
        eq(accountOf(HOST).bond, BOND - SLASH);
    }

    function test_TheEventNamesTheWitness() public {
        (ReceiptEvidence memory accused, ReceiptEvidence memory witness) = pair(PRICE, PRICE);
        prepare(accused, witness);
        vm.expectEmit(address(court));
        emit IUnpaidUses.UnpaidUseClaimed(
            digestOf(accused),
            VERIFIER,
            HOST,
            modelId,
            licenses.vaultOf(licenseId),
            accused.nonceSalt,
            digestOf(witness),
            DOLLAR,
            SLASH,
            SLASH,
            uint40(block.timestamp + 15),
            accused.signed.receipt
        );
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
        vm.expectRevert(
            abi.encodeWithSelector(
                IClaimRecords.ClaimCourt_WrongState.selector,
                digestOf(sorted[2]),
                ClaimState.CONTESTED
            )
        );
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
        (Receipt memory a, Receipt memory b) = two(PRICE, PRICE);
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
            abi.encodeWithSelector(IClaimRecords.ClaimCourt_WrongAccount.selector, digestOf(witness), OUTSIDER)
        );
        vm.prank(VERIFIER);
        court.revealEquivocation(accused, witness, SALT);
    }

    function test_RevertWhen_TheWitnessIsAStrangers() public {
        (ReceiptEvidence memory accused, ReceiptEvidence memory witness) = pair(PRICE, PRICE);
        witness.nonceSalt = "unknown";
        prepare(accused, witness);
        vm.expectPartialRevert(IClaimRecords.ClaimCourt_NotYourNonce.selector);
        vm.prank(VERIFIER);
        court.revealEquivocation(accused, witness, SALT);
    }

    // peers §5: two colluding zero-stake providers use conflict disputes to avoid the bond (Graph PR #302)
    function test_EquivocationCostsTheSameBondAndNeedsOneOnTheOtherSide() public {
        (ReceiptEvidence memory accused, ReceiptEvidence memory witness) = pair(PRICE, PRICE);
        claim(accused, witness);
        eq(court.balanceOf(VERIFIER), 99 * DOLLAR);
        vm.startPrank(address(court));
        licenses.contest(HOST, BOND - SLASH);
        licenses.take(HOST, BOND, BOND, true);
        licenses.noteClaims(HOST, 0);
        vm.stopPrank();
        (accused, witness) = pair(PRICE, PRICE);
        prepare(accused, witness);
        vm.expectRevert(abi.encodeWithSelector(IClaimRecords.ClaimCourt_NothingToSlash.selector, HOST));
        vm.prank(VERIFIER);
        court.revealEquivocation(accused, witness, SALT);
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

    function claim(ReceiptEvidence memory accused, ReceiptEvidence memory witness) private returns (bytes32) {
        prepare(accused, witness);
        told[digestOf(accused)] = Told(accused.signed.receipt, accused.nonceSalt);
        vm.prank(VERIFIER);
        return court.revealEquivocation(accused, witness, SALT);
    }

    function refuseSorted(Receipt memory a, Receipt memory b) private {
        (ReceiptEvidence memory x, ReceiptEvidence memory y) = (prove(a, "a"), prove(b, "b"));
        if (digestOf(x) < digestOf(y)) (x, y) = (y, x);
        refuseAsNone(x, y);
    }

    function refuseAsNone(ReceiptEvidence memory accused, ReceiptEvidence memory witness) private {
        prepare(accused, witness);
        vm.expectRevert(
            abi.encodeWithSelector(IUnpaidUses.ClaimCourt_NoEquivocation.selector, digestOf(witness), digestOf(accused))
        );
        vm.prank(VERIFIER);
        court.revealEquivocation(accused, witness, SALT);
    }
}
