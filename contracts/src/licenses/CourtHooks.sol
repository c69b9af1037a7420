// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {LicenseRecords} from "./LicenseRecords.sol";
import {ILicenseRegistry, LicenseState, Suspension} from "../interfaces/ILicenseRegistry.sol";
import {Cause, Causes} from "../libraries/Causes.sol";

/// @title What the claim court may do to licenses; what it may do to accounts is in HostAccounts. No call fails for the
/// state of a license: a verdict never depends on what its loser did meanwhile.
abstract contract CourtHooks is LicenseRecords {
    using Causes for Cause;

    /// @inheritdoc ILicenseRegistry
    function suspendLicense(uint256 licenseId) external onlyCourt {
        _suspensions[licenseId].add();
        emit LicenseSuspended(licenseId, Suspension.CLAIMED);
    }

    /// @inheritdoc ILicenseRegistry
    function liftSuspension(uint256 licenseId) external onlyCourt {
        if (_suspensions[licenseId].drop()) _announceReinstated(licenseId, Suspension.CLAIMED);
    }

    /// @inheritdoc ILicenseRegistry
    function closeLicense(uint256 licenseId) external onlyCourt {
        LicenseState state = _licenses[licenseId].state;
        if (state >= LicenseState.BONDED && state <= LicenseState.ACTIVE) _beginClosing(licenseId);
    }

    function _beginClosing(uint256 licenseId) internal {
        Stored storage stored = _licenses[licenseId];
        stored.state = LicenseState.CLOSING;
        stored.closedAt = uint40(block.timestamp) + _exitDelay;
        if (stored.idleSince == 0) stored.idleSince = uint40(block.timestamp);
        emit LicenseClosing(licenseId, stored.closedAt);
    }

    function _announceReinstated(uint256 licenseId, Suspension cause) internal {
        emit LicenseReinstated(licenseId, cause, _stateOf(licenseId, _licenses[licenseId]));
    }
}
