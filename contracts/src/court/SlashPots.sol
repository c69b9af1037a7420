// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Balances} from "./Balances.sol";
import {Account} from "../interfaces/IHostAccounts.sol";

/// @title The part of the claim court that sets slashes aside.
/// @dev All open claims on an account share one pot, as large as the largest slash among them, and within a cooldown all slashes
/// together never exceed the largest single one. So nobody can shelter an account behind a small claim or a small slash of his own.
/// What the pot holds is what the license registry calls `contested`: this court alone contests bonds.
abstract contract SlashPots is Balances {
    struct Pot {
        uint96 slashed; // within the running cooldown
        uint40 cooldownEndsAt;
        uint32 open; // claims that may reach it
        uint32 lead; // ordinal of the claim that opened it, 0 once that one has ended
        uint32 count; // claims ever admitted
    }

    uint256 private immutable _slashCooldown;

    mapping(address account => Pot) internal _pots;

    constructor(uint256 slashCooldown) {
        _slashCooldown = slashCooldown;
    }

    /// @dev Enters a claim. `reach` is the most it can take; `added` is what the pot grows by, 0 for a claim that joins another.
    function _enterPot(address account, Account memory stored, uint256 fullSlash)
        internal
        returns (uint96 reach, uint256 added, uint32 ordinal)
    {
        Pot memory pot = _pots[account];
        uint256 slashed = block.timestamp < pot.cooldownEndsAt ? pot.slashed : 0;
        reach = uint96(Math.min(Math.saturatingSub(fullSlash, slashed), stored.bond));
        if (reach == 0 && slashed == 0) revert ClaimCourt_NothingToSlash(account);
        ordinal = ++pot.count;
        if (pot.open++ == 0) pot.lead = ordinal;
        _pots[account] = pot;
        if (reach <= stored.contested) return (reach, 0, ordinal);
        added = reach - stored.contested;
        // Interaction
        licenses.contest(account, added);
    }

    /// @dev Whoever opened the pot is served before those who joined. Its window never ends later than theirs.
    function _checkTurn(address account, uint32 ordinal) internal view {
        uint32 lead = _pots[account].lead;
        if (lead != 0 && lead != ordinal) revert ClaimCourt_LeadFirst(account, lead);
    }

    /// @dev Ends a claim: takes `amount` out of the pot to this court; the last open claim gives the rest back.
    function _leavePot(address account, uint32 ordinal, uint256 amount, bool slash) internal {
        Pot memory pot = _pots[account];
        pot.open -= 1;
        if (pot.lead == ordinal) pot.lead = 0;
        if (slash && amount != 0) {
            bool running = block.timestamp < pot.cooldownEndsAt;
            pot.slashed = running ? pot.slashed + uint96(amount) : uint96(amount);
            if (!running) pot.cooldownEndsAt = uint40(block.timestamp + _slashCooldown);
        }
        _pots[account] = pot;
        uint256 contested = pot.open == 0 ? _contested(account) : amount;
        // Interaction
        if (amount != 0) licenses.take(account, contested, amount, slash);
        else if (contested != 0) licenses.release(account, contested);
    }

    function _contested(address account) internal view returns (uint256) {
        return licenses.accountOf(account).contested;
    }
}
