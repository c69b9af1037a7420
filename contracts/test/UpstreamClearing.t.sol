// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ClaimState, Hit, OpenClaim, Receipt, SignedReceipt, UpstreamPayment} from "../src/interfaces/Claims.sol";
import {IClaimRecords} from "../src/interfaces/IClaimRecords.sol";
import {IDisguisedUses} from "../src/interfaces/IDisguisedUses.sol";
import {BatchOpening} from "../src/interfaces/IVerifierRegistry.sol";
import {HitTest} from "../testing/HitFixture.sol";
import {ReceiptHash} from "../src/libraries/ReceiptHash.sol";

// clearUpstream: HOST resells what OUTSIDER, another licensed host, answers
// ├── when the upstream receipt is forged, not anchored in time, or of another account than the license   reverts
// ├── when it answers another head, later, another request, or a client that is not the account's         reverts
// ├── when it is not booked, or not for the model or a descendant      reverts
// ├── when its payment was settled outside the vault, or cancelled     reverts
// ├── when its money cleared another hit                               reverts
// └── otherwise                                the hit is cleared
contract UpstreamClearingTest is HitTest {
    uint256 private constant UPSTREAM_KEY = 0x52;

    BatchOpening private opening;
    bytes32 private id;
    uint256 private upstreamLicense;

    function setUp() public override {
        super.setUp();
        openAccount(OUTSIDER, UPSTREAM_KEY, BOND);
        upstreamLicense = accept(OUTSIDER, modelId);
        // HOST asks OUTSIDER as BUYER, which signs payments for it.
        bytes memory consent = sign(BUYER_KEY, bindingDigest(HOST));
        vm.prank(HOST);
        licenses.bindSigner(BUYER, consent);
        (opening, id) = drawBatch("first");
    }

    function test_APaidUpstreamUseClears() public {
        (OpenClaim memory open, UpstreamPayment[] memory payments) = claimed(1);
        bookUpstream(1, PRICE);
        uint256 before = token.balanceOf(HOST);
        vm.expectEmit(address(court));
        emit IDisguisedUses.HitCleared(id, open.hits[payments[0].position].index, upstreamLicense, 0);
        court.clearUpstream(open, payments);
        expectState(id, ClaimState.CLEARED);
        eq(token.balanceOf(HOST) - before, DOLLAR);
    }

    function test_TheAccountItselfIsAClient() public {
        (OpenClaim memory open, UpstreamPayment[] memory payments) = claimed(1);
        Receipt memory up = payments[0].upstream.receipt;
        (up.client, up.requestNonce) = (HOST, ReceiptHash.requestNonce(HOST, payments[0].receipt.requestNonce));
        payments[0].upstream = signed(UPSTREAM_KEY, up);
        // HOST is no key that could sign a payment here: not booked is as far as it goes.
        refuse(
            open,
            payments,
            abi.encodeWithSelector(
                IClaimRecords.ClaimCourt_NotBooked.selector,
                court.receiptDigest(up),
                upstreamLicense
            )
        );
    }

    function test_AnUpstreamDescendantClears() public {
        uint256 child = accept(OUTSIDER, mintChild(OWNER, "child", one(modelId, 0)));
        (OpenClaim memory open, UpstreamPayment[] memory payments) = claimed(1);
        payments[0].licenseId = child;
        book(child, upstreamNonce(1), PRICE);
        court.clearUpstream(open, payments);
        expectState(id, ClaimState.CLEARED);
    }

    function test_RevertWhen_TheUpstreamUseIsForAnotherModel() public {
        uint256 other = accept(OUTSIDER, mintModel(OUTSIDER, "other", 1));
        (OpenClaim memory open, UpstreamPayment[] memory payments) = claimed(1);
        payments[0].licenseId = other;
        book(other, upstreamNonce(1), PRICE);
        refuse(open, payments, abi.encodeWithSelector(IDisguisedUses.ClaimCourt_NotOnModel.selector, other, modelId));
    }

    function test_RevertWhen_NotBooked() public {
        (OpenClaim memory open, UpstreamPayment[] memory payments) = claimed(1);
        bookUpstream(1, PRICE - 1);
        refuse(
            open,
            payments,
            abi.encodeWithSelector(
                IClaimRecords.ClaimCourt_NotBooked.selector,
                court.receiptDigest(payments[0].upstream.receipt),
                upstreamLicense
            )
        );
    }

    function test_RevertWhen_ItAnsweredAnotherRequest() public {
        (OpenClaim memory open, UpstreamPayment[] memory payments) = claimed(1);
        Receipt memory up = payments[0].upstream.receipt;
        up.requestNonce = ReceiptHash.requestNonce(BUYER, "another");
        refuseUpstream(open, payments, up);
    }

    function test_RevertWhen_ItAnsweredSomethingElse() public {
        (OpenClaim memory open, UpstreamPayment[] memory payments) = claimed(1);
        Receipt memory up = payments[0].upstream.receipt;
        up.head = "elm";
        refuseUpstream(open, payments, up);
    }

    function test_RevertWhen_ItAnsweredLater() public {
        (OpenClaim memory open, UpstreamPayment[] memory payments) = claimed(1);
        Receipt memory up = payments[0].upstream.receipt;
        up.answeredAt = payments[0].receipt.answeredAt + 1;
        refuseUpstream(open, payments, up);
    }

    function test_RevertWhen_TheClientIsNotTheAccounts() public {
        (OpenClaim memory open, UpstreamPayment[] memory payments) = claimed(1);
        Receipt memory up = payments[0].upstream.receipt;
        (up.client, up.requestNonce) = (VERIFIER, ReceiptHash.requestNonce(VERIFIER, payments[0].receipt.requestNonce));
        refuseUpstream(open, payments, up);
    }

    /// @notice A receipt made up once the claim stands was never anchored in time.
    function test_RevertWhen_AnchoredAfterTheFact() public {
        (OpenClaim memory open, UpstreamPayment[] memory payments) = claimed(1);
        vm.warp(block.timestamp + 3_600);
        Receipt memory up = payments[0].upstream.receipt;
        up.responseHash = "made up";
        payments[0].upstream = signed(UPSTREAM_KEY, up);
        vm.warp(block.timestamp - 3_600);
        refuse(
            open,
            payments,
            abi.encodeWithSelector(
                IClaimRecords.ClaimCourt_AnchoredOutOfTime.selector,
                court.receiptDigest(up),
                block.timestamp + 3_600
            )
        );
    }

    function test_RevertWhen_NobodySignedIt() public {
        (OpenClaim memory open, UpstreamPayment[] memory payments) = claimed(1);
        payments[0].upstream.signature[64] = 0x1d;
        refuse(
            open,
            payments,
            abi.encodeWithSelector(
                IClaimRecords.ClaimCourt_InvalidSignature.selector,
                court.receiptDigest(payments[0].upstream.receipt)
            )
        );
    }

    function test_RevertWhen_TheLicenseIsNotTheSigners() public {
        (OpenClaim memory open, UpstreamPayment[] memory payments) = claimed(1);
        payments[0].licenseId = licenseId;
        book(licenseId, upstreamNonce(1), PRICE);
        refuse(
            open,
            payments,
            abi.encodeWithSelector(
                IClaimRecords.ClaimCourt_WrongAccount.selector,
                court.receiptDigest(payments[0].upstream.receipt),
                OUTSIDER
            )
        );
    }

    /// @notice Two hosts that work together sign two receipts on one payment: it clears one use.
    function test_RevertWhen_OnePaymentClearsTwice() public {
        (OpenClaim memory open, UpstreamPayment[] memory payments) = claimed(2);
        Receipt memory up = payments[1].upstream.receipt;
        up.paymentRef = payments[0].upstream.receipt.paymentRef;
        payments[1].upstream = signed(UPSTREAM_KEY, up);
        bookUpstream(1, PRICE);
        refuse(
            open,
            payments,
            abi.encodeWithSelector(IDisguisedUses.ClaimCourt_PaymentUsed.selector, up.paymentRef, PRICE)
        );
        Receipt memory first = payments[0].upstream.receipt;
        (first.paymentRef, up.paymentRef, up.cumulative) = (
            paymentRef(upstreamNonce(3)),
            paymentRef(upstreamNonce(3)),
            2 * PRICE
        );
        (payments[0].upstream, payments[1].upstream) = (signed(UPSTREAM_KEY, first), signed(UPSTREAM_KEY, up));
        bookUpstream(3, 2 * PRICE); // pays for both
        court.clearUpstream(open, payments);
    }

    /// @notice Of a booked total never more uses are cleared than it pays for at the floor price, whatever the receipts
    /// say.
    function testFuzz_clearUpstream(uint256 total, uint256 otherTotal, uint256 amount) public {
        (OpenClaim memory open, UpstreamPayment[] memory payments) = claimed(2);
        amount = bound(amount, FLOOR, 3 * FLOOR);
        uint256[2] memory totals = [bound(total, amount, 4 * FLOOR), bound(otherTotal, amount, 4 * FLOOR)];
        for (uint256 i = 0; i < 2; ++i) {
            Receipt memory up = payments[i].upstream.receipt;
            (up.paymentRef, up.amount, up.cumulative) = (paymentRef(upstreamNonce(1)), amount, totals[i]);
            payments[i].upstream = signed(UPSTREAM_KEY, up);
        }
        uint256 booked = totals[0] > totals[1] ? totals[0] : totals[1];
        bookUpstream(1, booked);
        try court.clearUpstream(open, payments) {
            require(booked >= 2 * FLOOR, "two uses for one price");
        } catch {
            uint256 low = totals[0] < totals[1] ? totals[0] : totals[1];
            require(booked - amount < low, "disjoint ranges share no money");
        }
    }

    function upstreamNonce(uint256 n) private pure returns (bytes32) {
        return keccak256(abi.encode("upstream", n));
    }

    function bookUpstream(uint256 n, uint256 value) private {
        book(upstreamLicense, upstreamNonce(n), value);
    }

    /// @notice A contested claim, and for the last `count` hits what OUTSIDER had answered HOST just before.
    function claimed(uint256 count) private returns (OpenClaim memory open, UpstreamPayment[] memory payments) {
        (Hit[] memory found, uint256 items) = hits(id, count == 1 ? 2 : 4);
        payments = new UpstreamPayment[](count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 position = found.length - 1 - i;
            Receipt memory r = found[position].evidence.signed.receipt;
            Receipt memory up = Receipt({
                licenseId: upstreamLicense,
                client: BUYER,
                requestNonce: ReceiptHash.requestNonce(BUYER, r.requestNonce),
                queryHash: r.queryHash,
                head: r.head,
                responseHash: r.responseHash,
                paymentRef: paymentRef(upstreamNonce(i + 1)),
                amount: PRICE,
                cumulative: PRICE,
                answeredAt: r.answeredAt
            });
            payments[i] = UpstreamPayment(position, r, signed(UPSTREAM_KEY, up), upstreamLicense);
        }
        open = claimDisguised(opening, found, items);
    }

    function refuseUpstream(OpenClaim memory open, UpstreamPayment[] memory payments, Receipt memory up) private {
        payments[0].upstream = signed(UPSTREAM_KEY, up);
        bookUpstream(1, PRICE);
        bytes32 down = court.receiptDigest(payments[0].receipt);
        refuse(
            open,
            payments,
            abi.encodeWithSelector(IDisguisedUses.ClaimCourt_NotUpstream.selector, down, court.receiptDigest(up))
        );
    }

    function refuse(OpenClaim memory open, UpstreamPayment[] memory payments, bytes memory refusal) private {
        vm.expectRevert(refusal);
        court.clearUpstream(open, payments);
    }
}
