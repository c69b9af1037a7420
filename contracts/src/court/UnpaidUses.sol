// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Record, Setting, State} from "./CourtState.sol";
import {Endings} from "./Endings.sol";
import {Money} from "./Money.sol";
import {Pots} from "./Pots.sol";
import {Receipts} from "./Receipts.sol";
import {ClaimState, Offence, Receipt, ReceiptEvidence, UnpaidUse} from "../interfaces/Claims.sol";
import {IClaimCourt} from "../interfaces/IClaimCourt.sol";
import {ClaimRates} from "../interfaces/IParameters.sol";
import {Serving} from "../interfaces/ILicenseRegistry.sol";
import {Booked} from "../libraries/Booked.sol";
import {ReceiptHash} from "../libraries/ReceiptHash.sol";

/// @title Offence 1: receipts that name a SERVE license and are not booked in its vault, or share their money with
/// another receipt.
/// @dev A claim keeps nothing of its receipts but their hash: whoever ends it shows them again.
library UnpaidUses {
    using Math for uint256;

    /// @notice A claim as it is opened.
    struct Draft {
        Offence offence;
        bytes32[] digests;
        Receipt[] receipts;
        bytes32 nonceSalt;
        uint256 licenseId; // that all of them name
        Serving served;
    }

    /// @notice Keeps of `items` those that were not booked when the claim was committed, and opens it on them.
    function reveal(
        State storage state,
        Setting memory setting,
        ReceiptEvidence[] calldata items,
        bytes32 salt
    ) internal returns (bytes32 claimId) {
        Draft memory draft;
        draft.offence = Offence.UNPAID_USE;
        draft.digests = new bytes32[](items.length);
        for (uint256 i = 0; i < items.length; ++i) draft.digests[i] = _digest(items[i].signed.receipt);
        bytes32 contents = keccak256(abi.encode(Offence.UNPAID_USE, draft.digests));
        uint256 committedIn = Receipts.reveal(state, setting, contents, salt);
        _name(setting, draft, items[0].signed.receipt.licenseId);
        _keepLate(state, setting, items, committedIn, draft);
        for (uint256 i = 0; i < draft.digests.length; ++i) {
            Receipts.count(state, draft.digests[i], Offence.UNPAID_USE);
        }
        return _open(state, setting, draft);
    }

    /// @notice Opens a claim on a receipt that shares its money with another one of the same account.
    function revealEquivocation(
        State storage state,
        Setting memory setting,
        ReceiptEvidence calldata accused,
        ReceiptEvidence calldata witness,
        bytes32 salt
    ) internal returns (bytes32 claimId) {
        Draft memory draft;
        draft.offence = Offence.EQUIVOCATION;
        (draft.digests, draft.receipts) = (new bytes32[](2), new Receipt[](2));
        (draft.receipts[0], draft.receipts[1]) = (accused.signed.receipt, witness.signed.receipt);
        (draft.digests[0], draft.digests[1]) = (_digest(accused.signed.receipt), _digest(witness.signed.receipt));
        bytes32 contents = keccak256(abi.encode(Offence.EQUIVOCATION, draft.digests[0], draft.digests[1]));
        Receipts.reveal(state, setting, contents, salt);
        // The order makes every set of receipts on one payment accuse all but its smallest, however it is paired.
        if (draft.digests[1] >= draft.digests[0] || !_overlap(accused.signed.receipt, witness.signed.receipt))
            revert IClaimCourt.ClaimCourt_NoEquivocation(draft.digests[1], draft.digests[0]);
        draft.nonceSalt = accused.nonceSalt;
        if (!Receipts.isOpener(accused.signed.receipt, msg.sender, accused.nonceSalt)) {
            Receipts.checkOpener(draft.digests[1], witness.signed.receipt, msg.sender, witness.nonceSalt);
            draft.nonceSalt = witness.nonceSalt;
        } else Receipts.checkNoHit(state, draft.digests[0], accused.nonceSalt);
        _name(setting, draft, accused.signed.receipt.licenseId);
        _check(state, setting, draft, draft.digests[0], accused);
        address account = Receipts.check(state, setting, draft.digests[1], witness.signed, block.timestamp);
        if (account != draft.served.account) revert IClaimCourt.ClaimCourt_WrongAccount(draft.digests[1], account);
        Receipts.count(state, draft.digests[0], Offence.EQUIVOCATION);
        return _open(state, setting, draft);
    }

    /// @notice Ends a claim: PAID_LATE where all of it is booked, or SLASHED.
    function finalise(
        State storage state,
        Setting memory setting,
        Receipt[] calldata receipts,
        address claimant,
        bytes32 nonceSalt
    ) internal {
        Endings.Parties memory parties;
        bytes32 first;
        (parties.claimId, first) = _idOf(receipts);
        parties.claimant = claimant;
        Record memory record = state.records[parties.claimId];
        if (record.state != ClaimState.CONTESTED)
            revert IClaimCourt.ClaimCourt_WrongState(parties.claimId, record.state);
        if (block.timestamp <= record.answerBy) revert IClaimCourt.ClaimCourt_TooEarly(record.answerBy);
        bool isPair = record.offence == Offence.EQUIVOCATION;
        if (!isPair || !Receipts.isOpener(receipts[1], claimant, nonceSalt))
            Receipts.checkOpener(first, receipts[0], claimant, nonceSalt);
        _end(state, setting, parties, receipts, isPair);
    }

    /// @notice Lifts the suspension that a slash left: booking does not undo a slash, nor what equivocation cost.
    function cure(State storage state, Setting memory setting, Receipt[] calldata receipts) internal {
        (bytes32 claimId, ) = _idOf(receipts);
        Record storage record = state.records[claimId];
        if (!record.suspends) revert IClaimCourt.ClaimCourt_WrongState(claimId, record.state);
        uint256 licenseId = receipts[0].licenseId;
        Serving memory served = setting.licenses.servingOf(licenseId);
        uint256 count = record.offence == Offence.EQUIVOCATION ? 1 : receipts.length;
        for (uint256 i = 0; i < count; ++i) {
            if (!Booked.isBooked(served.vault, served.floorPrice, receipts[i]))
                revert IClaimCourt.ClaimCourt_NotBooked(_digest(receipts[i]), licenseId);
        }
        if (!setting.licenses.isCovered(served.account)) revert IClaimCourt.ClaimCourt_NotCovered(served.account);
        record.suspends = false;
        emit IClaimCourt.ClaimCured(claimId, licenseId);
        // Interaction
        setting.licenses.liftSuspension(licenseId);
    }

    function _keepLate(
        State storage state,
        Setting memory setting,
        ReceiptEvidence[] calldata items,
        uint256 committedIn,
        Draft memory draft
    ) private view {
        draft.receipts = new Receipt[](items.length);
        uint256 count = 0;
        for (uint256 i = 0; i < items.length; ++i) {
            bytes32 digest = draft.digests[i];
            Receipt calldata receipt = items[i].signed.receipt;
            Receipts.checkOpener(digest, receipt, msg.sender, items[i].nonceSalt);
            Receipts.checkNoHit(state, digest, items[i].nonceSalt);
            _check(state, setting, draft, digest, items[i]);
            if (Booked.wasBooked(draft.served.vault, draft.served.floorPrice, receipt, committedIn)) continue;
            if (count == 0) draft.nonceSalt = items[i].nonceSalt;
            draft.digests[count] = digest;
            draft.receipts[count] = receipt;
            ++count;
        }
        if (count == 0)
            revert IClaimCourt.ClaimCourt_AlreadyBooked(draft.digests[0], items[0].signed.receipt.paymentRef);
        (bytes32[] memory digests, Receipt[] memory receipts) = (draft.digests, draft.receipts);
        // Both end with what is late.
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            mstore(digests, count)
            mstore(receipts, count)
        }
    }

    function _open(State storage state, Setting memory setting, Draft memory draft) private returns (bytes32 claimId) {
        claimId = Receipts.claimIdOf(draft.digests);
        UnpaidUse memory use;
        (use.offence, use.nonceSalt) = (draft.offence, draft.nonceSalt);
        (use.modelId, use.vault) = (draft.served.modelId, draft.served.vault);
        Record memory record;
        (record.state, record.offence) = (ClaimState.CONTESTED, draft.offence);
        record.answerBy = use.answerBy = uint40(block.timestamp + setting.answerWindow);
        (record.rates, use.bond) = Money.postBond(state, setting);
        (record.reach, record.potClosesAt, use.reserved) = Pots.enter(
            state,
            setting,
            draft.served.account,
            draft.served.slashBps
        );
        use.reach = record.reach;
        state.records[claimId] = record;
        emit IClaimCourt.UnpaidUseClaimed(claimId, msg.sender, draft.served.account, use, draft.receipts);
    }

    function _end(
        State storage state,
        Setting memory setting,
        Endings.Parties memory parties,
        Receipt[] calldata receipts,
        bool isPair
    ) private {
        uint256 licenseId = receipts[0].licenseId;
        Serving memory served = setting.licenses.servingOf(licenseId);
        (parties.account, parties.modelId) = (served.account, served.modelId);
        (uint256 unbooked, uint256 unpaid) = isPair ? (1, receipts[0].amount) : _unbooked(served, receipts);
        if (unbooked == 0) {
            uint256 fee = _lateFee(state, setting, parties, receipts);
            return Endings.chargeLateFee(state, setting, parties, fee);
        }
        state.records[parties.claimId].suspends = true;
        // The owner gets at most what is unpaid.
        bool again = Endings.slash(state, setting, parties, unpaid);
        // Interaction
        setting.licenses.suspendLicense(licenseId);
        if (again) setting.licenses.closeLicense(licenseId);
    }

    /// @dev Every item of a claim is the same account's and names the same license.
    function _check(
        State storage state,
        Setting memory setting,
        Draft memory draft,
        bytes32 digest,
        ReceiptEvidence calldata item
    ) private view {
        uint256 licenseId = item.signed.receipt.licenseId;
        if (licenseId != draft.licenseId) revert IClaimCourt.ClaimCourt_NotLicensed(digest, licenseId);
        address account = Receipts.check(state, setting, digest, item.signed, block.timestamp);
        if (account != draft.served.account) revert IClaimCourt.ClaimCourt_WrongAccount(digest, account);
    }

    /// @dev The license, if it serves the public and was ever activated, whatever became of it since.
    function _name(Setting memory setting, Draft memory draft, uint256 licenseId) private view {
        (draft.licenseId, draft.served) = (licenseId, setting.licenses.servingOf(licenseId));
        if (draft.served.slashBps == 0) revert IClaimCourt.ClaimCourt_NotLicensed(draft.digests[0], licenseId);
    }

    /// @dev How many receipts are not booked, and what they come to.
    function _unbooked(
        Serving memory served,
        Receipt[] calldata receipts
    ) private view returns (uint256 count, uint256 amounts) {
        for (uint256 i = 0; i < receipts.length; ++i) {
            if (Booked.isBooked(served.vault, served.floorPrice, receipts[i])) continue;
            amounts = amounts.saturatingAdd(receipts[i].amount);
            ++count;
        }
    }

    /// @dev A multiple of the late amounts, and at least a claim's cost for every payment that cost none lately.
    function _lateFee(
        State storage state,
        Setting memory setting,
        Endings.Parties memory parties,
        Receipt[] calldata receipts
    ) private returns (uint256 fee) {
        ClaimRates memory rates = setting.parameters.claimRatesOf(state.records[parties.claimId].rates);
        mapping(bytes32 paymentRef => uint40) storage lateFeeAt = state.lateFeeAt[parties.account];
        uint256 least;
        for (uint256 i = 0; i < receipts.length; ++i) {
            fee = fee.saturatingAdd(receipts[i].amount.saturatingMul(rates.lateFactor));
            bytes32 paymentRef = receipts[i].paymentRef;
            uint256 last = lateFeeAt[paymentRef];
            if (last != 0 && block.timestamp < last + setting.potWindow) continue;
            lateFeeAt[paymentRef] = uint40(block.timestamp);
            least += rates.cost;
        }
        return Math.max(fee, least);
    }

    /// @dev Do two receipts charge the same money for different uses?
    function _overlap(Receipt calldata a, Receipt calldata b) private pure returns (bool) {
        if (a.paymentRef == 0 || a.paymentRef != b.paymentRef) return false;
        if (a.amount == 0 || a.amount > a.cumulative || b.amount == 0 || b.amount > b.cumulative) return false;
        if (a.cumulative - a.amount >= b.cumulative || b.cumulative - b.amount >= a.cumulative) return false;
        return a.client != b.client || a.requestNonce != b.requestNonce || a.queryHash != b.queryHash;
    }

    function _idOf(Receipt[] calldata receipts) private view returns (bytes32 claimId, bytes32 first) {
        bytes32[] memory digests = new bytes32[](receipts.length);
        for (uint256 i = 0; i < receipts.length; ++i) digests[i] = _digest(receipts[i]);
        return (Receipts.claimIdOf(digests), digests[0]);
    }

    function _digest(Receipt calldata receipt) private view returns (bytes32) {
        return ReceiptHash.digestOf(address(this), receipt);
    }
}
