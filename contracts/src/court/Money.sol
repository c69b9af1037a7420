// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Setting, State} from "./CourtState.sol";
import {IClaimCourt} from "../interfaces/IClaimCourt.sol";
import {ClaimRates} from "../interfaces/IParameters.sol";

/// @title What claimants posted in advance, and what could not be delivered.
/// @dev A claim moves its bond within this ledger: no transfer stands in the way of a claim, nor of its end.
library Money {
    using SafeERC20 for IERC20;

    /// @notice Takes the sender's claim bond at today's rates.
    function postBond(State storage state, Setting memory setting) internal returns (uint32 rates, uint256 bond) {
        ClaimRates memory current = setting.parameters.claimRates();
        debit(state, msg.sender, current.bond);
        return (current.number, current.bond);
    }

    function debit(State storage state, address claimant, uint256 amount) internal returns (uint256 left) {
        uint256 balance = state.balances[claimant];
        if (balance < amount) revert IClaimCourt.ClaimCourt_InsufficientBalance(claimant, balance, amount);
        unchecked {
            left = balance - amount;
        }
        state.balances[claimant] = left;
    }

    /// @notice Pays at once, or credits a payee that the token refuses, so that nobody can stop a claim from ending.
    function pay(State storage state, Setting memory setting, address payee, uint256 amount) internal {
        if (amount == 0 || setting.token.trySafeTransfer(payee, amount)) return;
        state.owed[payee] += amount;
        emit IClaimCourt.Credited(payee, amount);
    }
}
