// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IDepositCollector} from "../src/interfaces/IBatchSettlement.sol";

/// @notice Takes the payer's allowance; told so, brings less or more than it should, or calls back.
contract AllowanceCollector is IDepositCollector {
    int256 public difference;
    bytes public callback;
    bytes public answer;

    function bring(int256 difference_) external {
        difference = difference_;
    }

    /// @notice Calls the channel contract with this from within the next deposit.
    function callBack(bytes calldata data) external {
        callback = data;
    }

    function collect(address payer, address token, uint256 amount, bytes32, bytes calldata) external {
        if (callback.length != 0) (, answer) = msg.sender.call(callback);
        uint256 brought = uint256(int256(amount) + difference);
        if (brought != 0) IERC20(token).transferFrom(payer, msg.sender, brought);
    }
}
