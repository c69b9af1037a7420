// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ReceiptChecks} from "./ReceiptChecks.sol";
import {IClaimCourt} from "../interfaces/IClaimCourt.sol";
import {ILicenseRegistry} from "../interfaces/ILicenseRegistry.sol";
import {IParameters, Values} from "../interfaces/IParameters.sol";

/// @title The part of the claim court that sets slashes aside and pays them out.
/// @dev All open claims on an account share one pot, as large as the largest slash among them, and within a cooldown all slashes
/// together never exceed the largest single one. So nobody can shelter an account behind a small claim or a small slash of his own.
abstract contract SlashPots is ReceiptChecks {
    using SafeERC20 for IERC20;

    struct Pot {
        uint256 amount; // set aside in the license registry
        uint256 open; // claims that may reach it
        uint256 lead; // the claim that opened it
        uint256 slashed; // within the running cooldown
        uint64 cooldownEndsAt;
    }

    uint256 internal constant BPS = 10_000;

    IERC20 public immutable token;
    uint64 private immutable _slashCooldown;

    /// @inheritdoc IClaimCourt
    mapping(address payee => uint256) public owed;
    mapping(address account => Pot) internal _pots;

    constructor(IParameters parameters, Values memory values, ILicenseRegistry licenses_) ReceiptChecks(values, licenses_) {
        token = IERC20(parameters.token());
        _slashCooldown = values.slashCooldown;
    }

    /// @inheritdoc IClaimCourt
    function withdraw(address payee) external returns (uint256 amount) {
        amount = owed[payee];
        if (amount == 0) revert ClaimCourt_NothingOwed(payee);
        owed[payee] = 0;
        token.safeTransfer(payee, amount);
    }

    /// @dev Enters a claim. `reach` is the most it can take; `added` is what the pot grows by, 0 for a claim that joins another.
    function _enterPot(uint256 claimId, address account, uint256 fullSlash) internal returns (uint256 reach, uint256 added) {
        Pot storage pot = _pots[account];
        uint256 slashed = block.timestamp < pot.cooldownEndsAt ? pot.slashed : 0;
        reach = Math.min(Math.saturatingSub(fullSlash, slashed), licenses.slashable(account) + pot.amount);
        if (reach == 0 && slashed == 0) revert ClaimCourt_NothingToSlash(account);
        if (pot.open++ == 0) pot.lead = claimId;
        if (reach <= pot.amount) return (reach, 0);
        added = reach - pot.amount;
        pot.amount = reach;
        licenses.contest(account, added);
    }

    /// @dev Ends a claim: takes `amount` out of the pot to this court; the last open claim gives the rest back.
    function _leavePot(address account, uint256 amount, bool slash) internal {
        Pot storage pot = _pots[account];
        pot.open -= 1;
        uint256 rest = pot.amount - amount;
        pot.amount = pot.open == 0 ? 0 : rest;
        if (slash && amount != 0) {
            bool running = block.timestamp < pot.cooldownEndsAt;
            pot.slashed = running ? pot.slashed + amount : amount;
            if (!running) pot.cooldownEndsAt = uint64(block.timestamp) + _slashCooldown;
        }
        if (amount != 0) licenses.take(account, amount, amount, slash);
        if (pot.open == 0 && rest != 0) licenses.release(account, rest);
    }

    /// @dev Pays at once, or credits a payee that the token refuses, so that nobody can stop a claim from ending.
    function _pay(address payee, uint256 amount) internal {
        if (amount == 0 || token.trySafeTransfer(payee, amount)) return;
        owed[payee] += amount;
        emit Credited(payee, amount);
    }
}
