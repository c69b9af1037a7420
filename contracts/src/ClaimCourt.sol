// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {BlamedUses} from "./BlamedUses.sol";
import {DisguisedUses} from "./DisguisedUses.sol";
import {Pot, Record, Setting, State} from "./court/CourtState.sol";
import {Money} from "./court/Money.sol";
import {UnpaidUses} from "./court/UnpaidUses.sol";
import {Claim, Hit, Proof, Receipt, ReceiptEvidence} from "./interfaces/Claims.sol";
import {Resolution} from "./interfaces/IBlames.sol";
import {IClaimCourt} from "./interfaces/IClaimCourt.sol";
import {ILicenseRegistry} from "./interfaces/ILicenseRegistry.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {IParameters, Rules} from "./interfaces/IParameters.sol";
import {BatchOpening, IVerifierRegistry} from "./interfaces/IVerifierRegistry.sol";
import {ExactTransfer} from "./libraries/ExactTransfer.sol";
import {ReceiptHash} from "./libraries/ReceiptHash.sol";

/// @title Decides both objective offences without a vote (protocol §5). Its functions stand in the order of a claim's
/// life, all that it keeps in one `State`, and the rules in libraries on it: receipts, pots, endings, and one for each
/// offence.
contract ClaimCourt is IClaimCourt {
    using SafeERC20 for IERC20;

    IERC20 public immutable token;
    IParameters public immutable parameters;
    IModelRegistry public immutable models;
    ILicenseRegistry public immutable licenses;
    IVerifierRegistry public immutable verifiers;
    uint256 private immutable _anchorWindow;
    uint256 private immutable _anchorLead;
    uint256 private immutable _claimMinAge;
    uint256 private immutable _claimMaxAge;
    uint256 private immutable _revealMinBlocks;
    uint256 private immutable _revealMaxBlocks;
    uint256 private immutable _answerWindow;
    uint256 private immutable _proveWindow;
    uint256 private immutable _potWindow;
    uint256 private immutable _repeatWindow;
    uint256 private immutable _evidenceThreshold;

    State private _state;

    constructor(
        IParameters parameters_,
        IModelRegistry models_,
        ILicenseRegistry licenses_,
        IVerifierRegistry verifiers_
    ) {
        Rules memory rules = parameters_.rules();
        token = IERC20(parameters_.token());
        parameters = parameters_;
        models = models_;
        licenses = licenses_;
        verifiers = verifiers_;
        _anchorWindow = rules.anchorWindow;
        _anchorLead = rules.anchorLead;
        _claimMinAge = rules.claimMinAge;
        _claimMaxAge = rules.claimMaxAge;
        _revealMinBlocks = rules.revealMinBlocks;
        _revealMaxBlocks = rules.revealMaxBlocks;
        _answerWindow = rules.answerWindow;
        _proveWindow = rules.proveWindow;
        _potWindow = rules.potWindow;
        _repeatWindow = rules.repeatWindow;
        _evidenceThreshold = rules.evidenceThreshold;
    }

    // Before a claim

    /// @inheritdoc IClaimCourt
    function anchor(bytes32 root) external {
        if (_state.anchoredAt[root] != 0) revert ClaimCourt_AlreadyAnchored(root);
        _state.anchoredAt[root] = uint40(block.timestamp);
        emit ReceiptsAnchored(root, msg.sender);
    }

    /// @inheritdoc IClaimCourt
    function deposit(address claimant, uint256 amount) external {
        uint256 balance = _state.balances[claimant] += amount;
        emit Deposited(claimant, msg.sender, amount, balance);
        // Interaction
        ExactTransfer.pull(token, msg.sender, amount);
    }

    /// @inheritdoc IClaimCourt
    function withdraw(uint256 amount, address to) external {
        uint256 balance = Money.debit(_state, msg.sender, amount);
        emit Withdrawn(msg.sender, to, amount, balance);
        // Interaction
        token.safeTransfer(to, amount);
    }

    /// @inheritdoc IClaimCourt
    function commitClaim(bytes32 commitment) external {
        // Kept per sender: somebody who copies a commitment from the mempool gains and spoils nothing.
        if (_state.committedIn[msg.sender][commitment] != 0) revert ClaimCourt_AlreadyCommitted(commitment);
        _state.committedIn[msg.sender][commitment] = block.number;
        emit ClaimCommitted(commitment, msg.sender);
    }

    // Reveal

    /// @inheritdoc IClaimCourt
    function revealUnpaidUse(ReceiptEvidence[] calldata items, bytes32 salt) external returns (bytes32 claimId) {
        return UnpaidUses.reveal(_state, _setting(), items, salt);
    }

    /// @inheritdoc IClaimCourt
    function revealEquivocation(
        ReceiptEvidence calldata accused,
        ReceiptEvidence calldata witness,
        bytes32 salt
    ) external returns (bytes32 claimId) {
        return UnpaidUses.revealEquivocation(_state, _setting(), accused, witness, salt);
    }

    /// @inheritdoc IClaimCourt
    function revealDisguisedUse(
        BatchOpening calldata batch,
        uint32 itemCount,
        bytes32 salt
    ) external returns (bytes32 claimId) {
        return DisguisedUses.reveal(_state, _setting(), batch, itemCount, salt);
    }

    /// @inheritdoc IClaimCourt
    function proveItems(BatchOpening calldata batch, uint256 upTo, Hit[] calldata hits) external {
        DisguisedUses.prove(_state, _setting(), batch, upTo, hits);
    }

    // Its end, and after

    /// @inheritdoc IClaimCourt
    function finaliseUnpaidUse(Receipt[] calldata receipts, address claimant, bytes32 nonceSalt) external {
        UnpaidUses.finalise(_state, _setting(), receipts, claimant, nonceSalt);
    }

    /// @inheritdoc IClaimCourt
    function finaliseDisguisedUse(address claimant, BatchOpening calldata batch) external {
        DisguisedUses.finalise(_state, _setting(), claimant, batch);
    }

    /// @inheritdoc IClaimCourt
    function onBlamed(
        uint256 blameId,
        address claimant,
        BatchOpening calldata batch,
        Receipt[] calldata receipts
    ) external returns (bytes32 claimId) {
        return BlamedUses.blame(_state, _setting(), blameId, claimant, batch, receipts);
    }

    /// @inheritdoc IClaimCourt
    function onResolved(Resolution calldata resolution) external {
        BlamedUses.resolve(_state, _setting(), resolution);
    }

    /// @inheritdoc IClaimCourt
    function cure(Receipt[] calldata receipts) external {
        UnpaidUses.cure(_state, _setting(), receipts);
    }

    /// @inheritdoc IClaimCourt
    function pay(address payee) external returns (uint256 amount) {
        amount = _state.owed[payee];
        if (amount == 0) revert ClaimCourt_NothingOwed(payee);
        _state.owed[payee] = 0;
        // Interaction
        token.safeTransfer(payee, amount);
    }

    // What is known

    /// @inheritdoc IClaimCourt
    function balanceOf(address claimant) external view returns (uint256) {
        return _state.balances[claimant];
    }

    /// @inheritdoc IClaimCourt
    function owed(address payee) external view returns (uint256) {
        return _state.owed[payee];
    }

    /// @inheritdoc IClaimCourt
    function claim(bytes32 claimId) external view returns (Claim memory) {
        Record memory record = _state.records[claimId];
        return
            Claim({
                state: record.state,
                offence: record.offence,
                answerBy: record.answerBy,
                potClosesAt: record.potClosesAt,
                reach: record.reach,
                bond: parameters.claimRatesOf(record.rates).bond,
                suspends: record.suspends
            });
    }

    /// @inheritdoc IClaimCourt
    function proof(bytes32 claimId) external view returns (Proof memory) {
        return _state.proofs[claimId];
    }

    /// @inheritdoc IClaimCourt
    function potOf(
        address account
    ) external view returns (uint256 size, uint256 taken, uint256 open, uint256 closesAt) {
        Pot memory pot = _state.pots[account];
        return (pot.size, pot.taken, pot.open, pot.closesAt);
    }

    /// @inheritdoc IClaimCourt
    function anchoredAt(bytes32 root) external view returns (uint40) {
        return _state.anchoredAt[root];
    }

    /// @inheritdoc IClaimCourt
    function receiptDigest(Receipt calldata receipt) external view returns (bytes32) {
        return ReceiptHash.digestOf(address(this), receipt);
    }

    /// @inheritdoc IClaimCourt
    function scoreNeeded(uint256 modelId, uint32 release, uint64 batchNumber) external view returns (int256) {
        return int256(DisguisedUses.scoreNeeded(_state, _setting(), modelId, release, batchNumber));
    }

    function _setting() private view returns (Setting memory setting) {
        setting.token = token;
        setting.parameters = parameters;
        setting.models = models;
        setting.licenses = licenses;
        setting.verifiers = verifiers;
        setting.anchorWindow = _anchorWindow;
        setting.anchorLead = _anchorLead;
        setting.claimMinAge = _claimMinAge;
        setting.claimMaxAge = _claimMaxAge;
        setting.revealMinBlocks = _revealMinBlocks;
        setting.revealMaxBlocks = _revealMaxBlocks;
        setting.answerWindow = _answerWindow;
        setting.proveWindow = _proveWindow;
        setting.potWindow = _potWindow;
        setting.repeatWindow = _repeatWindow;
        setting.evidenceThreshold = _evidenceThreshold;
    }
}
