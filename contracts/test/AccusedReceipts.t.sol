// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ClaimState, Receipt, ReceiptEvidence} from "../src/interfaces/Claims.sol";
import {IClaimCourt} from "../src/interfaces/IClaimCourt.sol";
import {TermsKind} from "../src/interfaces/ITermsRegistry.sol";
import {CourtTest} from "../testing/CourtFixture.sol";

// revealUnpaidUse: which receipts count
// ├── when the sender cannot open the request nonce                    reverts
// ├── when the receipt is too young or too old                         reverts
// ├── when the signature is bent, or its signer bound to nobody        reverts
// ├── when it is not anchored, anchored late, or after revocation      reverts
// ├── when it names no SERVE license of the account that signed        reverts
// └── otherwise, up to the last moment        the claim stands
contract AccusedReceiptsTest is CourtTest {
    // protocol §6: signatures that stop verifying (ERC-1271, 7702, high-s)
    // peers §5: flood of badly signed requests (Olas #475): one that a claim could not use is refused by the same rule
    function test_RevertWhen_TheReceiptIsForged() public {
        ReceiptEvidence memory e = unpaidUse("n");
        e.signed.signature[64] = bytes1(uint8(29));
        refuseClaim(e, abi.encodeWithSelector(IClaimCourt.ClaimCourt_InvalidSignature.selector, digestOf(e)));
    }

    function test_RevertWhen_TheSignatureHasAHighS() public {
        ReceiptEvidence memory e = unpaidUse("n");
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(SIGNER_KEY, digestOf(e));
        uint256 order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
        e.signed.signature = abi.encodePacked(r, bytes32(order - uint256(s)), 55 - v);
        refuseClaim(e, abi.encodeWithSelector(IClaimCourt.ClaimCourt_InvalidSignature.selector, digestOf(e)));
    }

    function test_RevertWhen_TheSignerIsUnknown() public {
        ReceiptEvidence memory e = ReceiptEvidence(signed(BUYER_KEY, answered(licenseId, "n")), "n");
        refuseClaim(e, abi.encodeWithSelector(IClaimCourt.ClaimCourt_UnknownSigner.selector, digestOf(e), BUYER));
    }

    function test_RevertWhen_TheSignerIsAnotherHosts() public {
        openAccount(OUTSIDER, 0x52, BOND);
        ReceiptEvidence memory e = ReceiptEvidence(signed(0x52, answered(licenseId, "n")), "n");
        refuseClaim(e, abi.encodeWithSelector(IClaimCourt.ClaimCourt_WrongAccount.selector, digestOf(e), OUTSIDER));
    }

    // protocol §6: buyer frames with a nonce, or stranger claims
    function test_RevertWhen_AStrangerClaims() public {
        Receipt memory r = answered(licenseId, "n");
        r.requestNonce = keccak256("the gateway's own");
        ReceiptEvidence memory e = prove(r, "n");
        refuseClaim(
            e,
            abi.encodeWithSelector(IClaimCourt.ClaimCourt_NotYourNonce.selector, digestOf(e), r.requestNonce)
        );
    }

    // peers §5: accused host files a dispute against itself first (Graph PR #386)
    function test_RevertWhen_TheAccusedClaimsFirst() public {
        ReceiptEvidence memory e = unpaidUse("n");
        bytes32 contents = contentsOf(alone(e));
        bytes32 own = keccak256(abi.encode(block.chainid, address(court), HOST, contents, SALT));
        vm.startPrank(HOST);
        court.deposit(HOST, DOLLAR);
        court.commitClaim(own);
        vm.stopPrank();
        commitUnpaid(e);
        bytes32 nonce = e.signed.receipt.requestNonce;
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_NotYourNonce.selector, digestOf(e), nonce));
        vm.prank(HOST);
        court.revealUnpaidUse(alone(e), SALT);
        vm.prank(VERIFIER);
        court.revealUnpaidUse(alone(e), SALT);
    }

    function test_RevertWhen_TooYoung() public {
        Receipt memory r = answered(licenseId, "n");
        r.answeredAt = block.timestamp + 1;
        ReceiptEvidence memory e = prove(r, "n");
        refuseClaim(
            e,
            abi.encodeWithSelector(IClaimCourt.ClaimCourt_ReceiptTooYoung.selector, digestOf(e), r.answeredAt)
        );
    }

    function test_RevertWhen_DatedIntoTheFarFuture() public {
        Receipt memory r = answered(licenseId, "n");
        r.answeredAt = type(uint256).max;
        ReceiptEvidence memory e = prove(r, "n");
        refuseClaim(
            e,
            abi.encodeWithSelector(IClaimCourt.ClaimCourt_ReceiptTooYoung.selector, digestOf(e), r.answeredAt)
        );
    }

    function test_RevertWhen_TooOld() public {
        ReceiptEvidence memory e = unpaidUse("n");
        vm.warp(block.timestamp + 14 days - 11); // 12 seconds pass before the reveal
        refuseClaim(
            e,
            abi.encodeWithSelector(
                IClaimCourt.ClaimCourt_ReceiptTooOld.selector,
                digestOf(e),
                e.signed.receipt.answeredAt
            )
        );
    }

    function test_TheOldestReceipt() public {
        ReceiptEvidence memory e = unpaidUse("n");
        vm.warp(block.timestamp + 14 days - 12);
        claimUnpaid(e);
    }

    function test_RevertWhen_NotAnchored() public {
        ReceiptEvidence memory e = unpaidUse("n");
        e.signed.anchorRoot = "elsewhere";
        refuseClaim(
            e,
            abi.encodeWithSelector(IClaimCourt.ClaimCourt_NotAnchored.selector, digestOf(e), bytes32("elsewhere"))
        );
    }

    function test_RevertWhen_TheAnchorIsOfOtherReceipts() public {
        ReceiptEvidence memory e = unpaidUse("n");
        e.signed.anchorRoot = "elsewhere";
        court.anchor("elsewhere");
        refuseClaim(
            e,
            abi.encodeWithSelector(IClaimCourt.ClaimCourt_NotAnchored.selector, digestOf(e), bytes32("elsewhere"))
        );
    }

    // protocol §6: leaked signer key
    function test_RevertWhen_AnchoredTooLate() public {
        Receipt memory r = answered(licenseId, "n");
        vm.warp(block.timestamp + 3_601);
        ReceiptEvidence memory e = prove(r, "n");
        refuseClaim(
            e,
            abi.encodeWithSelector(IClaimCourt.ClaimCourt_AnchoredOutOfTime.selector, digestOf(e), block.timestamp)
        );
    }

    // F12: a key that leaked for a minute signed receipts for weeks to come, claimed after its revocation
    function test_F12_ReceiptsOfDaysToComeAreRefused() public {
        uint32[3] memory ahead = [uint32(121), 1 days, 30 days];
        for (uint256 i = 0; i < 3; ++i) {
            bytes32 nonce = bytes32(i + 1);
            Receipt memory r = answered(licenseId, nonce);
            r.answeredAt = block.timestamp + ahead[i];
            uint256 anchored = block.timestamp;
            ReceiptEvidence memory e = prove(r, nonce);
            vm.warp(r.answeredAt + 12);
            refuseClaim(
                e,
                abi.encodeWithSelector(IClaimCourt.ClaimCourt_AnchoredOutOfTime.selector, digestOf(e), anchored)
            );
        }
    }

    function test_AClockAtMostTwoMinutesFastIsForgiven() public {
        Receipt memory r = answered(licenseId, "n");
        r.answeredAt = block.timestamp + 120;
        ReceiptEvidence memory e = prove(r, "n");
        vm.warp(r.answeredAt);
        claimUnpaid(e);
    }

    function test_AnchoredAtTheLastMoment() public {
        Receipt memory r = answered(licenseId, "n");
        vm.warp(block.timestamp + 3_600);
        claimUnpaid(prove(r, "n"));
    }

    function test_RevertWhen_TheSignerWasRevoked() public {
        vm.prank(HOST);
        licenses.revokeSigner(SIGNER);
        vm.warp(block.timestamp + 5);
        ReceiptEvidence memory e = unpaidUse("n");
        refuseClaim(e, abi.encodeWithSelector(IClaimCourt.ClaimCourt_SignerRevoked.selector, digestOf(e), SIGNER));
    }

    function test_ASignerBindsUntilItsRevocationTakesEffect() public {
        vm.prank(HOST);
        licenses.revokeSigner(SIGNER);
        vm.warp(block.timestamp + 4);
        require(finaliseInTime(claimUnpaid(unpaidUse("n"))) == ClaimState.SLASHED, "slashed");
    }

    function test_RevertWhen_TheLicenseIsUnknown() public {
        ReceiptEvidence memory e = prove(answered(9, "n"), "n");
        refuseClaim(e, abi.encodeWithSelector(IClaimCourt.ClaimCourt_NotLicensed.selector, digestOf(e), 9));
    }

    // protocol §6: host names a license that was declined
    function test_RevertWhen_TheLicenseWasNeverActivated() public {
        uint256 other = accept(HOST, mintModel(OUTSIDER, "other", 5_000));
        ReceiptEvidence memory e = prove(answered(other, "n"), "n");
        refuseClaim(e, abi.encodeWithSelector(IClaimCourt.ClaimCourt_NotLicensed.selector, digestOf(e), other));
    }

    // protocol §6: host closes to owe nothing
    function test_AClosedLicenseStillOwes() public {
        ReceiptEvidence memory e = unpaidUse("n");
        vm.prank(HOST);
        licenses.close(licenseId);
        vm.warp(block.timestamp + 120);
        licenses.finishClose(licenseId);
        require(finaliseInTime(claimUnpaid(e)) == ClaimState.SLASHED, "slashed");
    }

    function test_RevertWhen_TheLicenseServesNobody() public {
        offer(OWNER, modelId, privateTerms());
        uint256 own = acceptKind(HOST, modelId, TermsKind.PRIVATE);
        serve(OWNER, own);
        ReceiptEvidence memory e = prove(answered(own, "n"), "n");
        refuseClaim(e, abi.encodeWithSelector(IClaimCourt.ClaimCourt_NotLicensed.selector, digestOf(e), own));
    }

    function test_AnchorNotesTheTimeOnce() public {
        vm.expectEmit(address(court));
        emit IClaimCourt.ReceiptsAnchored("root", OUTSIDER);
        vm.prank(OUTSIDER);
        court.anchor("root");
        uint256 first = block.timestamp;
        eq(court.anchoredAt("root"), first);
        vm.warp(first + 1);
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_AlreadyAnchored.selector, bytes32("root")));
        court.anchor("root");
        eq(court.anchoredAt("root"), first);
    }

    function testFuzz_anchor(bytes32 root, address by) public {
        vm.prank(by);
        court.anchor(root);
        eq(court.anchoredAt(root), block.timestamp);
    }
}
