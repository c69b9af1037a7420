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
        _slash(claimId, Parties(claimant, opening.account, opening.modelId), type(uint256).max);
    }

    /// @dev Slash: the claimant's share, the owner's up to `ownerCap`, the rest burned.
    function _slash(bytes32 claimId, Parties memory parties, uint256 ownerCap) internal {
        Record memory record = _records[claimId];
        ClaimRates memory rates = _rates[record.ratesId];
        uint256 taken = Math.min(record.reach, _contested(parties.account));
        uint256 toClaimant = (taken * rates.claimantShareBps) / BPS;
        uint256 toOwner = Math.min((taken * rates.ownerShareBps) / BPS, ownerCap);
        // Effect
        _records[claimId].state = ClaimState.SLASHED;
        _credit(parties.claimant, rates.bond + toClaimant);
        emit ClaimFinalised(claimId, ClaimState.SLASHED, taken, toClaimant, toOwner, 0, taken - toClaimant - toOwner);
        // Interaction
        _leavePot(parties.account, record.opensPot, taken, true);
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
        emit ClaimFinalised(claimId, ClaimState.PAID_LATE, fee, toClaimant, 0, fee - toClaimant, 0);
        // Interaction
        _leavePot(account, record.opensPot, fee, false);
        _pay(address(verifiers), fee - toClaimant);
        verifiers.recordClaim(claimant, true);
    }

    /// @dev Never admitted: the bond burns, and its items never count again.
    function _lapse(bytes32 claimId, address claimant) private {
        uint256 bond = _rates[_records[claimId].ratesId].bond;
        _records[claimId].state = ClaimState.LAPSED;
        emit ClaimFinalised(claimId, ClaimState.LAPSED, 0, 0, 0, 0, bond);
        // Interaction
        _pay(BURNED, bond);
        verifiers.recordClaim(claimant, false);
    }
}
