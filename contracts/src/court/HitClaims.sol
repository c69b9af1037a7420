// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TransientSlot} from "@openzeppelin/contracts/utils/TransientSlot.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ItemChecks} from "./ItemChecks.sol";
import {ClaimState, DisguisedUse, Hit, HitRef, Offence, Proof} from "../interfaces/Claims.sol";
import {IDisguisedUses} from "../interfaces/IDisguisedUses.sol";
import {Account} from "../interfaces/IHostAccounts.sol";
import {Batch, BatchOpening} from "../interfaces/IVerifierRegistry.sol";
import {BatchDraw} from "../libraries/BatchDraw.sol";
import {HitsHash} from "../libraries/HitsHash.sol";
import {Score} from "../libraries/Score.sol";

/// @title Offence 2: the first items of a batch that was committed before it was drawn, weighed one by one.
/// @dev A claim is known by its batch. Its hits come to one hash; every later step shows them again.
abstract contract HitClaims is ItemChecks {
    using TransientSlot for *;

    uint256 private constant MAX_ITEMS = 256; // one word of bits

    uint256 private immutable _evidenceThreshold;

    constructor(uint256 evidenceThreshold) {
        _evidenceThreshold = evidenceThreshold;
    }

    /// @inheritdoc IDisguisedUses
    function scoreNeeded(address verifier) public view returns (int256) {
        return int256(_evidenceThreshold + Math.log2(verifiers.batchCount(verifier), Math.Rounding.Ceil));
    }

    /// @inheritdoc IDisguisedUses
    function revealDisguisedUse(DisguisedUse calldata contents, bytes32 salt) external returns (bytes32 claimId) {
        BatchOpening calldata opening = contents.batch;
        claimId = BatchDraw.batchId(msg.sender, opening);
        _reveal(keccak256(abi.encode(Offence.DISGUISED_USE, claimId, contents.itemCount, contents.hitsHash)), salt);
        Record memory record = _records[claimId];
        if (record.state != ClaimState.NONE) revert ClaimCourt_WrongState(claimId, record.state);
        Batch memory batch = verifiers.batch(claimId);
        if (batch.verifier == address(0)) revert ClaimCourt_UnknownBatch(claimId);
        if (batch.beacon == 0) revert ClaimCourt_BatchNotDrawn(claimId);
        uint256 most = Math.min(opening.itemCount, MAX_ITEMS);
        if (contents.itemCount == 0 || contents.itemCount > most)
            revert ClaimCourt_InvalidItemCount(contents.itemCount, most);
        Proof storage stored = _proofs[claimId];
        stored.hitsHash = contents.hitsHash;
        (stored.revealedAt, stored.itemCount) = (uint40(block.timestamp), contents.itemCount);
        (, , , stored.bits, ) = models.codeBookOf(opening.modelId, opening.release);
        uint256 bond;
        (record.ratesId, bond) = _postBond();
        record.state = ClaimState.PROVING;
        record.offence = Offence.DISGUISED_USE;
        record.answerBy = uint40(block.timestamp + _answerWindow);
        record.reach = licenses.accountOf(opening.account).bond; // the snapshot, until the claim is admitted
        _records[claimId] = record;
        emit DisguisedUseClaimed(
            claimId,
            msg.sender,
            opening.account,
            opening,
            contents.itemCount,
            contents.hitsHash,
            bond,
            record.answerBy
        );
    }

    /// @inheritdoc IDisguisedUses
    function proveItems(BatchOpening calldata opening, uint256 upTo, Hit[] calldata hits) external {
        bytes32 claimId = BatchDraw.batchId(msg.sender, opening);
        _checkProving(claimId);
        Proof storage stored = _proofs[claimId];
        uint256 next = stored.itemsProven;
        if (upTo <= next || upTo > stored.itemCount) revert ClaimCourt_InvalidItemCount(upTo, stored.itemCount);
        Target memory target = _target(claimId, opening, stored.revealedAt);
        bytes32 rolling = stored.provenHash;
        for (uint256 i = 0; i < hits.length; ++i) {
            uint256 index = hits[i].index;
            if (index < next || index >= upTo) revert ClaimCourt_WrongOrder(index);
            next = index + 1;
            bytes32 digest = _checkHit(hits[i], target);
            rolling = HitsHash.addHit(rolling, index, digest, hits[i].evidence.signed.receipt.queryHash);
        }
        stored.itemsProven = uint32(upTo);
        stored.provenHash = rolling;
        emit ItemsProven(claimId, uint32(upTo));
    }

    /// @inheritdoc IDisguisedUses
    function admit(BatchOpening calldata opening, HitRef[] calldata hits) external {
        bytes32 claimId = BatchDraw.batchId(msg.sender, opening);
        Record memory record = _checkProving(claimId);
        Proof memory stored = _proofs[claimId];
        if (stored.itemsProven != stored.itemCount)
            revert ClaimCourt_ItemsMissing(stored.itemsProven, stored.itemCount);
        if (stored.provenHash != stored.hitsHash) revert ClaimCourt_HitsMismatch(stored.provenHash, stored.hitsHash);
        _checkHits(hits, stored.provenHash);
        int256 score = Score.batchScore(_fresh(claimId, hits), stored.itemCount, stored.bits);
        int256 needed = scoreNeeded(msg.sender);
        if (score < needed) revert ClaimCourt_ScoreTooLow(score, needed);
        _proofs[claimId].needed = int32(needed);
        record.state = ClaimState.CONTESTED;
        record.answerBy = uint40(block.timestamp + _answerWindow);
        uint256 fullSlash = (uint256(record.reach) * models.slashBpsOf(opening.modelId)) / BPS;
        Account memory account = licenses.accountOf(opening.account);
        uint256 reserved;
        (record.reach, reserved, record.opensPot) = _enterPot(opening.account, account, fullSlash);
        _records[claimId] = record;
        emit ClaimAdmitted(claimId, opening.account, score, needed, record.reach, reserved, record.answerBy);
        // Interaction: an admitted claim must not fail because its batch was opened or forfeited before.
        verifiers.openFor(msg.sender, opening);
    }

    function _checkHits(HitRef[] calldata hits, bytes32 kept) private pure {
        bytes32 shown = 0;
        for (uint256 i = 0; i < hits.length; ++i) {
            shown = HitsHash.addHit(shown, hits[i].index, hits[i].digest, hits[i].keyHash);
        }
        if (shown != kept) revert ClaimCourt_HitsMismatch(shown, kept);
    }

    function _checkProving(bytes32 claimId) private view returns (Record memory record) {
        record = _records[claimId];
        if (record.state != ClaimState.PROVING) revert ClaimCourt_WrongState(claimId, record.state);
        if (block.timestamp > record.answerBy) revert ClaimCourt_WindowOver(record.answerBy);
    }

    /// @dev How many hits count. Within a claim a key is told by its hash: leaves that repeat it are no independent
    /// draws.
    function _fresh(bytes32 claimId, HitRef[] calldata hits) private returns (uint256 fresh) {
        for (uint256 i = 0; i < hits.length; ++i) {
            if (!_seen(claimId, hits[i].keyHash)) ++fresh;
        }
    }

    /// @dev Did this transaction meet the key in this claim before? Transient: a claim is admitted in one transaction.
    function _seen(bytes32 claimId, bytes32 keyHash) private returns (bool seen) {
        bytes32 slot = keccak256(abi.encode(claimId, keyHash));
        seen = slot.asBoolean().tload();
        slot.asBoolean().tstore(true);
    }
}
