// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Endings} from "./Endings.sol";
import {ClaimState, Offence, Receipt, ReceiptEvidence} from "../interfaces/Claims.sol";
import {Account} from "../interfaces/IHostAccounts.sol";
import {IUnpaidUses} from "../interfaces/IUnpaidUses.sol";

/// @title Offence 1: a receipt that names a SERVE license and is not booked in its vault, or shares its money with
/// another receipt.
/// @dev A claim is known by its receipt's digest and keeps nothing else of it: whoever cures or ends it shows the
/// receipt again.
abstract contract UnpaidUses is Endings {
    /// @dev What a claim of offence 1 puts on record, in one place for its event.
    struct Entry {
        Offence offence;
        bytes32 claimId;
        bytes32 witness;
        uint256 bond;
        uint256 reach;
        uint256 reserved;
        uint40 answerBy;
    }

    /// @inheritdoc IUnpaidUses
    function revealUnpaidUse(ReceiptEvidence calldata accused, bytes32 salt) external returns (bytes32 claimId) {
        claimId = _digest(accused.signed.receipt);
        _reveal(keccak256(abi.encode(Offence.UNPAID_USE, claimId)), salt);
        Served memory served = _servedBy(claimId, accused);
        if (_isBooked(served, accused.signed.receipt)) {
            revert ClaimCourt_AlreadyBooked(claimId, accused.signed.receipt.paymentRef);
        }
        _enter(Offence.UNPAID_USE, claimId, 0, served, accused);
    }

    /// @inheritdoc IUnpaidUses
    function revealEquivocation(
        ReceiptEvidence calldata accused,
        ReceiptEvidence calldata witness,
        bytes32 salt
    ) external returns (bytes32 claimId) {
        claimId = _digest(accused.signed.receipt);
        bytes32 witnessDigest = _digest(witness.signed.receipt);
        _reveal(keccak256(abi.encode(Offence.EQUIVOCATION, claimId, witnessDigest)), salt);
        // The order makes every set of receipts on one payment accuse all but its smallest, however it is paired.
        if (witnessDigest >= claimId || !_overlap(accused.signed.receipt, witness.signed.receipt)) {
            revert ClaimCourt_NoEquivocation(witnessDigest, claimId);
        }
        Served memory served = _servedBy(claimId, accused);
        address account = _checkEvidence(witnessDigest, witness, block.timestamp);
        if (account != served.account) revert ClaimCourt_WrongAccount(witnessDigest, account);
        _enter(Offence.EQUIVOCATION, claimId, witnessDigest, served, accused);
    }

    /// @inheritdoc IUnpaidUses
    function cure(Receipt calldata receipt, address claimant, bytes32 nonceSalt) external {
        bytes32 claimId = _digest(receipt);
        Record memory record = _contestedClaim(claimId, receipt, claimant, nonceSalt);
        if (record.offence == Offence.EQUIVOCATION) revert ClaimCourt_NotCurable(claimId);
        // The moment of this call counts, so that nothing booked after the window saves a slash.
        if (block.timestamp > record.answerBy) revert ClaimCourt_WindowOver(record.answerBy);
        Served memory served = _served(claimId, receipt.licenseId);
        if (!_isBooked(served, receipt)) revert ClaimCourt_NotBooked(claimId, receipt.licenseId);
        _chargeLateFee(claimId, claimant, served.account);
    }

    /// @inheritdoc IUnpaidUses
    function finaliseUnpaidUse(Receipt calldata receipt, address claimant, bytes32 nonceSalt) external {
        bytes32 claimId = _digest(receipt);
        Record memory record = _contestedClaim(claimId, receipt, claimant, nonceSalt);
        if (block.timestamp <= record.answerBy) revert ClaimCourt_TooEarly(record.answerBy);
        Served memory served = _served(claimId, receipt.licenseId);
        _checkTurn(served.account, record.opensPot);
        // The owner gets at most what is unpaid.
        _slash(claimId, Parties(claimant, served.account, served.modelId), receipt.amount);
    }

    /// @dev The license that an accused receipt names, if the account that signed it holds it.
    function _servedBy(bytes32 digest, ReceiptEvidence calldata evidence) private view returns (Served memory served) {
        address account = _checkEvidence(digest, evidence, block.timestamp);
        served = _served(digest, evidence.signed.receipt.licenseId);
        if (served.account != account) revert ClaimCourt_WrongAccount(digest, account);
    }

    /// @dev Do two receipts charge the same money for different uses?
    function _overlap(Receipt calldata a, Receipt calldata b) private pure returns (bool) {
        if (a.paymentRef == 0 || a.paymentRef != b.paymentRef) return false;
        if (a.amount == 0 || a.amount > a.cumulative || b.amount == 0 || b.amount > b.cumulative) return false;
        if (a.cumulative - a.amount >= b.cumulative || b.cumulative - b.amount >= a.cumulative) return false;
        return a.client != b.client || a.requestNonce != b.requestNonce || a.queryHash != b.queryHash;
    }

    function _enter(
        Offence offence,
        bytes32 claimId,
        bytes32 witness,
        Served memory served,
        ReceiptEvidence calldata accused
    ) private {
        ClaimState state = _records[claimId].state;
        if (state != ClaimState.NONE) revert ClaimCourt_WrongState(claimId, state);
        if (_countedIn[claimId] != 0) revert ClaimCourt_AlreadyCounted(claimId, _countedIn[claimId]);
        Entry memory entry;
        (entry.offence, entry.claimId, entry.witness) = (offence, claimId, witness);
        Record memory record;
        (record.ratesId, entry.bond) = _postBond();
        Account memory stored = licenses.accountOf(served.account);
        (record.reach, entry.reserved, record.opensPot) = _enterPot(
            served.account,
            stored,
            (uint256(stored.bond) * served.slashBps) / BPS
        );
        record.state = ClaimState.CONTESTED;
        record.offence = offence;
        record.answerBy = uint40(block.timestamp + _answerWindow);
        _records[claimId] = record;
        (entry.reach, entry.answerBy) = (record.reach, record.answerBy);
        _emitEntry(entry, served, accused);
    }

    function _emitEntry(Entry memory entry, Served memory served, ReceiptEvidence calldata accused) private {
        emit UnpaidUseClaimed(
            entry.claimId,
            msg.sender,
            served.account,
            served.modelId,
            served.vault,
            accused.nonceSalt,
            entry.witness,
            entry.bond,
            entry.reach,
            entry.reserved,
            entry.answerBy,
            accused.signed.receipt
        );
    }

    function _contestedClaim(
        bytes32 claimId,
        Receipt calldata receipt,
        address claimant,
        bytes32 nonceSalt
    ) private view returns (Record memory record) {
        record = _records[claimId];
        if (record.state != ClaimState.CONTESTED) revert ClaimCourt_WrongState(claimId, record.state);
        _checkOpener(claimId, receipt, claimant, nonceSalt);
    }
}
