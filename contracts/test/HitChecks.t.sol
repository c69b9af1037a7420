// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ClaimState, Hit, LeafEvidence, Receipt} from "../src/interfaces/Claims.sol";
import {IClaimCourt} from "../src/interfaces/IClaimCourt.sol";
import {BatchOpening} from "../src/interfaces/IVerifierRegistry.sol";
import {Parent} from "../src/interfaces/IModelRegistry.sol";
import {TermsKind} from "../src/interfaces/ITermsRegistry.sol";
import {HitTest} from "../testing/HitFixture.sol";
import {Merkle} from "../testing/Merkle.sol";

// proveItems, one hit
// ├── when its receipt is forged, a stranger's, or of another account  reverts
// ├── when its pair is not that of the batch                           reverts
// ├── when another key was asked than was drawn                        reverts
// ├── when the leaf is bent, or its candidates no list                 reverts
// ├── when the answer is not the selected one                          reverts
// ├── when it names a license of the account on the model or a descendant   reverts
// ├── when it counts in another claim                                  reverts
// └── otherwise                               counts, whatever follows the answer
contract HitChecksTest is HitTest {
    BatchOpening private opening;
    bytes32 private id;

    function setUp() public override {
        super.setUp();
        (opening, id) = drawBatch("first");
    }

    function test_AHitCounts() public {
        Hit[] memory one_ = one(0);
        reveal(opening, 2);
        proveItems(opening, 1, one_);
        eq(court.proof(id).hits, 1);
    }

    // protocol §6: verifier steers decoding (one pre-committed nonce per probe)
    function test_RevertWhen_ThePairIsNotInTheBatch() public {
        Hit[] memory one_ = one(0);
        one_[0].pairProof[0] = "elsewhere";
        refuse(one_, abi.encodeWithSelector(IClaimCourt.ClaimCourt_NotInBatch.selector, 0));
    }

    // protocol §6: verifier steers decoding (one pre-committed nonce per probe)
    function test_RevertWhen_TheNonceIsOfAnotherItem() public {
        Hit[] memory one_ = one(0);
        Receipt memory r = one_[0].evidence.signed.receipt;
        r.requestNonce = answered(0, pairSalt(1)).requestNonce;
        one_[0].evidence = prove(r, pairSalt(1));
        refuse(one_, abi.encodeWithSelector(IClaimCourt.ClaimCourt_NotInBatch.selector, 0));
    }

    // protocol §6: verifier steers decoding (beacon-drawn keys, the whole body is hashed)
    function test_RevertWhen_AnotherQueryWasAsked() public {
        Hit[] memory one_ = one(0);
        Receipt memory r = one_[0].evidence.signed.receipt;
        r.queryHash = keyHash((keyAt(id, 0) + 1) % KEYS);
        one_[0].evidence = prove(r, pairSalt(0));
        refuse(one_, abi.encodeWithSelector(IClaimCourt.ClaimCourt_InvalidLeaf.selector, 0));
    }

    function test_RevertWhen_TheLeafIsBent() public {
        bytes memory refusal = abi.encodeWithSelector(IClaimCourt.ClaimCourt_InvalidLeaf.selector, 0);
        Hit[] memory one_ = one(0);
        LeafEvidence memory leaf = one_[0].leaf;
        one_[0].leaf = LeafEvidence(leaf.candidates, "another", leaf.proof);
        refuse(one_, refusal);
        one_[0].leaf = LeafEvidence(abi.encodePacked(leaf.candidates, uint8(1), "z"), leaf.salt, leaf.proof);
        refuse(one_, refusal);
        one_[0].leaf = LeafEvidence(leaf.candidates, leaf.salt, new bytes32[](4));
        refuse(one_, refusal);
    }

    function test_RevertWhen_TheAnswerIsAnother() public {
        Hit[] memory one_ = one(0);
        Receipt memory r = one_[0].evidence.signed.receipt;
        r.head = r.head == "amber" ? bytes32("birch") : bytes32("amber");
        one_[0].evidence = prove(r, pairSalt(0));
        refuse(one_, abi.encodeWithSelector(IClaimCourt.ClaimCourt_WrongAnswer.selector, 0));
    }

    // protocol §6: owner commits common facts, or keys that a public model answers
    function test_RevertWhen_TheOwnerCommittedNoList() public {
        candidates_ = abi.encodePacked(uint8(5), "amber", uint8(5), "amber", uint8(5), "cedar", uint8(4), "dune");
        delete bookLeaves;
        prepareBook();
        modelId = mintModel(OWNER, Merkle.root(bookLeaves), 5_000);
        (opening, id) = drawBatch("bent book");
        refuse(one(0), abi.encodeWithSelector(IClaimCourt.ClaimCourt_InvalidLeaf.selector, 0));
    }

    // protocol §6: owner adds a character, host appends one
    function test_TheHostMayAppend() public {
        Hit[] memory one_ = one(0);
        Receipt memory r = one_[0].evidence.signed.receipt;
        r.head |= bytes32("!!!!!!!!!!!!") >> 64;
        one_[0].evidence = prove(r, pairSalt(0));
        reveal(opening, 2);
        proveItems(opening, 1, one_);
    }

    function test_RevertWhen_TheReceiptIsAnotherHosts() public {
        openAccount(OUTSIDER, 0x52, BOND);
        Hit[] memory one_ = one(0);
        one_[0].evidence.signed = signed(0x52, one_[0].evidence.signed.receipt);
        refuse(
            one_,
            abi.encodeWithSelector(IClaimCourt.ClaimCourt_WrongAccount.selector, digestOf(one_[0].evidence), OUTSIDER)
        );
    }

    function test_RevertWhen_TheReceiptIsTooYoungAtTheReveal() public {
        Hit[] memory one_ = one(0);
        reveal(opening, 2);
        vm.warp(block.timestamp + 1);
        Receipt memory r = one_[0].evidence.signed.receipt;
        r.answeredAt += 1; // 11 s before the reveal; its age now does not matter
        one_[0].evidence = prove(r, pairSalt(0));
        vm.expectRevert(
            abi.encodeWithSelector(
                IClaimCourt.ClaimCourt_ReceiptTooYoung.selector,
                digestOf(one_[0].evidence),
                r.answeredAt
            )
        );
        proveItems(opening, 1, one_);
    }

    // What it names

    function test_RevertWhen_ItNamesTheModel() public {
        (opening, id) = drawBatchNaming("set", licenseId);
        Hit[] memory one_ = one(licenseId);
        refuse(one_, abi.encodeWithSelector(IClaimCourt.ClaimCourt_NamesTheModel.selector, 0, licenseId));
    }

    function test_RevertWhen_ItNamesADescendant() public {
        uint256 childLicense = accept(HOST, mintChild(OWNER, "child", one(modelId, 0)));
        serve(OWNER, childLicense);
        (opening, id) = drawBatchNaming("set", childLicense);
        Hit[] memory one_ = one(childLicense);
        refuse(one_, abi.encodeWithSelector(IClaimCourt.ClaimCourt_NamesTheModel.selector, 0, childLicense));
    }

    // F13: host names a license that was declined, or that it never activated
    function test_F13_ADeclinedLicenseNamesNothing() public {
        uint256 idle = accept(HOST, mintChild(OWNER, "child", one(modelId, 0)));
        (opening, id) = drawBatchNaming("set", idle);
        book(idle, paymentNonce(1), PRICE); // floor prices, booked to no avail
        proves(idle);
    }

    // protocol §6: host closes a license to name it on
    function test_ALicenseThatIsOverNamesNothing() public {
        vm.prank(HOST);
        licenses.close(licenseId);
        vm.warp(block.timestamp + 61); // longer than an inactive license still names its model
        (opening, id) = drawBatchNaming("set", licenseId);
        proves(licenseId);
    }

    // protocol §6: somebody has an honest host suspended, closed or barred and asks it on
    function test_RevertWhen_TheLicenseHasOnlyJustEnded() public {
        vm.prank(HOST);
        licenses.close(licenseId);
        (opening, id) = drawBatchNaming("set", licenseId);
        Hit[] memory one_ = one(licenseId);
        refuse(one_, abi.encodeWithSelector(IClaimCourt.ClaimCourt_NamesTheModel.selector, 0, licenseId));
    }

    function test_RevertWhen_TheLicenseEndedAfterTheAnswer() public {
        (opening, id) = drawBatchNaming("set", licenseId);
        Hit[] memory one_ = one(licenseId);
        vm.prank(HOST);
        licenses.close(licenseId);
        vm.warp(block.timestamp + 61); // by now it would name nothing
        refuse(one_, abi.encodeWithSelector(IClaimCourt.ClaimCourt_NamesTheModel.selector, 0, licenseId));
    }

    // protocol §6: host serves M under another license, for part of the traffic
    function test_AForeignLicenseIsADisguise() public {
        uint256 other = accept(HOST, mintModel(OUTSIDER, "other", 1));
        (opening, id) = drawBatchNaming("set", other);
        proves(other);
    }

    function test_AnothersLicenseOnTheModelIsADisguise() public {
        openAccount(OUTSIDER, 0x52, BOND);
        uint256 other = accept(OUTSIDER, modelId);
        serve(OWNER, other);
        (opening, id) = drawBatchNaming("set", other);
        proves(other);
    }

    // protocol §6: host hides behind a PRIVATE or DERIVE license
    function test_APrivateLicenseNamesNothing() public {
        offer(OWNER, modelId, privateTerms());
        uint256 other = acceptKind(HOST, modelId, TermsKind.PRIVATE);
        serve(OWNER, other);
        (opening, id) = drawBatchNaming("set", other);
        proves(other);
    }

    // F3: a verifier asks three models of an honest account and shows whichever hits
    function test_F3_OnlyLicensesOfTheBatchCount() public {
        uint256 other = accept(HOST, mintModel(OUTSIDER, "other", 1));
        Hit[] memory one_ = one(other);
        refuse(one_, abi.encodeWithSelector(IClaimCourt.ClaimCourt_NamesAnother.selector, 0, other));
    }

    // F3: the more licenses a receipt may name, the less a hit scores
    function test_F3_ASetOfLicensesCostsPoints() public {
        uint256 other = accept(HOST, mintModel(OUTSIDER, "other", 1));
        uint256 third = accept(HOST, mintModel(OUTSIDER, "third", 1));
        opening = batchOpening("three");
        opening.licenseIds = new uint256[](2);
        (opening.licenseIds[0], opening.licenseIds[1]) = (other, third);
        id = commitAndDraw(opening);
        reveal(opening, 2);
        eq(uint256(int256(court.proof(id).points)), BITS - 2);
    }

    function test_RevertWhen_TheReceiptCountsInAnUnpaidUse() public {
        uint256 other = accept(HOST, mintModel(OUTSIDER, "other", 1));
        serve(OUTSIDER, other);
        (opening, id) = drawBatchNaming("set", other);
        Hit[] memory one_ = one(other);
        bytes32 digest = claimUnpaid(one_[0].evidence);
        refuse(one_, abi.encodeWithSelector(IClaimCourt.ClaimCourt_AlreadyCounted.selector, digest));
    }

    // protocol §5: a receipt counts in one claim only, though two batches hold its nonce and ask the same key
    function test_RevertWhen_AHitCountsInAnotherBatch() public {
        Hit[] memory found = hits(id, 2);
        claimDisguised(opening, found, 2);
        opening.salt = "the same pairs";
        id = commitAndDraw(opening);
        Hit[] memory one_ = new Hit[](1);
        one_[0] = hit(id, 0, 0);
        bytes memory counted = abi.encodeWithSelector(
            IClaimCourt.ClaimCourt_AlreadyCounted.selector,
            digestOf(one_[0].evidence)
        );
        refuse(one_, counted);
    }

    function test_TheHitsAreKeptAsAHash() public {
        Hit[] memory found = hits(id, 3);
        claimDisguised(opening, found, 3);
        bytes32 expected;
        for (uint256 i = 0; i < 3; ++i) expected = keccak256(abi.encode(expected, digestOf(found[i].evidence)));
        eq(court.proof(id).hitsHash, expected);
    }

    function test_RevertWhen_AHitIsClaimedAsUnpaid() public {
        uint256 other = accept(HOST, mintModel(OUTSIDER, "other", 1));
        serve(OUTSIDER, other);
        (opening, id) = drawBatchNaming("set", other);
        Hit[] memory one_ = one(other);
        reveal(opening, 2);
        proveItems(opening, 1, one_);
        bytes32 digest = digestOf(one_[0].evidence);
        refuseClaim(one_[0].evidence, abi.encodeWithSelector(IClaimCourt.ClaimCourt_AlreadyCounted.selector, digest));
    }

    // F1: unpaid receipts from itself to its own client, or floor prices booked for two hits, buy nobody free
    function test_F1_NothingClearsAHit() public {
        Hit[] memory found = hits(id, 2);
        claimDisguised(opening, found, 2);
        for (uint256 i = 0; i < found.length; ++i) book(licenseId, paymentNonce(i + 1), PRICE);
        vm.warp(court.claim(id).answerBy + 1);
        uint256 before = court.balanceOf(VERIFIER);
        court.finaliseDisguisedUse(VERIFIER, opening);
        expectState(id, ClaimState.SLASHED);
        eq(accountOf(HOST).bond, BOND - SLASH);
        eq(court.balanceOf(VERIFIER) - before, DOLLAR + SLASH / 5); // its own bond, and its share
    }

    // protocol §6: host buys itself free once it is caught
    function test_ADisguiseThatIsBookedStaysOne() public {
        Hit[] memory one_ = one(0);
        bookLatest(licenseId);
        reveal(opening, 2);
        proveItems(opening, 1, one_);
    }

    function test_AHostWithoutALicenseIsClaimedAllTheSame() public {
        openAccount(OUTSIDER, 0x52, BOND);
        BatchOpening memory other = opening;
        (other.account, other.salt) = (OUTSIDER, "other");
        bytes32 otherId = commitAndDraw(other);
        Hit[] memory one_ = new Hit[](1);
        one_[0] = hit(otherId, 0, 0);
        one_[0].evidence.signed = signed(0x52, one_[0].evidence.signed.receipt);
        reveal(other, 2);
        proveItems(other, 1, one_);
    }

    // peers §5: one poisoned item must not block a batch (Olas #493)
    function test_APoisonedItemIsLeftOutAsAMiss() public {
        Hit[] memory found = hits(id, 4);
        Hit[] memory rest = part(found, 1, found.length);
        reveal(opening, found.length);
        found[0].evidence.signed.signature[64] = 0x00;
        bytes32 digest = digestOf(found[0].evidence);
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_InvalidSignature.selector, digest));
        proveItems(opening, found.length, found);
        proveItems(opening, found.length, rest);
        expectState(id, ClaimState.CONTESTED);
    }

    function drawBatchNaming(
        bytes32 salt,
        uint256 named
    ) private returns (BatchOpening memory batch, bytes32 batchId_) {
        batch = batchOpening(salt);
        batch.licenseIds = new uint256[](1);
        batch.licenseIds[0] = named;
        batchId_ = commitAndDraw(batch);
    }

    function one(uint256 named) private returns (Hit[] memory list) {
        list = new Hit[](1);
        list[0] = hit(id, 0, named);
    }

    function proves(uint256 named) private {
        Hit[] memory one_ = one(named);
        reveal(opening, 2);
        proveItems(opening, 1, one_);
    }

    function refuse(Hit[] memory one_, bytes memory refusal) private {
        if (court.claim(id).answerBy == 0) reveal(opening, 2);
        vm.expectRevert(refusal);
        proveItems(opening, 1, one_);
    }
}
