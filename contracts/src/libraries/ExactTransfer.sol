// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title Takes exactly what was asked for: a token that keeps a part for itself would leave deposits without cover.
library ExactTransfer {
    error ExactTransfer_WrongAmountReceived(uint256 received, uint256 expected);

    /// @notice From msg.sender to this contract; the last step of whatever calls it.
    function pull(IERC20 token, uint256 amount) internal {
        uint256 before = token.balanceOf(address(this));
        SafeERC20.safeTransferFrom(token, msg.sender, address(this), amount);
        uint256 received = token.balanceOf(address(this)) - before;
        if (received != amount) revert ExactTransfer_WrongAmountReceived(received, amount);
    }
}
