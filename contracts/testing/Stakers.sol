// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice Answers the leak court as a verifier registry would, for stakers that a test makes up.
contract Stakers {
    address[] private _seats;
    mapping(address verifier => bool) public isStaked;

    function add(address verifier) external {
        _seats.push(verifier);
        isStaked[verifier] = true;
    }

    function drop(address verifier) external {
        isStaked[verifier] = false;
    }

    function verifierCount() external view returns (uint256) {
        return _seats.length;
    }

    function verifierAt(uint256 seat) external view returns (address) {
        return _seats[seat];
    }
}
