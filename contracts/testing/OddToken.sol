// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DevDollar} from "../src/DevDollar.sol";

/// @notice The dev dollar, which can be told to misbehave: keep a fee, refuse an address, lose balances, call back.
contract OddToken is DevDollar {
    error Refused(address account);

    uint256 public feeBps;
    mapping(address account => bool) public refuses;
    address public hook;
    bytes public hookData;
    bool public hookReverted;

    function setFee(uint256 feeBps_) external {
        feeBps = feeBps_;
    }

    function refuse(address account, bool refused) external {
        refuses[account] = refused;
    }

    /// @notice Rebases an account down.
    function seize(address account, uint256 amount) external {
        _burn(account, amount);
    }

    /// @notice On the next transfer, before the balances change, calls `target` once.
    function callBack(address target, bytes calldata data) external {
        (hook, hookData, hookReverted) = (target, data, false);
    }

    function _update(address from, address to, uint256 value) internal override {
        if (refuses[from]) revert Refused(from);
        if (refuses[to]) revert Refused(to);
        if (hook != address(0) && from != address(0)) {
            address target = hook;
            hook = address(0);
            (bool done, ) = target.call(hookData);
            hookReverted = !done;
        }
        uint256 fee = from == address(0) || to == address(0) ? 0 : (value * feeBps) / 10_000;
        super._update(from, to, value - fee);
        if (fee != 0) super._update(from, address(0xFEE), fee);
    }
}
