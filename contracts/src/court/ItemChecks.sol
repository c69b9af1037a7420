// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ClaimBook} from "./ClaimBook.sol";
import {ClaimState, Hit, LeafEvidence, Receipt} from "../interfaces/Claims.sol";
import {IDisguisedUses} from "../interfaces/IDisguisedUses.sol";
import {BatchOpening} from "../interfaces/IVerifierRegistry.sol";
import {Answer} from "../libraries/Answer.sol";
import {BatchDraw} from "../libraries/BatchDraw.sol";
import {Candidates} from "../libraries/Candidates.sol";
import {Leaves} from "../libraries/Leaves.sol";

/// @title What makes an item of a batch a hit.
abstract contract ItemChecks is IDisguisedUses, ClaimBook {
    /// @dev What every item of one transaction is checked against.
    struct Target {
        bytes32 claimId;
        address account;
        uint256 modelId;
        uint256 revealedAt;
        bytes32 batchBeacon;
        bytes32 pairsRoot;
        bytes32 codeBookRoot;
        bytes32 codeBookBeacon;
        uint32 commonSize;
        uint8 bits;
    }

    function _target(
        bytes32 claimId,
        BatchOpening calldata opening,
        uint256 revealedAt
    ) internal view returns (Target memory target) {
        target.claimId = claimId;
        target.account = opening.account;
        target.modelId = opening.modelId;
        target.revealedAt = revealedAt;
        target.batchBeacon = verifiers.batch(claimId).beacon;
        target.pairsRoot = opening.pairsRoot;
        (target.codeBookRoot, target.codeBookBeacon, target.commonSize, target.bits, ) = models.codeBookOf(
            opening.modelId,
            opening.release
        );
    }

    /// @dev Everything that makes an item a hit, but for whether the claim asks its key twice; that is settled when it
    /// is admitted. The receipt counts in no other claim from now on.
    function _checkHit(Hit calldata hit, Target memory target) internal returns (bytes32 digest) {
        Receipt calldata receipt = hit.evidence.signed.receipt;
        digest = _digest(receipt);
        address account = _checkEvidence(digest, hit.evidence, target.revealedAt);
        if (account != target.account) revert ClaimCourt_WrongAccount(digest, account);
        bytes32 pair = Leaves.pairLeaf(hit.index, receipt.client, receipt.requestNonce);
        if (!Leaves.standsUnder(target.pairsRoot, pair, hit.pairProof)) revert ClaimCourt_NotInBatch(hit.index);
        _checkAnswer(hit.index, hit.leaf, receipt, target);
        _checkDisguise(hit.index, receipt, target);
        _count(digest, target.claimId);
        emit HitProven(target.claimId, hit.index, receipt);
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
        if (!Leaves.standsUnder(target.codeBookRoot, node, leaf.proof)) revert ClaimCourt_InvalidLeaf(index);
        uint256 selected = Answer.answerIndex(
            target.codeBookBeacon,
            target.codeBookRoot,
            keyIndex,
            leaf.salt,
            receipt.queryHash,
            target.bits
        );
        (bool valid, bool matches) = Candidates.check(leaf.candidates, 1 << target.bits, selected, receipt.head);
        if (!valid) revert ClaimCourt_InvalidLeaf(index);
        if (!matches) revert ClaimCourt_WrongAnswer(index);
    }

    /// @dev A use that names the model is offence 1's affair, paid or not. Any other is a disguise, whatever is paid
    /// for it.
    function _checkDisguise(uint256 index, Receipt calldata receipt, Target memory target) private view {
        if (receipt.licenseId == 0) return;
        (address account, uint256 modelId, , , ) = licenses.partiesOf(receipt.licenseId);
        if (account == target.account && models.isDescendant(modelId, target.modelId)) {
            revert ClaimCourt_NamesTheModel(index, receipt.licenseId);
        }
    }

    function _count(bytes32 digest, bytes32 claimId) private {
        bytes32 countedIn = _records[digest].state == ClaimState.NONE ? _countedIn[digest] : digest;
        if (countedIn != 0) revert ClaimCourt_AlreadyCounted(digest, countedIn);
        _countedIn[digest] = claimId;
    }
}
