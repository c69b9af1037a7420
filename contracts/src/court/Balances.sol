// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReceiptChecks} from "./ReceiptChecks.sol";

/// @title The part of the claim court that keeps money: what claimants posted in advance, and what could not be
/// delivered.
/// @dev A claim moves its bond within this ledger: no transfer stands in the way of a claim, nor of its end.
abstract contract Balances is ReceiptChecks {
    using SafeERC20 for IERC20;

    IERC20 public immutable token;

    mapping(address claimant => uint256) internal _balances;
    mapping(address payee => uint256) internal _owed;

    constructor(address token_) {
        token = IERC20(token_);
    }

    function _debit(address claimant, uint256 amount) internal returns (uint256 left) {
        uint256 balance = _balances[claimant];
        if (balance < amount) revert ClaimCourt_InsufficientBalance(claimant, balance, amount);
        unchecked {
            left = balance - amount;
        }
        _balances[claimant] = left;
    }

    function _credit(address claimant, uint256 amount) internal {
        if (amount != 0) _balances[claimant] += amount;
    }

    /// @dev Pays at once, or credits a payee that the token refuses, so that nobody can stop a claim from ending.
    function _pay(address payee, uint256 amount) internal {
        if (amount == 0 || token.trySafeTransfer(payee, amount)) return;
        _owed[payee] += amount;
        emit Credited(payee, amount);
    }
}
