// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SlashPots} from "./court/SlashPots.sol";
import {
    Claim,
    ClaimState,
    DisguisedUse,
    IClaimCourt,
    Item,
    LeafEvidence,
    Offence,
    Receipt,
    ReceiptEvidence,
    UnpaidUse,
    Use
} from "./interfaces/IClaimCourt.sol";
import {ILicenseRegistry, License} from "./interfaces/ILicenseRegistry.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {IParameters, Values} from "./interfaces/IParameters.sol";
import {Batch, BatchOpening, IVerifierRegistry} from "./interfaces/IVerifierRegistry.sol";
import {Candidates} from "./libraries/Candidates.sol";
import {Evidence} from "./libraries/Evidence.sol";

/// @title Decides both objective offences without a vote (protocol §5).
contract ClaimCourt is SlashPots {
    using SafeERC20 for IERC20;

    /// @dev What a claim needs beyond its public part.
    struct Proof {
        uint256 bondSnapshot;
        uint256 reach; // the most it can take from the pot
        int256 needed; // score at which it was admitted
        bytes32 batchId;
        bytes32 itemsHash;
        bytes32 rollingHash;
        BatchOpening batch;
    }

    /// @dev What every item of one transaction is checked against.
    struct Target {
        uint256 claimId;
        address account;
        uint256 modelId;
        uint256 revealedAt;
        bytes32 batchId;
        bytes32 batchBeacon;
        bytes32 pairsRoot;
        address vault; // of the account's latest license on the model, if any
        uint256 floorPrice;
        bytes32 codeBookRoot;
        bytes32 codeBookBeacon;
        uint32 commonSize;
        uint8 bits;
    }

    uint256 private constant MAX_RECEIPTS = 16;
    uint256 private constant MAX_ITEMS = 256;
    address private constant BURNED = 0x000000000000000000000000000000000000dEaD;

    IModelRegistry public immutable models;
    IVerifierRegistry public immutable verifiers;
    uint256 private immutable _claimBond;
    uint256 private immutable _claimCost;
    uint64 private immutable _answerWindow;
    uint16 private immutable _lateFeeBps;
    uint16 private immutable _claimantShareBps;
    uint16 private immutable _ownerShareBps;
    uint8 private immutable _evidenceThreshold;

    /// @inheritdoc IClaimCourt
    uint256 public claimCount;
    /// @inheritdoc IClaimCourt
    mapping(bytes32 keyHash => mapping(address account => bool)) public isSpent;
    mapping(uint256 claimId => Claim) private _claims;
    mapping(uint256 claimId => Proof) private _proofs;
    mapping(uint256 claimId => mapping(uint256 index => Use)) private _uses;
    mapping(uint256 claimId => mapping(bytes32 keyHash => bool)) private _hasHit;
    mapping(bytes32 digest => uint256 claimId) private _claimedIn;
    mapping(bytes32 batchId => uint256 claimId) private _admittedIn;

    constructor(IParameters parameters, IModelRegistry models_, ILicenseRegistry licenses_, IVerifierRegistry verifiers_)
        SlashPots(parameters, parameters.values(), licenses_)
    {
        Values memory values = parameters.values();
        models = models_;
        verifiers = verifiers_;
        _claimBond = values.claimBond;
        _claimCost = values.claimCost;
        _answerWindow = values.answerWindow;
        _lateFeeBps = values.lateFeeBps;
        _claimantShareBps = values.claimantShareBps;
        _ownerShareBps = values.ownerShareBps;
        _evidenceThreshold = values.evidenceThreshold;
    }

    /// @inheritdoc IClaimCourt
    function revealUnpaidUse(UnpaidUse calldata contents, bytes32 salt) external returns (uint256 claimId) {
        _reveal(keccak256(abi.encode(Offence.UNPAID_USE, contents)), salt);
        uint256 count = contents.receipts.length;
        if (count == 0) revert ClaimCourt_NoReceipts();
        if (count > MAX_RECEIPTS) revert ClaimCourt_TooManyReceipts(count);
        uint256 licenseId = contents.receipts[0].receipt.licenseId;
        License memory license = licenses.license(licenseId);
        if (license.account == address(0)) revert ClaimCourt_NotLicensed(0, licenseId);
        claimId = _start(Offence.UNPAID_USE, license.account, license.modelId, licenseId, count);
        (uint256 floorPrice,) = models.ratesOf(license.modelId);
        for (uint256 i = 0; i < count; ++i) {
            _contest(claimId, i, contents.receipts, license, floorPrice);
        }
        _admit(claimId);
        token.safeTransferFrom(msg.sender, address(this), _claimBond);
    }

    /// @inheritdoc IClaimCourt
    function revealDisguisedUse(DisguisedUse calldata contents, bytes32 salt) external returns (uint256 claimId) {
        _reveal(keccak256(abi.encode(Offence.DISGUISED_USE, contents)), salt);
        BatchOpening calldata opening = contents.batch;
        bytes32 batchId = Evidence.batchId(msg.sender, opening);
        Batch memory batch = verifiers.batch(batchId);
        if (batch.verifier != msg.sender) revert ClaimCourt_BatchNotYours(batchId);
        if (batch.beacon == 0) revert IVerifierRegistry.VerifierRegistry_BatchNotDrawn(batchId);
        _checkNotAdmitted(batchId);
        if (contents.itemCount == 0) revert ClaimCourt_NoReceipts();
        if (contents.itemCount > opening.itemCount || contents.itemCount > MAX_ITEMS) {
            revert ClaimCourt_TooManyReceipts(contents.itemCount);
        }
        models.ratesOf(opening.modelId); // reverts where there is no such model
        claimId = _start(Offence.DISGUISED_USE, opening.account, opening.modelId, 0, contents.itemCount);
        Proof storage proof = _proofs[claimId];
        proof.batchId = batchId;
        proof.itemsHash = contents.itemsHash;
        proof.batch = opening;
        token.safeTransferFrom(msg.sender, address(this), _claimBond);
    }

    /// @inheritdoc IClaimCourt
    function proveItems(uint256 claimId, Item[] calldata items) external {
        Claim storage stored = _claims[claimId];
        if (stored.state != ClaimState.PROVING) revert ClaimCourt_WrongState(claimId, stored.state);
        if (stored.claimant != msg.sender) revert ClaimCourt_NotClaimant(claimId, msg.sender);
        if (block.timestamp > stored.answerBy) revert ClaimCourt_WindowOver(stored.answerBy);
        uint256 first = stored.itemsProven;
        uint256 last = first + items.length;
        if (last > stored.itemCount) revert ClaimCourt_TooManyReceipts(last);

        Target memory target = _target(claimId);
        bytes32 rolling = _proofs[claimId].rollingHash;
        int256 score = stored.score;
        for (uint256 i = 0; i < items.length; ++i) {
            rolling = keccak256(abi.encode(rolling, keccak256(abi.encode(items[i]))));
            score += items[i].hit ? _checkHit(first + i, items[i], target) : -1;
        }
        stored.itemsProven = uint32(last);
        stored.score = score;
        _proofs[claimId].rollingHash = rolling;
        emit ItemsProven(claimId, last, score);
        if (last == stored.itemCount) _admitItems(claimId);
    }

    /// @inheritdoc IClaimCourt
    function clear(uint256 claimId, uint256 index, uint256 licenseId) external {
        Claim storage stored = _claims[claimId];
        if (stored.state != ClaimState.CONTESTED || stored.offence != Offence.DISGUISED_USE) {
            revert ClaimCourt_WrongState(claimId, stored.state);
        }
        if (block.timestamp > stored.answerBy) revert ClaimCourt_WindowOver(stored.answerBy);
        Use storage use = _uses[claimId][index];
        License memory license = licenses.license(licenseId);
        if (!use.live || license.account != stored.account || !_isOnModel(license, stored.modelId) || !_isBooked(use, license)) {
            revert ClaimCourt_NotCleared(claimId, index, licenseId);
        }
        use.live = false;
        stored.score -= int8(use.bits); // from bits - 1 to -1
        emit ItemCleared(claimId, index, licenseId);
        if (stored.score >= _proofs[claimId].needed) return;
        stored.state = ClaimState.CLEARED;
        emit ClaimFinalised(claimId, ClaimState.CLEARED, 0, 0, 0, 0, 0);
        _leavePot(stored.account, 0, false);
        _pay(stored.account, stored.bond);
    }

    /// @inheritdoc IClaimCourt
    function finalise(uint256 claimId) external returns (ClaimState state) {
        Claim storage stored = _claims[claimId];
        if (stored.state != ClaimState.PROVING && stored.state != ClaimState.CONTESTED) {
            revert ClaimCourt_WrongState(claimId, stored.state);
        }
        if (block.timestamp <= stored.answerBy) revert ClaimCourt_TooEarly(stored.answerBy);
        // Whoever opened the pot is served before those who joined.
        uint256 lead = _pots[stored.account].lead;
        if (stored.state == ClaimState.CONTESTED && lead != claimId && _claims[lead].state == ClaimState.CONTESTED) _end(lead);
        return _end(claimId);
    }

    /// @inheritdoc IClaimCourt
    function claim(uint256 claimId) external view returns (Claim memory) {
        return _claims[claimId];
    }

    /// @inheritdoc IClaimCourt
    function contestedUse(uint256 claimId, uint256 index) external view returns (Use memory) {
        return _uses[claimId][index];
    }

    /// @inheritdoc IClaimCourt
    function scoreNeeded(address verifier) public view returns (int256) {
        return int256(_evidenceThreshold + Math.log2(verifiers.batchCount(verifier), Math.Rounding.Ceil));
    }

    function _start(Offence offence, address account, uint256 modelId, uint256 licenseId, uint256 itemCount) private returns (uint256 claimId) {
        claimId = ++claimCount;
        Claim storage stored = _claims[claimId];
        stored.offence = offence;
        stored.state = ClaimState.PROVING;
        stored.claimant = msg.sender;
        stored.account = account;
        stored.modelId = modelId;
        stored.licenseId = licenseId;
        stored.revealedAt = uint64(block.timestamp);
        stored.answerBy = uint64(block.timestamp) + _answerWindow;
        stored.itemCount = uint32(itemCount);
        stored.bond = _claimBond;
        _proofs[claimId].bondSnapshot = licenses.accountOf(account).bond;
        emit ClaimRevealed(claimId, msg.sender, account, offence, modelId, licenseId, _claimBond);
    }

    function _contest(uint256 claimId, uint256 i, ReceiptEvidence[] calldata receipts, License memory license, uint256 floorPrice) private {
        Receipt calldata receipt = receipts[i].receipt;
        (address account, bytes32 digest) = _checkReceipt(i, receipts[i], block.timestamp);
        if (account != license.account) revert ClaimCourt_MixedAccounts(i, account);
        if (receipt.licenseId != receipts[0].receipt.licenseId) revert ClaimCourt_NotLicensed(i, receipt.licenseId);
        if (_claimedIn[digest] == claimId) revert ClaimCourt_DuplicateReceipt(i);
        if (_claimedIn[digest] != 0) revert ClaimCourt_AlreadyClaimed(i, digest);
        _claimedIn[digest] = claimId;
        Use storage use = _record(claimId, i, receipt);
        (bool clashes, bool clashesBefore) = _equivocation(receipts, i);
        use.equivocal = clashesBefore;
        if (clashesBefore) emit EquivocationShown(claimId, i);
        if (
            !clashes
                && Evidence.isBooked(license.vault, floorPrice, receipt.paymentRef, receipt.client, receipt.amount, receipt.cumulative)
        ) revert ClaimCourt_AlreadyBooked(i, receipt.paymentRef);
        emit ReceiptContested(claimId, i, license.vault, receipt.paymentRef, receipt.client, receipt.cumulative);
    }

    /// @dev Does another receipt, or an earlier one, charge the same money for a different use?
    function _equivocation(ReceiptEvidence[] calldata receipts, uint256 i) private pure returns (bool clashes, bool clashesBefore) {
        Receipt calldata a = receipts[i].receipt;
        if (a.amount == 0 || a.paymentRef == 0 || a.amount > a.cumulative) return (false, false);
        for (uint256 j = 0; j < receipts.length; ++j) {
            Receipt calldata b = receipts[j].receipt;
            if (b.paymentRef != a.paymentRef || b.amount == 0 || b.amount > b.cumulative) continue;
            if (a.cumulative - a.amount >= b.cumulative || b.cumulative - b.amount >= a.cumulative) continue;
            if (a.client == b.client && a.requestNonce == b.requestNonce && a.queryHash == b.queryHash) continue;
            return (true, j < i);
        }
    }

    function _target(uint256 claimId) private view returns (Target memory target) {
        Claim storage stored = _claims[claimId];
        Proof storage proof = _proofs[claimId];
        target.claimId = claimId;
        target.account = stored.account;
        target.modelId = stored.modelId;
        target.revealedAt = stored.revealedAt;
        target.batchId = proof.batchId;
        target.batchBeacon = verifiers.batch(proof.batchId).beacon;
        target.pairsRoot = proof.batch.pairsRoot;
        target.vault = licenses.license(licenses.licenseOf(stored.account, stored.modelId)).vault;
        (target.floorPrice,) = models.ratesOf(stored.modelId);
        (target.codeBookRoot, target.codeBookBeacon, target.commonSize, target.bits) = models.codeBookOf(stored.modelId);
    }

    /// @dev Everything that makes an item a hit; returns what it scores.
    function _checkHit(uint256 index, Item calldata item, Target memory target) private returns (int256) {
        Receipt calldata receipt = item.evidence.receipt;
        (address account,) = _checkReceipt(index, item.evidence, target.revealedAt);
        if (account != target.account) revert ClaimCourt_MixedAccounts(index, account);
        bytes32 pair = Evidence.pairLeaf(index, receipt.client, receipt.requestNonce);
        if (!MerkleProof.verifyCalldata(item.pairProof, target.pairsRoot, pair)) revert ClaimCourt_NotInBatch(index);
        _checkAnswer(index, item.leaf, receipt, target);
        _checkDisguised(index, receipt, target);

        bytes32 keyHash = item.leaf.keyHash;
        if (isSpent[keyHash][account] || _hasHit[target.claimId][keyHash]) revert ClaimCourt_KeySpent(index, keyHash);
        _hasHit[target.claimId][keyHash] = true;
        Use storage use = _record(target.claimId, index, receipt);
        use.keyHash = keyHash;
        use.bits = item.leaf.bits;
        use.live = true;
        emit ItemContested(target.claimId, index, receipt.paymentRef, receipt.client, receipt.cumulative);
        return int8(item.leaf.bits) - 1;
    }

    function _checkAnswer(uint256 index, LeafEvidence calldata leaf, Receipt calldata receipt, Target memory target) private pure {
        uint256 drawn = Evidence.keyIndexAt(target.batchBeacon, target.batchId, index, target.commonSize);
        if (leaf.index != drawn || receipt.queryHash != leaf.keyHash) revert ClaimCourt_WrongKey(index, leaf.index, drawn);
        if (
            leaf.bits != target.bits || leaf.candidates.length != uint256(1) << leaf.bits
                || !MerkleProof.verifyCalldata(leaf.proof, target.codeBookRoot, Evidence.codeBookLeaf(leaf))
                || !Candidates.isList(leaf.candidates)
        ) revert ClaimCourt_InvalidLeaf(index);
        uint256 selected = Evidence.answerIndex(target.codeBookBeacon, leaf.salt, leaf.keyHash, leaf.bits);
        if (!Candidates.startsWith(receipt.head, leaf.candidates[selected])) revert ClaimCourt_WrongAnswer(index);
    }

    /// @dev A use that names the model is offence 1's affair; one that is booked for it was paid.
    function _checkDisguised(uint256 index, Receipt calldata receipt, Target memory target) private view {
        if (receipt.licenseId != 0) {
            License memory named = licenses.license(receipt.licenseId);
            if (named.account == target.account && _isOnModel(named, target.modelId)) {
                revert ClaimCourt_NamesTheModel(index, receipt.licenseId);
            }
        }
        if (
            Evidence.isBooked(target.vault, target.floorPrice, receipt.paymentRef, receipt.client, receipt.amount, receipt.cumulative)
        ) revert ClaimCourt_AlreadyBooked(index, receipt.paymentRef);
    }

    function _admitItems(uint256 claimId) private {
        Claim storage stored = _claims[claimId];
        Proof storage proof = _proofs[claimId];
        if (proof.rollingHash != proof.itemsHash) revert ClaimCourt_ItemsMismatch(proof.rollingHash, proof.itemsHash);
        _checkNotAdmitted(proof.batchId);
        _admittedIn[proof.batchId] = claimId;
        int256 score = stored.score;
        for (uint256 i = 0; i < stored.itemCount; ++i) {
            Use storage use = _uses[claimId][i];
            if (!use.live) continue;
            if (isSpent[use.keyHash][stored.account]) {
                use.live = false; // spent by another claim since it was proven: now a miss
                score -= int8(use.bits);
            } else {
                isSpent[use.keyHash][stored.account] = true;
            }
        }
        proof.needed = scoreNeeded(stored.claimant);
        if (score < proof.needed) revert ClaimCourt_ScoreTooLow(score, proof.needed);
        stored.score = score;
        _admit(claimId);
        verifiers.openFor(stored.claimant, proof.batch);
    }

    function _admit(uint256 claimId) private {
        Claim storage stored = _claims[claimId];
        Proof storage proof = _proofs[claimId];
        stored.state = ClaimState.CONTESTED;
        stored.answerBy = uint64(block.timestamp) + _answerWindow;
        (, uint16 slashBps) = models.ratesOf(stored.modelId);
        uint256 fullSlash = proof.bondSnapshot * slashBps / BPS;
        (proof.reach, stored.reserved) = _enterPot(claimId, stored.account, fullSlash);
        emit ClaimAdmitted(claimId, stored.reserved, stored.score, stored.answerBy);
    }

    function _end(uint256 claimId) private returns (ClaimState state) {
        Claim storage stored = _claims[claimId];
        if (stored.state == ClaimState.PROVING) {
            stored.state = ClaimState.LAPSED;
            emit ClaimFinalised(claimId, ClaimState.LAPSED, 0, 0, 0, 0, 0);
            _pay(stored.claimant, stored.bond);
            return ClaimState.LAPSED;
        }
        uint256 reach = Math.min(_proofs[claimId].reach, _pots[stored.account].amount);
        if (stored.offence == Offence.DISGUISED_USE) {
            _slash(claimId, reach, type(uint256).max);
            return ClaimState.SLASHED;
        }
        (bool paid, uint256 unpaid) = _unpaid(claimId);
        if (paid) _chargeLateFee(claimId, reach);
        else _slash(claimId, reach, unpaid);
        return stored.state;
    }

    function _slash(uint256 claimId, uint256 taken, uint256 ownerCap) private {
        Claim storage stored = _claims[claimId];
        uint256 toClaimant = taken * _claimantShareBps / BPS;
        uint256 toOwner = Math.min(taken * _ownerShareBps / BPS, ownerCap);
        uint256 burned = taken - toClaimant - toOwner;
        stored.state = ClaimState.SLASHED;
        emit ClaimFinalised(claimId, ClaimState.SLASHED, taken, toClaimant, toOwner, 0, burned);
        _leavePot(stored.account, taken, true);
        _pay(stored.claimant, stored.bond + toClaimant);
        _pay(IERC721(address(models)).ownerOf(stored.modelId), toOwner);
        _pay(BURNED, burned);
    }

    function _chargeLateFee(uint256 claimId, uint256 reach) private {
        Claim storage stored = _claims[claimId];
        uint256 fee = reach * _lateFeeBps / BPS;
        uint256 toClaimant = Math.min(fee, _claimCost);
        stored.state = ClaimState.PAID_LATE;
        emit ClaimFinalised(claimId, ClaimState.PAID_LATE, fee, toClaimant, 0, fee - toClaimant, 0);
        _leavePot(stored.account, fee, false);
        _pay(stored.claimant, stored.bond + toClaimant);
        _pay(address(verifiers), fee - toClaimant);
    }

    function _record(uint256 claimId, uint256 index, Receipt calldata receipt) private returns (Use storage use) {
        use = _uses[claimId][index];
        use.paymentRef = receipt.paymentRef;
        use.client = receipt.client;
        // No token has 2^128 units: a larger number is as unpayable after it is cut.
        use.amount = uint128(Math.min(receipt.amount, type(uint128).max));
        use.cumulative = uint128(Math.min(receipt.cumulative, type(uint128).max));
    }

    /// @dev Is every receipt of an offence-1 claim booked now, and how much is not?
    function _unpaid(uint256 claimId) private view returns (bool paid, uint256 unpaid) {
        Claim storage stored = _claims[claimId];
        License memory license = licenses.license(stored.licenseId);
        paid = true;
        for (uint256 i = 0; i < stored.itemCount; ++i) {
            Use storage use = _uses[claimId][i];
            if (!use.equivocal && _isBooked(use, license)) continue;
            paid = false;
            unpaid += use.amount;
        }
    }

    function _isBooked(Use storage use, License memory license) private view returns (bool) {
        (uint256 floorPrice,) = models.ratesOf(license.modelId);
        return Evidence.isBooked(license.vault, floorPrice, use.paymentRef, use.client, use.amount, use.cumulative);
    }

    function _isOnModel(License memory license, uint256 modelId) private view returns (bool) {
        return models.isDescendant(license.modelId, modelId);
    }

    function _checkNotAdmitted(bytes32 batchId) private view {
        uint256 claimId = _admittedIn[batchId];
        if (claimId != 0) revert ClaimCourt_WrongState(claimId, _claims[claimId].state);
    }
}
