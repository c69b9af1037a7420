// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {HitClaims} from "./HitClaims.sol";
import {ClaimState, Offence, OpenClaim, Payment, Proof, Receipt, UpstreamPayment} from "../interfaces/Claims.sol";
import {IDisguisedUses} from "../interfaces/IDisguisedUses.sol";
import {BatchDraw} from "../libraries/BatchDraw.sol";
import {ReceiptHash} from "../libraries/ReceiptHash.sol";
import {Score} from "../libraries/Score.sol";

/// @title What answers a claim of disguised use: payments for the model, for a descendant, upstream, or for a model
/// that hides its parent.
abstract contract Clearing is HitClaims {
    mapping(address vault => mapping(bytes32 paymentRef => mapping(uint256 unit => bool))) private _unitUsed;

    /// @inheritdoc IDisguisedUses
    function clear(OpenClaim calldata open, Payment[] calldata payments) external {
        bytes32 claimId = _openClaim(open);
        for (uint256 i = 0; i < payments.length; ++i) {
            Payment calldata payment = payments[i];
            bytes32 digest = _liveHit(claimId, open, payment.position, payment.receipt);
            Served memory served = _booked(digest, payment.receipt, payment.licenseId);
            if (served.account != open.batch.account) revert ClaimCourt_WrongAccount(digest, served.account);
            _checkOnModel(served, payment.licenseId, open.batch.modelId);
            _drop(claimId, open, payment.position, payment.licenseId);
        }
        _weigh(claimId, open);
    }

    /// @inheritdoc IDisguisedUses
    function clearUpstream(OpenClaim calldata open, UpstreamPayment[] calldata payments) external {
        bytes32 claimId = _openClaim(open);
        for (uint256 i = 0; i < payments.length; ++i) {
            UpstreamPayment calldata payment = payments[i];
            bytes32 digest = _liveHit(claimId, open, payment.position, payment.receipt);
            bytes32 upstream = _digest(payment.upstream.receipt);
            // Like every receipt it counts only if it was anchored in time: none is made up once a claim stands.
            address host = _checkSigned(upstream, payment.upstream);
            _checkUpstream(digest, upstream, payment, open.batch.account);
            Served memory served = _booked(upstream, payment.upstream.receipt, payment.licenseId);
            if (served.account != host) revert ClaimCourt_WrongAccount(upstream, host);
            _checkOnModel(served, payment.licenseId, open.batch.modelId);
            _useUnit(served, payment.upstream.receipt);
            _drop(claimId, open, payment.position, payment.licenseId);
        }
        _weigh(claimId, open);
    }

    /// @inheritdoc IDisguisedUses
    function chargeTitle(OpenClaim calldata open, Payment[] calldata payments) external {
        bytes32 claimId = _openClaim(open);
        Proof storage stored = _proofs[claimId];
        for (uint256 i = 0; i < payments.length; ++i) {
            Payment calldata payment = payments[i];
            bytes32 digest = _liveHit(claimId, open, payment.position, payment.receipt);
            Served memory served = _booked(digest, payment.receipt, payment.licenseId);
            if (served.account != open.batch.account) revert ClaimCourt_WrongAccount(digest, served.account);
            _checkHidden(served.modelId, open.batch.modelId);
            if (stored.titleModelId == 0) stored.titleModelId = served.modelId;
            else if (stored.titleModelId != served.modelId)
                revert ClaimCourt_OtherTitle(served.modelId, stored.titleModelId);
            stored.titled |= 1 << payment.position;
            emit HitTitled(claimId, open.hits[payment.position].index, payment.licenseId);
        }
        _weigh(claimId, open);
    }

    function _openClaim(OpenClaim calldata open) private view returns (bytes32 claimId) {
        claimId = BatchDraw.batchId(open.claimant, open.batch);
        Record memory record = _records[claimId];
        if (record.state != ClaimState.CONTESTED || record.offence != Offence.DISGUISED_USE) {
            revert ClaimCourt_WrongState(claimId, record.state);
        }
        if (block.timestamp > record.answerBy) revert ClaimCourt_WindowOver(record.answerBy);
        _checkHits(open.hits, _proofs[claimId].provenHash);
    }

    function _liveHit(
        bytes32 claimId,
        OpenClaim calldata open,
        uint256 position,
        Receipt calldata receipt
    ) private view returns (bytes32 digest) {
        if (position >= open.hits.length || (_proofs[claimId].live >> position) & 1 == 0) {
            revert ClaimCourt_HitNotLive(claimId, position);
        }
        digest = _digest(receipt);
        bytes32 kept = open.hits[position].digest;
        if (digest != kept) revert ClaimCourt_WrongReceipt(digest, kept);
    }

    function _booked(
        bytes32 digest,
        Receipt calldata receipt,
        uint256 licenseId
    ) private view returns (Served memory served) {
        served = _served(digest, licenseId);
        if (!_isBooked(served, receipt)) revert ClaimCourt_NotBooked(digest, licenseId);
    }

    function _checkOnModel(Served memory served, uint256 licenseId, uint256 modelId) private view {
        if (!models.isDescendant(served.modelId, modelId)) revert ClaimCourt_NotOnModel(licenseId, modelId);
    }

    /// @dev Did a client of the account ask for the same answer, no later, for this very request?
    function _checkUpstream(
        bytes32 digest,
        bytes32 upstreamDigest,
        UpstreamPayment calldata payment,
        address account
    ) private view {
        Receipt calldata down = payment.receipt;
        Receipt calldata up = payment.upstream.receipt;
        address client = up.client;
        if (client != account) (client, ) = licenses.signerOf(client);
        if (
            client != account ||
            up.head != down.head ||
            up.answeredAt > down.answeredAt ||
            up.requestNonce != ReceiptHash.requestNonce(up.client, down.requestNonce)
        ) revert ClaimCourt_NotUpstream(digest, upstreamDigest);
    }

    /// @dev One payment, one use. Two hosts that work together could sign many receipts on one payment, and no claimant
    /// holds the nonces
    /// that would show it. So a receipt uses up the last multiple of the floor price in its range: receipts that share
    /// no money never
    /// share one, and of a booked total no more uses can be cleared than it pays for.
    function _useUnit(Served memory served, Receipt calldata receipt) private {
        uint256 unit = receipt.cumulative / Math.max(served.floorPrice, 1);
        bool beyond = receipt.amount == 0 || receipt.amount > receipt.cumulative;
        if (beyond || _unitUsed[served.vault][receipt.paymentRef][unit]) {
            revert ClaimCourt_PaymentUsed(receipt.paymentRef, receipt.cumulative);
        }
        _unitUsed[served.vault][receipt.paymentRef][unit] = true;
    }

    /// @dev A model of another owner that is not registered as a descendant.
    function _checkHidden(uint256 titleModelId, uint256 modelId) private view {
        IERC721 tokens = IERC721(address(models));
        if (models.isDescendant(titleModelId, modelId) || tokens.ownerOf(titleModelId) == tokens.ownerOf(modelId)) {
            revert ClaimCourt_NotHidden(titleModelId, modelId);
        }
    }

    function _drop(bytes32 claimId, OpenClaim calldata open, uint256 position, uint256 licenseId) private {
        Proof storage stored = _proofs[claimId];
        stored.live &= ~(1 << position);
        emit HitCleared(claimId, open.hits[position].index, licenseId, Score.claimScore(stored, stored.live));
    }

    /// @dev Ends the claim if the hits that are left weigh too little. If they weigh enough only with hits that are
    /// booked for a model that hides its parent, the title bond of that model is set aside; else nothing changes.
    function _weigh(bytes32 claimId, OpenClaim calldata open) private {
        Proof memory stored = _proofs[claimId];
        if (Score.claimScore(stored, stored.live) < stored.needed)
            return _dismiss(claimId, _parties(claimId, open.claimant, open.batch));
        bool charged = stored.titled == 0 || stored.titleReserved != 0;
        if (charged || Score.claimScore(stored, stored.live & ~stored.titled) >= stored.needed) return;
        uint256 reserved = titles.reserve(stored.titleModelId, _records[claimId].reach);
        _proofs[claimId].titleReserved = uint96(reserved);
        emit TitleCharged(claimId, stored.titleModelId, reserved);
    }
}
