// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {CourtHooks} from "./CourtHooks.sol";
import {ILicenseRegistry, LicenseState, Suspension} from "../interfaces/ILicenseRegistry.sol";

/// @title What the leak court may do to a license: never anything to an account's bond.
abstract contract LeakHooks is CourtHooks {
    using SafeERC20 for IERC20;

    uint40 private immutable _freezePeriod;

    constructor(uint40 freezePeriod) {
        _freezePeriod = freezePeriod;
    }

    /// @inheritdoc ILicenseRegistry
    function freeze(uint256 licenseId, uint40 until) external onlyLeakCourt {
        ownerOf(licenseId);
        if (until > uint40(block.timestamp) + _freezePeriod) revert LicenseRegistry_FreezeTooLong(licenseId, until);
        _licenses[licenseId].frozenUntil = until;
        emit LicenseFrozen(licenseId, until);
    }

    /// @inheritdoc ILicenseRegistry
    function bar(uint256 licenseId) external onlyLeakCourt {
        Stored storage stored = _licenses[licenseId];
        LicenseState state = stored.state;
        if (state == LicenseState.NONE || state >= LicenseState.CLOSED)
            revert LicenseRegistry_WrongState(licenseId, state);
        // A request and an exit go on; neither lets the license be used.
        if (stored.barredAt == 0) stored.barredAt = uint40(block.timestamp);
        emit LicenseSuspended(licenseId, Suspension.BARRED);
    }

    /// @inheritdoc ILicenseRegistry
    function reinstate(uint256 licenseId) external onlyLeakCourt {
        Stored storage stored = _licenses[licenseId];
        if (stored.barredAt == 0) revert LicenseRegistry_WrongState(licenseId, stored.state);
        stored.barredAt = 0;
        _announceReinstated(licenseId, Suspension.BARRED);
    }

    /// @inheritdoc ILicenseRegistry
    function takeLeakBond(uint256 licenseId, uint256 amount, address to) external onlyLeakCourt {
        // Check
        Stored storage stored = _licenses[licenseId];
        if (amount == 0 || amount > stored.leakBond) {
            revert LicenseRegistry_InsufficientLeakBond(licenseId, stored.leakBond, amount);
        }
        // Effect: the license is over, but what it reserves of the account bond stays within the claim court's reach.
        uint96 price = stored.state == LicenseState.REQUESTED ? _priceOf(stored.termsId) : 0;
        stored.leakBond -= uint96(amount);
        if (stored.closedAt == 0) stored.closedAt = uint40(block.timestamp) + _exitDelay;
        if (stored.idleSince == 0) stored.idleSince = uint40(block.timestamp);
        stored.state = LicenseState.SLASHED;
        emit LeakBondTaken(licenseId, to, amount, stored.leakBond, stored.closedAt);
        // Interaction: a price that waited for an approval has nothing to wait for any more.
        _giveBack(stored.account, price);
        token.safeTransfer(to, amount);
    }

    /// @dev A token that refuses the account leaves it the money as bond.
    function _giveBack(address account, uint96 amount) internal {
        if (amount != 0 && !token.trySafeTransfer(account, amount)) _addBond(account, amount);
    }

    function _priceOf(uint32 termsId) internal view virtual returns (uint96);
}
