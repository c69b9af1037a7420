// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ClaimBook} from "./ClaimBook.sol";
import {ClaimState} from "../interfaces/Claims.sol";
import {BatchOpening} from "../interfaces/IVerifierRegistry.sol";
import {IUnpaidUses} from "../interfaces/IUnpaidUses.sol";
import {BatchDraw} from "../libraries/BatchDraw.sol";

/// @title The part of the claim court that ends claims, and says who gets what.
abstract contract Endings is IUnpaidUses, ClaimBook {
    address private constant BURNED = 0x000000000000000000000000000000000000dEaD;

    /// @inheritdoc IUnpaidUses
    function finaliseDisguisedUse(address claimant, BatchOpening calldata opening) external {
        bytes32 claimId = BatchDraw.batchId(claimant, opening);
        Record memory record = _records[claimId];
        if (record.state != ClaimState.PROVING && record.state != ClaimState.CONTESTED) {
            revert ClaimCourt_WrongState(claimId, record.state);
        }
        if (block.timestamp <= record.answerBy) revert ClaimCourt_TooEarly(record.answerBy);
        if (record.state == ClaimState.PROVING) return _lapse(claimId, claimant);
        _checkTurn(opening.account, record.opensPot);
        _slash(claimId, _parties(claimId, claimant, opening), type(uint256).max);
    }

    /// @dev Slash: the claimant's share, the owner's up to `ownerCap`, the rest burned. A title bond answers before the
    /// account does.
    function _slash(bytes32 claimId, Parties memory parties, uint256 ownerCap) internal {
        Record memory record = _records[claimId];
        ClaimRates memory rates = _rates[record.ratesId];
        uint256 taken = Math.min(record.reach, _contested(parties.account));
        uint256 fromTitle = Math.min(taken, parties.titleReserved);
        uint256 toClaimant = (taken * rates.claimantShareBps) / BPS;
        uint256 toOwner = Math.min((taken * rates.ownerShareBps) / BPS, ownerCap);
        // Effect
        _records[claimId].state = ClaimState.SLASHED;
        _credit(parties.claimant, rates.bond + toClaimant);
        emit ClaimFinalised(
            claimId,
            ClaimState.SLASHED,
            taken - fromTitle,
            fromTitle,
            toClaimant,
            toOwner,
            0,
            taken - toClaimant - toOwner
        );
        // Interaction
        _leavePot(parties.account, record.opensPot, taken - fromTitle, true);
        if (parties.titleReserved != 0) titles.settle(parties.titleModelId, parties.titleReserved, fromTitle);
        _pay(IERC721(address(models)).ownerOf(parties.modelId), toOwner);
        _pay(BURNED, taken - toClaimant - toOwner);
        verifiers.recordClaim(parties.claimant, true);
    }

    /// @dev Booked only when contested: a fee out of which the claimant's costs, the rest to the inspection pool.
    function _chargeLateFee(bytes32 claimId, address claimant, address account) internal {
        Record memory record = _records[claimId];
        ClaimRates memory rates = _rates[record.ratesId];
        uint256 fee = (Math.min(record.reach, _contested(account)) * rates.lateFeeBps) / BPS;
        uint256 toClaimant = Math.min(fee, rates.cost);
        // Effect
        _records[claimId].state = ClaimState.PAID_LATE;
        _credit(claimant, rates.bond + toClaimant);
        emit ClaimFinalised(claimId, ClaimState.PAID_LATE, fee, 0, toClaimant, 0, fee - toClaimant, 0);
        // Interaction
        _leavePot(account, record.opensPot, fee, false);
        _pay(address(verifiers), fee - toClaimant);
        verifiers.recordClaim(claimant, true);
    }

    /// @dev Never admitted: the bond goes back.
    function _lapse(bytes32 claimId, address claimant) private {
        _records[claimId].state = ClaimState.LAPSED;
        _credit(claimant, _rates[_records[claimId].ratesId].bond);
        emit ClaimFinalised(claimId, ClaimState.LAPSED, 0, 0, 0, 0, 0, 0);
    }
}
