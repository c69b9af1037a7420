// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {LastSlash, Record, Setting, State} from "./CourtState.sol";
import {Money} from "./Money.sol";
import {Pots} from "./Pots.sol";
import {ClaimState, Ending} from "../interfaces/Claims.sol";
import {IClaimCourt} from "../interfaces/IClaimCourt.sol";
import {ClaimRates} from "../interfaces/IParameters.sol";
import {BURNED} from "../libraries/Burned.sol";

/// @title How claims end, and who gets what.
library Endings {
    uint256 private constant BPS = 10_000;

    /// @notice A claim, and whom its end concerns.
    struct Parties {
        bytes32 claimId;
        address claimant;
        address account;
        uint256 modelId;
    }

    /// @notice Slash: the claimant's share, the owner's up to `ownerCap`, the rest burned. `again`: the account was
    /// slashed out of another pot not long ago.
    function slash(
        State storage state,
        Setting memory setting,
        Parties memory parties,
        uint256 ownerCap
    ) internal returns (bool again) {
        Record storage record = state.records[parties.claimId];
        (Ending memory ending, uint256 freed) = _take(state, record, parties.account, record.reach);
        ending.state = ClaimState.SLASHED;
        again = _note(state, setting, parties.account, record.potClosesAt);
        _share(state, setting, record, parties, ending, freed, ownerCap);
    }

    /// @notice Slash for offence 2: nobody says what a disguised use was worth, so there is no cap.
    function slashAccount(State storage state, Setting memory setting, Parties memory parties) internal {
        bool again = slash(state, setting, parties, type(uint256).max);
        // Interaction
        setting.licenses.suspendAccount(parties.account);
        if (again) setting.licenses.closeAccount(parties.account);
    }

    /// @notice A blame was upheld: the same shares of the same amount, of which title bonds paid a part already. The
    /// account was not slashed.
    function excuse(
        State storage state,
        Setting memory setting,
        Parties memory parties,
        uint256 amount,
        uint256 fromTitles
    ) internal {
        Record storage record = state.records[parties.claimId];
        (Ending memory ending, uint256 freed) = _take(state, record, parties.account, amount - fromTitles);
        (ending.state, ending.fromTitles) = (ClaimState.EXCUSED, fromTitles);
        _share(state, setting, record, parties, ending, freed, type(uint256).max);
    }

    /// @notice Booked only after the claim was committed: a fee, out of which the claimant's costs, the rest burned.
    function chargeLateFee(State storage state, Setting memory setting, Parties memory parties, uint256 fee) internal {
        Record storage record = state.records[parties.claimId];
        uint256 wanted = Math.min(fee, record.reach);
        (Ending memory ending, uint256 freed) = _take(state, record, parties.account, wanted);
        ClaimRates memory rates = setting.parameters.claimRatesOf(record.rates);
        ending.state = ClaimState.PAID_LATE;
        ending.toClaimant = Math.min(ending.taken, rates.cost);
        ending.burned = ending.taken - ending.toClaimant;
        _end(state, record, parties, ending, rates.bond);
        // Interaction
        Pots.move(setting, parties.account, ending.taken, freed, false);
        Money.pay(state, setting, BURNED, ending.burned);
        setting.verifiers.recordClaim(parties.claimant, true);
    }

    /// @notice Never proven: the claimant's bond burns.
    function lapse(State storage state, Setting memory setting, Parties memory parties) internal {
        Record storage record = state.records[parties.claimId];
        (Ending memory ending, uint256 freed) = _take(state, record, parties.account, 0);
        ending.state = ClaimState.LAPSED;
        ending.bondBurned = setting.parameters.claimRatesOf(record.rates).bond;
        _end(state, record, parties, ending, 0);
        // Interaction
        Pots.move(setting, parties.account, 0, freed, false);
        Money.pay(state, setting, BURNED, ending.bondBurned);
        setting.verifiers.recordClaim(parties.claimant, false);
    }

    function _take(
        State storage state,
        Record storage record,
        address account,
        uint256 wanted
    ) private returns (Ending memory ending, uint256 freed) {
        (ending.taken, freed) = Pots.leave(state, account, record.potClosesAt, wanted);
    }

    /// @dev Of a slash, whoever pays it.
    function _share(
        State storage state,
        Setting memory setting,
        Record storage record,
        Parties memory parties,
        Ending memory ending,
        uint256 freed,
        uint256 ownerCap
    ) private {
        ClaimRates memory rates = setting.parameters.claimRatesOf(record.rates);
        uint256 amount = ending.taken + ending.fromTitles;
        ending.toClaimant = (amount * rates.claimantShareBps) / BPS;
        ending.toOwner = Math.min((amount * rates.ownerShareBps) / BPS, ownerCap);
        ending.burned = amount - ending.toClaimant - ending.toOwner;
        _end(state, record, parties, ending, rates.bond);
        // Interaction
        Pots.move(setting, parties.account, ending.taken, freed, ending.state == ClaimState.SLASHED);
        _payOwner(state, setting, parties.modelId, ending.toOwner);
        Money.pay(state, setting, BURNED, ending.burned);
        setting.verifiers.recordClaim(parties.claimant, true);
    }

    function _end(
        State storage state,
        Record storage record,
        Parties memory parties,
        Ending memory ending,
        uint256 bond
    ) private {
        record.state = ending.state;
        state.balances[parties.claimant] += bond + ending.toClaimant;
        emit IClaimCourt.ClaimFinalised(parties.claimId, ending);
    }

    function _payOwner(State storage state, Setting memory setting, uint256 modelId, uint256 amount) private {
        if (amount != 0) Money.pay(state, setting, IERC721(address(setting.models)).ownerOf(modelId), amount);
    }

    /// @dev What shares a pot is one slash.
    function _note(
        State storage state,
        Setting memory setting,
        address account,
        uint40 potClosesAt
    ) private returns (bool again) {
        LastSlash memory last = state.lastSlashes[account];
        if (last.potClosesAt == potClosesAt) return false;
        state.lastSlashes[account] = LastSlash({at: uint40(block.timestamp), potClosesAt: potClosesAt});
        return last.at != 0 && block.timestamp < last.at + setting.repeatWindow;
    }
}
