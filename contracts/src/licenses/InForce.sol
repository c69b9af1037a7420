// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {HostAccounts} from "./HostAccounts.sol";
import {ILicenseRegistry, LicenseState, Suspension} from "../interfaces/ILicenseRegistry.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {Rules} from "../interfaces/IParameters.sol";
import {TermsKind} from "../interfaces/ITermsRegistry.sol";
import {Cause} from "../libraries/Causes.sol";

/// @title The part of the license registry that says whether a license is active, since when it is not, and whether it
/// was in force when something was answered.
abstract contract InForce is HostAccounts, ILicenseRegistry {
    /// @dev Slot by slot: who may do what; leak bond and times; progress, and what its uses owe by; the edition.
    /// Accepting writes the first, the second where there is a leak bond or a period. `state` is never SUSPENDED: that
    /// is what causes make of it.
    struct Stored {
        address account;
        uint48 modelId;
        uint32 termsId;
        uint8 kind;
        LicenseState state;
        uint96 leakBond;
        uint40 closedAt;
        uint40 frozenUntil;
        uint40 activateBy;
        uint40 paid; // until then; before the first activation, for that long
        uint32 delivered;
        uint32 activated;
        uint40 activatedAt; // the first time
        uint40 idleSince; // suspended by anyone, or on its way out; 0 with the next activation
        uint40 barredAt;
        uint56 floorPrice; // of SERVE terms, since the first activation; terms never change
        uint16 slashBps; // the same
        bytes32 editionRoot;
    }

    uint40 private immutable _startSlack;
    uint40 private immutable _inactiveGrace;

    mapping(uint256 licenseId => Stored) internal _licenses;
    mapping(uint256 licenseId => Cause) internal _suspensions; // by the claim court

    IModelRegistry public immutable models;

    constructor(Rules memory rules, IModelRegistry models_) {
        models = models_;
        _startSlack = rules.startSlack;
        _inactiveGrace = rules.inactiveGrace;
    }

    /// @inheritdoc ILicenseRegistry
    function inForceAt(uint256 licenseId, uint256 answeredAt) external view returns (bool) {
        Stored storage stored = _licenses[licenseId];
        uint256 activatedAt = stored.activatedAt;
        if (activatedAt == 0) return false;
        // Written so that no `answeredAt`, however large, overflows.
        if (activatedAt > answeredAt && activatedAt - answeredAt > _startSlack) return false;
        uint256 since = _inactiveSince(licenseId, stored);
        return since == 0 || since + _inactiveGrace >= answeredAt;
    }

    /// @inheritdoc ILicenseRegistry
    function suspensionOf(uint256 licenseId) public view returns (Suspension) {
        Stored storage stored = _licenses[licenseId];
        if (models.markedAt(stored.modelId) != 0) return Suspension.MARKED;
        if (_suspendedAt(stored.account) != 0) return Suspension.ACCOUNT;
        if (stored.barredAt != 0) return Suspension.BARRED;
        if (_suspensions[licenseId].since != 0) return Suspension.CLAIMED;
        if (stored.activatedAt == 0) return Suspension.NONE;
        if (stored.kind == TermsKind.PRIVATE && block.timestamp >= stored.paid) return Suspension.LAPSED;
        if (!isCovered(stored.account)) return Suspension.UNCOVERED;
        bool behind = stored.delivered != stored.activated && block.timestamp >= stored.activateBy;
        return behind ? Suspension.OUTDATED : Suspension.NONE;
    }

    /// @dev Where a license stands: a cause suspends what is neither asked for nor on its way out.
    function _stateOf(uint256 licenseId, Stored storage stored) internal view returns (LicenseState state) {
        state = stored.state;
        bool open = state >= LicenseState.BONDED && state <= LicenseState.ACTIVE;
        if (open && _inactiveSince(licenseId, stored) != 0) return LicenseState.SUSPENDED;
    }

    /// @dev The earliest standing cause: its own, its account's, or its model's mark. 0: none stands.
    function _inactiveSince(uint256 licenseId, Stored storage stored) internal view returns (uint40 since) {
        since = _earlier(stored.idleSince, stored.barredAt);
        since = _earlier(since, _suspensions[licenseId].since);
        since = _earlier(since, _suspendedAt(stored.account));
        since = _earlier(since, models.markedAt(stored.modelId));
    }

    function _earlier(uint40 a, uint40 b) private pure returns (uint40) {
        return a == 0 || (b != 0 && b < a) ? b : a;
    }
}
