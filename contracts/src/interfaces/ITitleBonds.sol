// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Exit} from "../libraries/Exits.sol";

struct TitleBond {
    uint96 bond; // all of it
    uint96 reserved; // by licenses
    Exit exit;
}

/// @notice What the owner of a model puts up for its title: that its editions answer no other model's keys (protocol
/// §5, Blame). Voluntary. Each SERVE license on the model reserves the share of its terms' bond that a slash takes, as
/// far as the bond reaches, while it lasts; an upheld blame is paid out of that, and nothing else moves it. The bond
/// belongs to the model and follows its token; it leaves as an account's money does.
interface ITitleBonds {
    event TitleBondPosted(uint256 indexed modelId, address indexed from, uint256 amount, uint256 bond);
    /// @notice Instead of what was announced before; it lapses unless it left by `lapsesAt`.
    event TitleExitAnnounced(uint256 indexed modelId, uint256 amount, uint40 ripeAt, uint40 lapsesAt);
    event TitleBondWithdrawn(uint256 indexed modelId, address indexed owner, uint256 amount, uint256 bond);
    /// @notice What a license is covered for from now on, and what all licenses on the model reserve together.
    event TitleCoverChanged(
        uint256 indexed licenseId,
        uint256 indexed modelId,
        uint256 cover,
        uint256 reserved,
        uint256 bond
    );

    error TitleBonds_BondTooLow(uint256 bond, uint256 minBond);
    error TitleBonds_NotOwner(uint256 modelId, address caller);
    error TitleBonds_InsufficientBond(uint256 modelId, uint256 bond, uint256 asked);
    error TitleBonds_NotServing(uint256 licenseId);
    error TitleBonds_NotOver(uint256 licenseId);
    error TitleBonds_Held(uint256 licenseId);
    error TitleBonds_NotCourt(address caller);
    error TitleBonds_NotDeployer(address caller);
    error TitleBonds_AlreadyBound(address court);

    /// @notice Adds to a model's title bond, by anyone (needs an allowance); it must then reach the minimum.
    function post(uint256 modelId, uint256 amount) external;
    /// @notice Announces that `amount` leaves, by the model's owner: ripe after the exit delay, lapsed an exit window
    /// later. No license reserves it any more; what is reserved stays.
    function announceExit(uint256 modelId, uint256 amount) external;
    /// @notice Pays the model's owner what is ripe, as far as no license reserves it.
    function withdraw(uint256 modelId) external returns (uint256 amount);
    /// @notice Reserves what a SERVE license lacks, as far as the bond reaches; by anyone, as often as one likes.
    function reserve(uint256 licenseId) external returns (uint256 cover);
    /// @notice Ends the reservation of a license that is over, by anyone; not while a blame is open on it.
    function returnCover(uint256 licenseId) external;
    /// @notice Court only: a blame is open on the license; its cover stays, even if the license ends.
    function hold(uint256 licenseId) external;
    /// @notice Court only: one blame less.
    function unhold(uint256 licenseId) external;
    /// @notice Court only: sends `amount` of what a license reserves, at most all, to the court.
    function take(uint256 licenseId, uint256 amount) external;

    /// @notice Names the court that rules on blame, by the deployer, once.
    function bindCourt(address court) external;
    function court() external view returns (address);
    /// @notice An exit that lapsed is shown as none.
    function titleBondOf(uint256 modelId) external view returns (TitleBond memory);
    /// @notice What a license is covered for.
    function coverOf(uint256 licenseId) external view returns (uint256);
    /// @notice Blames that are open on a license.
    function holds(uint256 licenseId) external view returns (uint256);
}
