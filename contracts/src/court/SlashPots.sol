// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Balances} from "./Balances.sol";
import {Account} from "../interfaces/IHostAccounts.sol";

/// @title The part of the claim court that sets slashes aside.
/// @dev All open claims on an account share one pot, as large as the largest slash among them, and within a cooldown
/// all slashes
/// together never exceed the largest single one. So nobody can shelter an account behind a small claim or a small slash
/// of his own.
/// What the pot holds is what the license registry calls `contested`: this court alone contests bonds. How many claims
/// are open and
/// whether the one that opened the pot is still among them is noted there too, in the same slot: a first claim pays for
/// one slot, not two.
abstract contract SlashPots is Balances {
    /// @dev What was slashed within the running cooldown.
    struct Slashed {
        uint96 amount;
        uint40 cooldownEndsAt;
    }

    uint24 private constant OPENS_POT = 1; // lowest bit of the note; the rest counts open claims
    uint24 private constant ONE = 2;

    uint256 private immutable _slashCooldown;

    mapping(address account => Slashed) internal _slashed;

    constructor(uint256 slashCooldown) {
        _slashCooldown = slashCooldown;
    }

    /// @dev Enters a claim. `reach` is the most it can take; `added` is what the pot grows by, 0 for a claim that joins
    /// another;
    /// `opensPot`: it opened the pot.
    function _enterPot(
        address account,
        Account memory stored,
        uint256 fullSlash
    ) internal returns (uint96 reach, uint256 added, bool opensPot) {
        uint256 slashed = _slashedLately(account);
        reach = uint96(Math.min(Math.saturatingSub(fullSlash, slashed), stored.bond));
        if (reach == 0 && slashed == 0) revert ClaimCourt_NothingToSlash(account);
        opensPot = stored.claims == 0;
        if (reach > stored.contested) added = reach - stored.contested;
        // Interaction
        licenses.noteClaims(account, stored.claims + ONE + (opensPot ? OPENS_POT : 0));
        if (added != 0) licenses.contest(account, added);
    }

    /// @dev Whoever opened the pot is served before those who joined. Its window never ends later than theirs.
    function _checkTurn(address account, bool opensPot) internal view {
        if (!opensPot && licenses.accountOf(account).claims & OPENS_POT != 0) revert ClaimCourt_PotOpenerFirst(account);
    }

    /// @dev Ends a claim: takes `amount` out of the pot to this court; the last open claim gives the rest back.
    function _leavePot(address account, bool opensPot, uint256 amount, bool slash) internal {
        Account memory stored = licenses.accountOf(account);
        uint24 claims = stored.claims - ONE - (opensPot ? OPENS_POT : 0);
        uint256 contested = claims == 0 ? stored.contested : amount;
        if (slash && amount != 0) _noteSlash(account, amount);
        // Interaction
        licenses.noteClaims(account, claims);
        if (amount != 0) licenses.take(account, contested, amount, slash);
        else if (contested != 0) licenses.returnBond(account, contested);
    }

    function _contested(address account) internal view returns (uint256) {
        return licenses.accountOf(account).contested;
    }

    function _slashedLately(address account) internal view returns (uint256) {
        Slashed memory slashed = _slashed[account];
        return block.timestamp < slashed.cooldownEndsAt ? slashed.amount : 0;
    }

    /// @dev A cooldown runs from the first slash in it.
    function _noteSlash(address account, uint256 amount) private {
        Slashed memory slashed = _slashed[account];
        if (block.timestamp < slashed.cooldownEndsAt) {
            slashed.amount += uint96(amount);
        } else {
            slashed = Slashed(uint96(amount), uint40(block.timestamp + _slashCooldown));
        }
        _slashed[account] = slashed;
    }
}
