// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Check} from "./Check.sol";

/// @notice Who appears in the tests.
abstract contract Actors is Check {
    uint256 internal constant DOLLAR = 1e6;
    uint256 internal constant BUYER_KEY = 0xb0;
    uint256 internal constant SIGNER_KEY = 0x51;
    address internal constant TREASURY = address(0x7EA);
    address internal constant OWNER = address(0x0311E2);
    address internal constant HOST = address(0x4057);
    address internal constant VERIFIER = address(0x3E81);
    address internal constant OUTSIDER = address(0x0FF);
    address internal constant BURNED = address(0xdEaD);
    address internal BUYER = vm.addr(BUYER_KEY);
    address internal SIGNER = vm.addr(SIGNER_KEY);
}
