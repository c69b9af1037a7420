// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

struct TitleBond {
    uint96 bond; // all of it
    uint96 reserved; // by claims
    uint96 leaving; // asked to withdraw
    uint40 leavableAt;
}

/// @notice What the owner of a model puts up for its title: that it hides no parent (protocol §5, offence 2). If hosts
/// that paid for the
/// model are claimed to use another one, this bond answers before theirs does. The bond belongs to the model and
/// follows its token.
/// Posting is voluntary: whoever posts vouches for the hosts that it licenses as well, since no contract can tell a
/// model that hides its
/// parent from a host that serves the parent under this model's license.
interface ITitleBonds {
    event TitleBondPosted(uint256 indexed modelId, address indexed from, uint256 amount, uint256 bond);
    event TitleWithdrawalRequested(uint256 indexed modelId, uint256 amount, uint40 leavableAt);
    event TitleBondWithdrawn(uint256 indexed modelId, address indexed owner, uint256 amount, uint256 bond);
    event TitleBondReserved(uint256 indexed modelId, uint256 amount, uint256 reserved);
    event TitleBondReturned(uint256 indexed modelId, uint256 amount, uint256 reserved);
    event TitleBondTaken(uint256 indexed modelId, uint256 amount, uint256 bond, uint256 reserved);

    error TitleBonds_BondTooLow(uint256 bond, uint256 minBond);
    error TitleBonds_NotOwner(uint256 modelId, address caller);
    error TitleBonds_InsufficientBond(uint256 modelId, uint256 bond, uint256 asked);
    error TitleBonds_TooEarly(uint256 readyAt);
    error TitleBonds_NothingToWithdraw(uint256 modelId);
    error TitleBonds_NotCourt(address caller);
    error TitleBonds_NotDeployer(address caller);
    error TitleBonds_AlreadyBound(address court);

    /// @notice Adds to a model's title bond, by anyone (needs an allowance); it must then reach the minimum.
    function post(uint256 modelId, uint256 amount) external;
    /// @notice Announces that `amount` leaves after the exit delay, by the model's owner; it stays within reach until
    /// then.
    /// A new request replaces the last one.
    function requestWithdrawal(uint256 modelId, uint256 amount) external;
    /// @notice Pays the model's owner what was announced, as far as no claim reserves it.
    function withdraw(uint256 modelId) external returns (uint256 amount);

    /// @notice Court only: sets aside at most `amount`, as far as the bond reaches.
    function reserve(uint256 modelId, uint256 amount) external returns (uint256 reserved);
    /// @notice Court only: ends a reservation and sends `amount` of it, at most all, to the court.
    function settle(uint256 modelId, uint256 reserved, uint256 amount) external;

    /// @notice Names the claim court, by the deployer, once.
    function bindCourt(address court) external;
    function court() external view returns (address);
    function titleBondOf(uint256 modelId) external view returns (TitleBond memory);
}
