// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title Takes money in, and refuses a token that hands over another amount than it was asked for.
library ExactTransfer {
    using SafeERC20 for IERC20;

    error ExactTransfer_WrongAmountReceived(uint256 received, uint256 expected);

    function pull(IERC20 token, address from, uint256 amount) internal {
        pull(token, from, address(this), amount);
    }

    function pull(IERC20 token, address from, address to, uint256 amount) internal {
        uint256 before = token.balanceOf(to);
        token.safeTransferFrom(from, to, amount);
        uint256 received = token.balanceOf(to) - before;
        if (received != amount) revert ExactTransfer_WrongAmountReceived(received, amount);
    }
}
