// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What a contract owes, and pays to whoever it is owed to, at anybody's call.
interface ICredits {
    event Withdrawn(address indexed payee, uint256 amount);

    error Credits_NothingOwed(address payee);

    /// @notice Pays what this contract owes `payee`, by anyone.
    function withdraw(address payee) external returns (uint256 amount);
    function owed(address payee) external view returns (uint256);
    /// @notice Every unit that this contract keeps: what is in open cases, and what it owes.
    function accounted() external view returns (uint256);
}
