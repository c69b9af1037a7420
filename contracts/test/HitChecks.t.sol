// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Hit, LeafEvidence, Receipt} from "../src/interfaces/Claims.sol";
import {IClaimRecords} from "../src/interfaces/IClaimRecords.sol";
import {IDisguisedUses} from "../src/interfaces/IDisguisedUses.sol";
import {BatchOpening} from "../src/interfaces/IVerifierRegistry.sol";
import {Parent} from "../src/interfaces/IModelRegistry.sol";
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
        reveal(opening, one_, 1);
        vm.expectEmit(address(court));
        emit IDisguisedUses.HitProven(id, 0, one_[0].evidence.signed.receipt);
        proveItems(opening, 1, one_);
        eq(court.proof(id).provenHash, hitsHash(refs(one_)));
    }

    // protocol §6: verifier steers decoding (one pre-committed nonce per probe)
    function test_RevertWhen_ThePairIsNotInTheBatch() public {
        Hit[] memory one_ = one(0);
        one_[0].pairProof[0] = "elsewhere";
        refuse(one_, abi.encodeWithSelector(IDisguisedUses.ClaimCourt_NotInBatch.selector, 0));
    }

    // protocol §6: verifier steers decoding (one pre-committed nonce per probe)
    function test_RevertWhen_TheNonceIsOfAnotherItem() public {
        Hit[] memory one_ = one(0);
        Receipt memory r = one_[0].evidence.signed.receipt;
        r.requestNonce = answered(0, pairSalt(1)).requestNonce;
        one_[0].evidence = prove(r, pairSalt(1));
        refuse(one_, abi.encodeWithSelector(IDisguisedUses.ClaimCourt_NotInBatch.selector, 0));
    }

    // protocol §6: verifier steers decoding (beacon-drawn keys, the whole body is hashed)
    function test_RevertWhen_AnotherQueryWasAsked() public {
        Hit[] memory one_ = one(0);
        Receipt memory r = one_[0].evidence.signed.receipt;
        r.queryHash = keyHash((keyAt(id, 0) + 1) % KEYS);
        one_[0].evidence = prove(r, pairSalt(0));
        refuse(one_, abi.encodeWithSelector(IDisguisedUses.ClaimCourt_InvalidLeaf.selector, 0));
    }

    function test_RevertWhen_TheLeafIsBent() public {
        bytes memory refusal = abi.encodeWithSelector(IDisguisedUses.ClaimCourt_InvalidLeaf.selector, 0);
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
        refuse(one_, abi.encodeWithSelector(IDisguisedUses.ClaimCourt_WrongAnswer.selector, 0));
    }

    // protocol §6: owner commits common facts, or keys that a public model answers
    function test_RevertWhen_TheOwnerCommittedNoList() public {
        candidates_ = abi.encodePacked(uint8(5), "amber", uint8(5), "amber", uint8(5), "cedar", uint8(4), "dune");
        delete bookLeaves;
        prepareBook();
        modelId = mintModel(OWNER, Merkle.root(bookLeaves), 5_000);
        (opening, id) = drawBatch("bent book");
        refuse(one(0), abi.encodeWithSelector(IDisguisedUses.ClaimCourt_InvalidLeaf.selector, 0));
    }

    // protocol §6: owner adds a character, host appends one
    function test_TheHostMayAppend() public {
        Hit[] memory one_ = one(0);
        Receipt memory r = one_[0].evidence.signed.receipt;
        r.head |= bytes32("!!!!!!!!!!!!") >> 64;
        one_[0].evidence = prove(r, pairSalt(0));
        reveal(opening, one_, 1);
        proveItems(opening, 1, one_);
    }

    function test_RevertWhen_TheReceiptIsAnotherHosts() public {
        openAccount(OUTSIDER, 0x52, BOND);
        Hit[] memory one_ = one(0);
        one_[0].evidence.signed = signed(0x52, one_[0].evidence.signed.receipt);
        refuse(
            one_,
            abi.encodeWithSelector(IClaimRecords.ClaimCourt_WrongAccount.selector, digestOf(one_[0].evidence), OUTSIDER)
        );
    }

    function test_RevertWhen_TheReceiptIsTooYoungAtTheReveal() public {
        Hit[] memory one_ = one(0);
        reveal(opening, one_, 1);
        vm.warp(block.timestamp + 1);
        Receipt memory r = one_[0].evidence.signed.receipt;
        r.answeredAt += 1; // 11 s before the reveal; its age now does not matter
        one_[0].evidence = prove(r, pairSalt(0));
        vm.expectRevert(
            abi.encodeWithSelector(
                IClaimRecords.ClaimCourt_ReceiptTooYoung.selector,
                digestOf(one_[0].evidence),
                r.answeredAt
            )
        );
        proveItems(opening, 1, one_);
    }

    function test_RevertWhen_ItNamesTheModel() public {
        Hit[] memory one_ = one(licenseId);
        refuse(one_, abi.encodeWithSelector(IDisguisedUses.ClaimCourt_NamesTheModel.selector, 0, licenseId));
    }

    function test_RevertWhen_ItNamesADescendant() public {
        uint256 childLicense = accept(HOST, mintChild(OWNER, "child", one(modelId, 0)));
        Hit[] memory one_ = one(childLicense);
        refuse(one_, abi.encodeWithSelector(IDisguisedUses.ClaimCourt_NamesTheModel.selector, 0, childLicense));
    }

    // protocol §6: host serves M under another license, for part of the traffic
    function test_AForeignLicenseIsADisguise() public {
        proves(accept(HOST, mintModel(OUTSIDER, "other", 1)));
    }

    function test_AnothersLicenseOnTheModelIsADisguise() public {
        openAccount(OUTSIDER, 0x52, BOND);
        proves(accept(OUTSIDER, modelId));
    }

    // protocol §6: host buys itself free once it is caught
    function test_ADisguiseThatIsBookedStaysOne() public {
        Hit[] memory one_ = one(0);
        bookLatest(licenseId);
        reveal(opening, one_, 1);
        proveItems(opening, 1, one_);
    }

    function test_AHostWithoutALicenseIsClaimedAllTheSame() public {
        openAccount(OUTSIDER, 0x52, BOND);
        BatchOpening memory other = opening;
        (other.account, other.salt) = (OUTSIDER, "other");
        bytes32 otherId = commitBatch(other);
        vm.roll(block.number + 3);
        verifiers.drawBatch(otherId);
        Hit[] memory one_ = new Hit[](1);
        one_[0] = hit(otherId, 0, 0);
        one_[0].evidence.signed = signed(0x52, one_[0].evidence.signed.receipt);
        reveal(other, one_, 1);
        proveItems(other, 1, one_);
    }

    // peers §5: one poisoned item must not block a batch (Olas #493)
    function test_APoisonedItemIsLeftOutAsAMiss() public {
        (Hit[] memory found, uint256 items) = hits(id, 4);
        Hit[] memory rest = part(found, 1, found.length);
        reveal(opening, rest, items);
        found[0].evidence.signed.signature[64] = 0x00;
        bytes32 digest = digestOf(found[0].evidence);
        vm.expectRevert(abi.encodeWithSelector(IClaimRecords.ClaimCourt_InvalidSignature.selector, digest));
        proveItems(opening, items, found);
        proveItems(opening, items, rest);
        admit(opening, refs(rest));
    }

    function one(uint256 named) private returns (Hit[] memory list) {
        list = new Hit[](1);
        list[0] = hit(id, 0, named);
    }

    function proves(uint256 named) private {
        Hit[] memory one_ = one(named);
        reveal(opening, one_, 1);
        proveItems(opening, 1, one_);
    }

    function refuse(Hit[] memory one_, bytes memory refusal) private {
        if (court.claim(id).answerBy == 0) reveal(opening, one_, 1);
        vm.expectRevert(refusal);
        proveItems(opening, 1, one_);
    }
}
