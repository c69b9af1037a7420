// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Record, Setting, State} from "./court/CourtState.sol";
import {Endings} from "./court/Endings.sol";
import {Money} from "./court/Money.sol";
import {Pots} from "./court/Pots.sol";
import {Receipts} from "./court/Receipts.sol";
import {ClaimState, DisguisedUse, Hit, LeafEvidence, Offence, Proof, Receipt} from "./interfaces/Claims.sol";
import {IClaimCourt} from "./interfaces/IClaimCourt.sol";
import {TermsKind} from "./interfaces/ITermsRegistry.sol";
import {BatchOpening} from "./interfaces/IVerifierRegistry.sol";
import {Answer} from "./libraries/Answer.sol";
import {BatchDraw} from "./libraries/BatchDraw.sol";
import {Candidates} from "./libraries/Candidates.sol";
import {Leaves} from "./libraries/Leaves.sol";
import {ReceiptHash} from "./libraries/ReceiptHash.sol";
import {Score} from "./libraries/Score.sol";

/// @title Offence 2: the first items of a batch that was committed before it was drawn, weighed one by one.
/// @dev Linked into the claim court, because one contract's code may not exceed 24,576 bytes. A claim is known by its
/// batch, and keeps no more of its items than how many there are and how many hit.
library DisguisedUses {
    uint256 private constant MAX_ITEMS = 256;

    /// @notice What every item of one transaction is checked against.
    struct Target {
        Setting setting;
        bytes32 claimId;
        uint256 revealedAt;
        bytes32 batchBeacon;
        bytes32 codeBookRoot;
        bytes32 codeBookBeacon;
        uint32 commonSize;
        uint8 bits;
        bytes32 hitsHash;
    }

    function reveal(
        State storage state,
        Setting memory setting,
        BatchOpening calldata opening,
        uint32 itemCount,
        bytes32 salt
    ) external returns (bytes32 claimId) {
        claimId = BatchDraw.batchId(msg.sender, opening);
        Receipts.reveal(state, setting, keccak256(abi.encode(Offence.DISGUISED_USE, claimId, itemCount)), salt);
        Record memory record = state.records[claimId];
        if (record.state != ClaimState.NONE) revert IClaimCourt.ClaimCourt_WrongState(claimId, record.state);
        DisguisedUse memory use;
        use.itemCount = itemCount;
        use.needed = _reveal(state, setting, claimId, opening, itemCount);
        record.state = ClaimState.PROVING;
        record.offence = Offence.DISGUISED_USE;
        record.answerBy = use.proveBy = uint40(block.timestamp + setting.proveWindow);
        (record.rates, use.bond) = Money.postBond(state, setting);
        (record.reach, record.potClosesAt, use.reserved) = Pots.enter(
            state,
            setting,
            opening.account,
            setting.models.slashBpsOf(opening.modelId)
        );
        use.reach = record.reach;
        state.records[claimId] = record;
        emit IClaimCourt.DisguisedUseClaimed(claimId, msg.sender, opening.account, use, opening);
    }

    function prove(
        State storage state,
        Setting memory setting,
        BatchOpening calldata opening,
        uint256 upTo,
        Hit[] calldata hits
    ) external {
        bytes32 claimId = BatchDraw.batchId(msg.sender, opening);
        Record storage record = state.records[claimId];
        if (record.state != ClaimState.PROVING) revert IClaimCourt.ClaimCourt_WrongState(claimId, record.state);
        if (block.timestamp > record.answerBy) revert IClaimCourt.ClaimCourt_WindowOver(record.answerBy);
        Proof memory proof = state.proofs[claimId];
        if (upTo <= proof.itemsProven || upTo > proof.itemCount)
            revert IClaimCourt.ClaimCourt_InvalidItemCount(upTo, proof.itemCount);
        Target memory target = _target(setting, claimId, opening, proof.revealedAt);
        target.hitsHash = proof.hitsHash;
        bytes32[] memory digests = _checkHits(state, target, opening, hits, proof.itemsProven, upTo);
        proof.hitsHash = target.hitsHash;
        (proof.itemsProven, proof.hits) = (uint16(upTo), proof.hits + uint16(hits.length));
        state.proofs[claimId] = proof;
        int256 score = Score.batchScore(proof.hits, upTo, proof.points);
        emit IClaimCourt.ItemsProven(claimId, upTo, proof.hits, score, digests);
        if (upTo == proof.itemCount) _admit(setting, claimId, record, opening, score, proof.needed);
    }

    function finalise(
        State storage state,
        Setting memory setting,
        address claimant,
        BatchOpening calldata opening
    ) external {
        bytes32 claimId = BatchDraw.batchId(claimant, opening);
        Record storage record = state.records[claimId];
        bool isOpen = record.state == ClaimState.PROVING || record.state == ClaimState.CONTESTED;
        if (!isOpen) revert IClaimCourt.ClaimCourt_WrongState(claimId, record.state);
        if (block.timestamp <= record.answerBy) revert IClaimCourt.ClaimCourt_TooEarly(record.answerBy);
        Endings.Parties memory parties = Endings.Parties(claimId, claimant, opening.account, opening.modelId);
        if (record.state == ClaimState.PROVING) return Endings.lapse(state, setting, parties);
        Endings.slashAccount(state, setting, parties);
    }

    /// @notice Score that a claim on a batch needs: 2^-score bounds the chance of a clean model, and both logarithms
    /// pay for whoever commits code books or batches until luck comes.
    function scoreNeeded(
        State storage, // keeps it out of the library's ABI, as all that has a setting
        Setting memory setting,
        uint256 modelId,
        uint32 release,
        uint256 batchNumber
    ) public view returns (uint256) {
        (, , , , uint64 bookNumber) = setting.models.codeBookOf(modelId, release);
        return
            setting.evidenceThreshold +
            Math.log2(bookNumber, Math.Rounding.Ceil) +
            Math.log2(batchNumber, Math.Rounding.Ceil);
    }

    /// @dev What the claim's proof begins with.
    function _reveal(
        State storage state,
        Setting memory setting,
        bytes32 claimId,
        BatchOpening calldata opening,
        uint32 itemCount
    ) private returns (uint256 needed) {
        (, uint64 batchNumber) = setting.verifiers.drawOf(claimId); // reverts unless it is drawn
        (, , uint32 commonSize, uint8 bits, ) = setting.models.codeBookOf(opening.modelId, opening.release);
        // No key repeats within so many items.
        uint256 most = Math.min(Math.min(opening.itemCount, MAX_ITEMS), commonSize);
        if (itemCount == 0 || itemCount > most) revert IClaimCourt.ClaimCourt_InvalidItemCount(itemCount, most);
        needed = scoreNeeded(state, setting, opening.modelId, opening.release, batchNumber);
        state.proofs[claimId] = Proof({
            revealedAt: uint40(block.timestamp),
            itemCount: uint16(itemCount),
            itemsProven: 0,
            hits: 0,
            needed: uint16(needed),
            points: Score.hitPoints(bits, opening.licenseIds.length),
            hitsHash: 0
        });
    }

    function _admit(
        Setting memory setting,
        bytes32 claimId,
        Record storage record,
        BatchOpening calldata opening,
        int256 score,
        uint256 needed
    ) private {
        if (score < int256(needed)) revert IClaimCourt.ClaimCourt_ScoreTooLow(score, int256(needed));
        record.state = ClaimState.CONTESTED;
        record.answerBy = uint40(block.timestamp + setting.answerWindow);
        emit IClaimCourt.ClaimAdmitted(claimId, opening.account, score, record.answerBy);
        // Interaction: a proven claim must not fail because its batch was opened or forfeited before.
        setting.verifiers.openFor(msg.sender, opening);
    }

    function _target(
        Setting memory setting,
        bytes32 claimId,
        BatchOpening calldata opening,
        uint256 revealedAt
    ) private view returns (Target memory target) {
        target.setting = setting;
        target.claimId = claimId;
        target.revealedAt = revealedAt;
        (target.batchBeacon, ) = setting.verifiers.drawOf(claimId);
        (target.codeBookRoot, target.codeBookBeacon, target.commonSize, target.bits, ) = setting.models.codeBookOf(
            opening.modelId,
            opening.release
        );
    }

    /// @dev In the order of their items.
    function _checkHits(
        State storage state,
        Target memory target,
        BatchOpening calldata opening,
        Hit[] calldata hits,
        uint256 next,
        uint256 upTo
    ) private returns (bytes32[] memory digests) {
        digests = new bytes32[](hits.length);
        for (uint256 i = 0; i < hits.length; ++i) {
            if (hits[i].index < next || hits[i].index >= upTo) revert IClaimCourt.ClaimCourt_WrongOrder(hits[i].index);
            next = hits[i].index + 1;
            digests[i] = _checkHit(state, target, opening, hits[i]);
        }
    }

    /// @dev Everything that makes an item a hit. Its receipt counts in no other claim from now on.
    function _checkHit(
        State storage state,
        Target memory target,
        BatchOpening calldata opening,
        Hit calldata hit
    ) private returns (bytes32 digest) {
        Receipt calldata receipt = hit.evidence.signed.receipt;
        digest = ReceiptHash.digestOf(address(this), receipt);
        Receipts.checkOpener(digest, receipt, msg.sender, hit.evidence.nonceSalt);
        address account = Receipts.check(state, target.setting, digest, hit.evidence.signed, target.revealedAt);
        if (account != opening.account) revert IClaimCourt.ClaimCourt_WrongAccount(digest, account);
        bytes32 pair = Leaves.pairLeaf(hit.index, receipt.client, receipt.requestNonce);
        if (!Leaves.standsUnder(opening.pairsRoot, pair, hit.pairProof))
            revert IClaimCourt.ClaimCourt_NotInBatch(hit.index);
        _checkAnswer(hit.index, hit.leaf, receipt, target);
        _checkNamed(target.setting, hit.index, receipt, opening);
        Receipts.countHit(state, digest, hit.evidence.nonceSalt, receipt.licenseId);
        target.hitsHash = keccak256(abi.encode(target.hitsHash, digest));
    }

    function _checkAnswer(
        uint256 index,
        LeafEvidence calldata leaf,
        Receipt calldata receipt,
        Target memory target
    ) private pure {
        uint256 keyIndex = BatchDraw.keyIndexAt(target.batchBeacon, target.claimId, index, target.commonSize);
        bytes32 node = Leaves.codeBookLeaf(
            keyIndex,
            receipt.queryHash,
            keccak256(leaf.candidates),
            target.bits,
            leaf.salt
        );
        if (!Leaves.standsUnder(target.codeBookRoot, node, leaf.proof))
            revert IClaimCourt.ClaimCourt_InvalidLeaf(index);
        uint256 selected = Answer.answerIndex(
            target.codeBookBeacon,
            target.codeBookRoot,
            keyIndex,
            leaf.salt,
            receipt.queryHash,
            target.bits
        );
        (bool valid, bool matches) = Candidates.check(leaf.candidates, 1 << target.bits, selected, receipt.head);
        if (!valid) revert IClaimCourt.ClaimCourt_InvalidLeaf(index);
        if (!matches) revert IClaimCourt.ClaimCourt_WrongAnswer(index);
    }

    /// @dev The receipt names one license of the batch's set, or none where the set is empty; and not the model, nor a
    /// descendant, under a license of its account that was in force when it answered: that is offence 1's affair.
    function _checkNamed(
        Setting memory setting,
        uint256 index,
        Receipt calldata receipt,
        BatchOpening calldata opening
    ) private view {
        uint256 licenseId = receipt.licenseId;
        uint256 count = opening.licenseIds.length;
        bool isOfBatch = count == 0 && licenseId == 0;
        for (uint256 i = 0; i < count && !isOfBatch; ++i) isOfBatch = opening.licenseIds[i] == licenseId;
        if (!isOfBatch) revert IClaimCourt.ClaimCourt_NamesAnother(index, licenseId);
        if (licenseId == 0) return;
        (address account, uint256 modelId, , uint8 kind, ) = setting.licenses.partiesOf(licenseId);
        if (
            account == opening.account &&
            kind == TermsKind.SERVE &&
            setting.models.isDescendant(modelId, opening.modelId) &&
            setting.licenses.inForceAt(licenseId, receipt.answeredAt)
        ) revert IClaimCourt.ClaimCourt_NamesTheModel(index, licenseId);
    }
}
