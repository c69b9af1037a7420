// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Vm} from "./Vm.sol";

/// @notice Comparisons that name both sides when they fail.
abstract contract Check {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    error NotEqual(uint256 actual, uint256 expected);
    error NotEqualBytes32(bytes32 actual, bytes32 expected);

    function eq(uint256 actual, uint256 expected) internal pure {
        if (actual != expected) revert NotEqual(actual, expected);
    }

    function eq(bytes32 actual, bytes32 expected) internal pure {
        if (actual != expected) revert NotEqualBytes32(actual, expected);
    }

    function eq(address actual, address expected) internal pure {
        if (actual != expected) revert NotEqual(uint160(actual), uint160(expected));
    }

    /// @notice Any number, brought into min..max.
    function bound(uint256 value, uint256 min, uint256 max) internal pure returns (uint256) {
        return max - min == type(uint256).max ? value : min + (value % (max - min + 1));
    }
}
