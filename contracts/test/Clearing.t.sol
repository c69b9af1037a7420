// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ClaimState, Hit, HitRef, OpenClaim, Payment, Receipt} from "../src/interfaces/Claims.sol";
import {IClaimRecords} from "../src/interfaces/IClaimRecords.sol";
import {IDisguisedUses} from "../src/interfaces/IDisguisedUses.sol";
import {TermsKind} from "../src/interfaces/ITermsRegistry.sol";
import {BatchOpening} from "../src/interfaces/IVerifierRegistry.sol";
import {HitTest} from "../testing/HitFixture.sol";

// clear
// ├── when the claim is not contested, or the window is over           reverts
// ├── when other hits are shown                                        reverts
// ├── when the hit does not count (any more), or another receipt is shown   reverts
// ├── when the use is not booked, or for another host, model or kind   reverts
// ├── when the rest still suffices             the score falls, the claim stands
// └── otherwise                                CLEARED: the claimant's bond pays the host, nothing is slashed
contract ClearingTest is HitTest {
    BatchOpening private opening;
    bytes32 private id;
    Hit[] private found;

    function setUp() public override {
        super.setUp();
        (opening, id) = drawBatch("first");
    }

    function test_ABookedPaymentClears() public {
        (OpenClaim memory open, Payment[] memory last) = claimed(2);
        bookLatest(licenseId);
        uint256 before = token.balanceOf(HOST);
        uint256 position = last[0].position;
        vm.warp(court.claim(id).answerBy); // the last moment
        vm.expectEmit(address(court));
        emit IDisguisedUses.HitCleared(id, open.hits[position].index, licenseId, 0);
        vm.expectEmit(address(court));
        emit IClaimRecords.ClaimFinalised(id, ClaimState.CLEARED, 0, 0, 0, 0, 0, 0);
        vm.prank(OUTSIDER); // anyone may
        court.clear(open, last);
        expectState(id, ClaimState.CLEARED);
        eq(token.balanceOf(HOST) - before, DOLLAR);
        eq(contested(HOST), 0);
        eq(accountOf(HOST).bond, BOND);
        eq(court.balanceOf(VERIFIER), 99 * DOLLAR);
        eq(token.balanceOf(address(court)), 99 * DOLLAR);
        eq(verifiers.standingOf(VERIFIER).claimsLost, 1);
        eq(verifiers.standingOf(VERIFIER).claimsWon, 0);
    }

    // protocol §6: host of an honest derivative
    function test_APaymentForADescendantClears() public {
        uint256 child = mintChild(OWNER, "child", one(modelId, 0));
        uint256 childLicense = accept(HOST, mintChild(OWNER, "grandchild", one(child, 0)));
        (OpenClaim memory open, Payment[] memory last) = claimed(2);
        last[0].licenseId = childLicense;
        bookLatest(childLicense);
        court.clear(open, last);
        expectState(id, ClaimState.CLEARED);
    }

    function test_OneClearedHitAmongMoreChangesTheScoreAlone() public {
        (OpenClaim memory open, Payment[] memory last) = claimed(4);
        bookLatest(licenseId);
        court.clear(open, last);
        expectState(id, ClaimState.CONTESTED);
        eq(court.proof(id).live, (1 << last[0].position) - 1);
        vm.expectRevert(abi.encodeWithSelector(IDisguisedUses.ClaimCourt_HitNotLive.selector, id, last[0].position));
        court.clear(open, last); // only once
        vm.warp(court.claim(id).answerBy + 1);
        court.finaliseDisguisedUse(VERIFIER, opening);
        expectState(id, ClaimState.SLASHED);
    }

    function test_SeveralHitsInOneCall() public {
        (OpenClaim memory open, ) = claimed(4);
        Payment[] memory all = new Payment[](found.length);
        for (uint256 i = 0; i < found.length; ++i) {
            all[i] = Payment(i, found[i].evidence.signed.receipt, licenseId);
            book(licenseId, paymentNonce(i + 1), PRICE);
        }
        court.clear(open, all);
        expectState(id, ClaimState.CLEARED);
        eq(court.proof(id).live, 0);
    }

    function test_ClearingALedClaimLeavesThePotToTheOthers() public {
        (OpenClaim memory open, Payment[] memory last) = claimed(2);
        bookLatest(licenseId);
        bytes32 second = claimUnpaid(unpaidUse("n"));
        court.clear(open, last);
        (uint256 amount, uint256 left, bool firstIsOpen, , ) = court.potOf(HOST);
        eq(amount, SLASH);
        eq(left, 1);
        require(!firstIsOpen, "the first has ended");
        require(finaliseInTime(second) == ClaimState.SLASHED, "slashed");
        eq(accountOf(HOST).bond, BOND - SLASH);
    }

    function test_RevertWhen_NotBooked() public {
        (OpenClaim memory open, Payment[] memory last) = claimed(2);
        refuse(
            open,
            last,
            abi.encodeWithSelector(IClaimRecords.ClaimCourt_NotBooked.selector, digest(last), licenseId)
        );
    }

    function test_RevertWhen_BookedForAnotherModel() public {
        uint256 other = accept(HOST, mintModel(OUTSIDER, "other", 1));
        (OpenClaim memory open, Payment[] memory last) = claimed(2);
        bookLatest(other);
        last[0].licenseId = other;
        refuse(open, last, abi.encodeWithSelector(IDisguisedUses.ClaimCourt_NotOnModel.selector, other, modelId));
    }

    function test_RevertWhen_BookedForAnotherHost() public {
        openAccount(OUTSIDER, 0x52, BOND);
        uint256 other = accept(OUTSIDER, modelId);
        (OpenClaim memory open, Payment[] memory last) = claimed(2);
        bookLatest(other);
        last[0].licenseId = other;
        refuse(
            open,
            last,
            abi.encodeWithSelector(IClaimRecords.ClaimCourt_WrongAccount.selector, digest(last), OUTSIDER)
        );
    }

    function test_RevertWhen_TheLicenseServesNobody() public {
        offer(OWNER, modelId, privateTerms());
        uint256 own = acceptKind(HOST, modelId, TermsKind.PRIVATE);
        (OpenClaim memory open, Payment[] memory last) = claimed(2);
        last[0].licenseId = own;
        refuse(open, last, abi.encodeWithSelector(IClaimRecords.ClaimCourt_NotLicensed.selector, digest(last), own));
    }

    function test_RevertWhen_AnotherReceiptIsShown() public {
        (OpenClaim memory open, Payment[] memory last) = claimed(2);
        bytes32 kept = digest(last);
        last[0].receipt.paymentRef = "booked elsewhere";
        refuse(open, last, abi.encodeWithSelector(IDisguisedUses.ClaimCourt_WrongReceipt.selector, digest(last), kept));
    }

    function test_RevertWhen_TheHitIsNone() public {
        (OpenClaim memory open, Payment[] memory last) = claimed(2);
        last[0].position = open.hits.length;
        refuse(open, last, abi.encodeWithSelector(IDisguisedUses.ClaimCourt_HitNotLive.selector, id, open.hits.length));
    }

    function test_RevertWhen_OtherHitsAreShown() public {
        (OpenClaim memory open, Payment[] memory last) = claimed(2);
        bytes32 kept = hitsHash(open.hits);
        open.hits[0].index += 1;
        refuse(
            open,
            last,
            abi.encodeWithSelector(IDisguisedUses.ClaimCourt_HitsMismatch.selector, hitsHash(open.hits), kept)
        );
    }

    function test_RevertWhen_ClearedTooLate() public {
        (OpenClaim memory open, Payment[] memory last) = claimed(2);
        bookLatest(licenseId);
        uint256 answerBy = court.claim(id).answerBy;
        vm.warp(answerBy + 1);
        refuse(open, last, abi.encodeWithSelector(IClaimRecords.ClaimCourt_WindowOver.selector, answerBy));
    }

    function test_RevertWhen_TheClaimIsStillBeingProven() public {
        (Hit[] memory hits_, uint256 items) = hits(id, 2);
        reveal(opening, hits_, items);
        proveItems(opening, items, hits_);
        OpenClaim memory open = OpenClaim(VERIFIER, opening, refs(hits_));
        refuse(
            open,
            paymentOf(hits_, 0, licenseId),
            abi.encodeWithSelector(IClaimRecords.ClaimCourt_WrongState.selector, id, ClaimState.PROVING)
        );
    }

    function test_RevertWhen_TheClaimIsAnothers() public {
        (OpenClaim memory open, Payment[] memory last) = claimed(2);
        open.claimant = OUTSIDER;
        vm.expectPartialRevert(IClaimRecords.ClaimCourt_WrongState.selector);
        court.clear(open, last);
    }

    /// @notice The claim falls with the first cleared hit that takes its score below what it needed.
    function testFuzz_clear(uint256 count) public {
        (OpenClaim memory open, ) = claimed(4);
        count = bound(count, 0, found.length);
        Payment[] memory some = new Payment[](count);
        for (uint256 i = 0; i < count; ++i) {
            some[i] = Payment(i, found[i].evidence.signed.receipt, licenseId);
            book(licenseId, paymentNonce(i + 1), PRICE);
        }
        court.clear(open, some);
        expectState(id, 4 - int256(count) * int256(uint256(BITS)) < 2 ? ClaimState.CLEARED : ClaimState.CONTESTED);
    }

    /// @notice A contested claim and the payment that would clear its last hit, once booked.
    function claimed(uint256 score) private returns (OpenClaim memory open, Payment[] memory last) {
        (Hit[] memory hits_, uint256 items) = hits(id, score);
        delete found;
        for (uint256 i = 0; i < hits_.length; ++i) found.push(hits_[i]);
        open = claimDisguised(opening, hits_, items);
        last = paymentOf(hits_, hits_.length - 1, licenseId);
    }

    function digest(Payment[] memory payments) private view returns (bytes32) {
        return court.receiptDigest(payments[0].receipt);
    }

    function refuse(OpenClaim memory open, Payment[] memory payments, bytes memory refusal) private {
        vm.expectRevert(refusal);
        court.clear(open, payments);
    }
}
