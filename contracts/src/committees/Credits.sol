// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ICredits} from "../interfaces/ICredits.sol";
import {ExactTransfer} from "../libraries/ExactTransfer.sol";

/// @title Money that comes in at once and goes out by credit: ending a case never depends on anybody's willingness to
/// receive.
abstract contract Credits is ICredits {
    using SafeERC20 for IERC20;

    IERC20 public immutable token;
    /// @inheritdoc ICredits
    uint256 public accounted;
    /// @inheritdoc ICredits
    mapping(address payee => uint256) public owed;

    constructor(address token_) {
        token = IERC20(token_);
    }

    /// @inheritdoc ICredits
    function withdraw(address payee) external returns (uint256 amount) {
        amount = owed[payee];
        if (amount == 0) revert Credits_NothingOwed(payee);
        owed[payee] = 0;
        accounted -= amount;
        emit Withdrawn(payee, amount);
        token.safeTransfer(payee, amount);
    }

    /// @dev Owes what this contract keeps already.
    function _credit(address payee, uint256 amount) internal {
        if (amount != 0) owed[payee] += amount;
    }

    /// @dev From the caller.
    function _receive(uint256 amount) internal {
        accounted += amount;
        ExactTransfer.pull(token, msg.sender, amount);
    }
}
