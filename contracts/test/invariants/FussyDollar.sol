// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DevDollar} from "../../src/DevDollar.sol";

/// @notice A dollar whose issuer refuses some receivers, as issuers of real ones do.
contract FussyDollar is DevDollar {
    error Refused(address to);

    mapping(address account => bool) public isRefused;

    function refuse(address account, bool yes) external {
        isRefused[account] = yes;
    }

    function _update(address from, address to, uint256 value) internal override {
        if (isRefused[to]) revert Refused(to);
        super._update(from, to, value);
    }
}
