// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ClaimState, Receipt, ReceiptEvidence} from "../src/interfaces/Claims.sol";
import {IClaimCourt} from "../src/interfaces/IClaimCourt.sol";
import {Terms} from "../src/interfaces/ITermsRegistry.sol";
import {CourtTest} from "../testing/CourtFixture.sol";

// revealUnpaidUse, finaliseUnpaidUse, what they look at
// ├── what was booked in the block of the commitment                   was booked before
// ├── a booking below the total of a receipt, above it                 does not cover it, does
// ├── a total without the charge of its own call                       is never booked
// └── floor price and slash                                            are those of the terms that the license accepted
contract UnpaidUseBookingsTest is CourtTest {
    function test_WhatIsBookedInTheBlockOfTheCommitmentIsSkippedToo() public {
        ReceiptEvidence memory e = unpaidUse("n");
        bookLatest(licenseId);
        refuseClaim(
            e,
            abi.encodeWithSelector(
                IClaimCourt.ClaimCourt_AlreadyBooked.selector,
                digestOf(e),
                paymentRef(paymentNonce(1))
            )
        );
    }

    function test_ATotalThatLeavesOutItsOwnChargeIsNeverBooked() public {
        Receipt memory r = answered(licenseId, "n");
        r.cumulative = PRICE - 1;
        bookLatest(licenseId);
        bytes32 claimId = claimUnpaid(prove(r, "n"));
        require(finaliseInTime(claimId) == ClaimState.SLASHED, "slashed");
    }

    function test_LessThanItsTotalIsNotBooked() public {
        bytes32 claimId = claimUnpaid(unpaidUse("n"));
        book(licenseId, paymentNonce(1), PRICE - 1);
        require(finaliseInTime(claimId) == ClaimState.SLASHED, "slashed");
    }

    function test_ALaterTotalCoversAnOlderReceipt() public {
        bytes32 claimId = claimUnpaid(unpaidUse("n"));
        book(licenseId, paymentNonce(1), 3 * PRICE);
        require(finaliseInTime(claimId) == ClaimState.PAID_LATE, "late");
    }

    function test_ALateFeeIsAMultipleOfTheAmount() public {
        Receipt memory r = answered(licenseId, "n");
        (r.amount, r.cumulative) = (3 * PRICE, 3 * PRICE);
        bytes32 claimId = claimUnpaid(prove(r, "n"));
        book(licenseId, paymentNonce(1), 3 * PRICE);
        require(finaliseInTime(claimId) == ClaimState.PAID_LATE, "late");
        eq(accountOf(HOST).bond, BOND - 300 * PRICE); // more than the claim's cost, which is the least
    }

    function test_TheFloorIsThatOfTheAcceptedTerms() public {
        uint256 other = mintModel(OUTSIDER, "other", 5_000);
        uint256 accepted = accept(HOST, other);
        Terms memory dearer = terms(5_000);
        dearer.price = uint96(2 * PRICE);
        offer(OUTSIDER, other, dearer); // before the first activation, with which the rates are kept
        serve(OUTSIDER, accepted);
        bytes32 claimId = claimUnpaid(prove(answered(accepted, "n"), "n"));
        bookLatest(accepted);
        require(finaliseInTime(claimId) == ClaimState.PAID_LATE, "late");
    }

    function test_TheSlashIsThatOfTheNamedLicensesTerms() public {
        uint256 other = mintModel(OUTSIDER, "other", 5_000);
        offer(OUTSIDER, other, terms(2_500)); // the model keeps what it was minted with
        uint256 milder = accept(HOST, other);
        serve(OUTSIDER, milder);
        bytes32 claimId = claimUnpaid(prove(answered(milder, "n"), "n"));
        eq(court.claim(claimId).reach, BOND / 4);
    }
}
