// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {AcceptParams, ILicenseRegistry, LicenseState, Permit, Suspension} from "./interfaces/ILicenseRegistry.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {IParameters} from "./interfaces/IParameters.sol";
import {ITermsRegistry, TermsKind} from "./interfaces/ITermsRegistry.sol";
import {ExactTransfer} from "./libraries/ExactTransfer.sol";
import {HostAccounts} from "./licenses/HostAccounts.sol";
import {InForce} from "./licenses/InForce.sol";
import {LeakHooks} from "./licenses/LeakHooks.sol";
import {LicenseRecords} from "./licenses/LicenseRecords.sol";

/// @title Licenses of three kinds, from the acceptance of terms to the exit.
contract LicenseRegistry is LeakHooks {
    using ExactTransfer for IERC20;
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @dev The part of the terms that a license turns on.
    struct Conditions {
        uint8 kind;
        bool approvalNeeded;
        uint32 period;
        uint96 price; // due now: nothing for SERVE
        uint96 bond;
        uint96 leakBond;
    }

    ITermsRegistry public immutable terms;
    uint40 private immutable _minGrace;

    constructor(
        IParameters parameters,
        IModelRegistry models_,
        ITermsRegistry terms_,
        address vaultImplementation_
    )
        HostAccounts(parameters)
        InForce(parameters.rules(), models_)
        LicenseRecords(vaultImplementation_)
        LeakHooks(parameters.rules().freezePeriod)
    {
        terms = terms_;
        _minGrace = parameters.rules().minGrace;
    }

    /// @inheritdoc ILicenseRegistry
    function acceptWithPermit(
        AcceptParams calldata params,
        Permit calldata permit
    ) external returns (uint256 licenseId) {
        // Anyone may use a permit before its owner does. Then the allowance stands already.
        // solhint-disable no-empty-blocks
        try
            IERC20Permit(address(token)).permit(
                msg.sender,
                address(this),
                permit.value,
                permit.deadline,
                permit.v,
                permit.r,
                permit.s
            )
        {} catch {}
        // solhint-enable no-empty-blocks
        return accept(params);
    }

    /// @inheritdoc ILicenseRegistry
    function approveLicense(uint256 licenseId) external {
        Stored storage stored = _asked(licenseId);
        _checkWelcome(stored.account, stored.modelId);
        Conditions memory due = _conditions(stored.termsId);
        stored.state = LicenseState.BONDED;
        emit LicenseApproved(licenseId, msg.sender);
        if (due.price != 0) token.safeTransfer(vaultOf(licenseId), due.price);
    }

    /// @inheritdoc ILicenseRegistry
    function decline(uint256 licenseId) external {
        _end(licenseId, _asked(licenseId), true);
    }

    /// @inheritdoc ILicenseRegistry
    function renew(uint256 licenseId, uint32 periods) external {
        // Check
        Stored storage stored = _licenses[licenseId];
        _checkOpen(licenseId, stored);
        if (stored.kind != TermsKind.PRIVATE) revert LicenseRegistry_WrongKind(licenseId, stored.kind);
        if (periods == 0) revert LicenseRegistry_NoPeriods();
        // Effect: time that lapsed unpaid is not paid for.
        Conditions memory due = _conditions(stored.termsId);
        bool inUse = stored.activatedAt != 0;
        uint256 from = inUse ? Math.max(stored.paid, block.timestamp) : stored.paid;
        stored.paid = (from + uint256(due.period) * periods).toUint40();
        uint256 paid = uint256(due.price) * periods;
        emit LicenseRenewed(licenseId, msg.sender, periods, paid, inUse ? stored.paid : 0);
        // Interaction
        token.pull(msg.sender, vaultOf(licenseId), paid);
    }

    /// @inheritdoc ILicenseRegistry
    function deliver(uint256 licenseId, uint32 release_, bytes32 editionRoot) external {
        Stored storage stored = _licenses[licenseId];
        _checkDeliverer(licenseId, stored);
        _checkOpen(licenseId, stored);
        // reverts where there is no such release
        uint40 graceEndsAt = models.releaseOf(stored.modelId, release_).graceEndsAt;
        // An edition in use is evidence: only a later release replaces it.
        if (release_ < stored.delivered || release_ <= stored.activated) {
            revert LicenseRegistry_WrongRelease(licenseId, release_, stored.delivered);
        }
        stored.delivered = release_;
        stored.editionRoot = editionRoot;
        // A late delivery does not shorten the time to move.
        stored.activateBy = uint40(Math.max(graceEndsAt, block.timestamp + _minGrace));
        if (stored.state == LicenseState.BONDED) stored.state = LicenseState.DELIVERED;
        emit EditionDelivered(licenseId, release_, editionRoot, stored.activateBy);
    }

    /// @inheritdoc ILicenseRegistry
    function activate(uint256 licenseId) external {
        Stored storage stored = _licenses[licenseId];
        if (!actsFor(stored.account, msg.sender)) revert LicenseRegistry_NotAccount(licenseId, msg.sender);
        LicenseState state = _stateOf(licenseId, stored);
        if (state != LicenseState.DELIVERED && state != LicenseState.ACTIVE && state != LicenseState.SUSPENDED) {
            revert LicenseRegistry_WrongState(licenseId, state);
        }
        if (state == LicenseState.ACTIVE && stored.delivered == stored.activated)
            revert LicenseRegistry_NothingToActivate(licenseId);
        if (stored.activatedAt == 0) {
            stored.activatedAt = uint40(block.timestamp);
            // What was paid for begins with the first use, not with the wait for an edition.
            if (stored.kind == TermsKind.PRIVATE) stored.paid += uint40(block.timestamp);
            if (stored.kind == TermsKind.SERVE) _keepRates(stored);
        }
        (stored.activated, stored.idleSince, stored.state) = (stored.delivered, 0, LicenseState.ACTIVE);
        Suspension reason = suspensionOf(licenseId);
        if (reason != Suspension.NONE) revert LicenseRegistry_StillSuspended(licenseId, reason);
        emit LicenseActivated(licenseId, stored.activated, stored.paid);
    }

    /// @inheritdoc ILicenseRegistry
    function suspend(uint256 licenseId) external returns (Suspension reason) {
        Stored storage stored = _licenses[licenseId];
        reason = suspensionOf(licenseId);
        if (_stateOf(licenseId, stored) != LicenseState.ACTIVE || reason == Suspension.NONE) {
            revert LicenseRegistry_NothingToSuspend(licenseId);
        }
        stored.idleSince = uint40(block.timestamp);
        emit LicenseSuspended(licenseId, reason);
    }

    /// @inheritdoc ILicenseRegistry
    function setEndpoint(uint256 licenseId, string calldata endpoint) external {
        Stored storage stored = _own(licenseId);
        if (stored.state != LicenseState.REQUESTED) _checkOpen(licenseId, stored);
        emit EndpointChanged(licenseId, endpoint);
    }

    /// @inheritdoc ILicenseRegistry
    function close(uint256 licenseId) external {
        Stored storage stored = _own(licenseId);
        if (stored.state == LicenseState.REQUESTED) {
            _end(licenseId, stored, true);
            return;
        }
        _checkOpen(licenseId, stored);
        _beginClosing(licenseId);
    }

    /// @inheritdoc ILicenseRegistry
    function finishClose(uint256 licenseId) external {
        Stored storage stored = _licenses[licenseId];
        bool isLeaving =
            stored.state == LicenseState.CLOSING || (stored.state == LicenseState.SLASHED && stored.closedAt != 0);
        if (!isLeaving) revert LicenseRegistry_WrongState(licenseId, stored.state);
        if (block.timestamp < stored.closedAt) revert LicenseRegistry_TooEarly(stored.closedAt);
        if (block.timestamp < stored.frozenUntil) revert LicenseRegistry_Frozen(licenseId, stored.frozenUntil);
        // A leak bond stays until the leak court has ended its report; an appeal may outlast the freeze.
        bool isHeld = stored.barredAt != 0 && stored.leakBond != 0 && stored.state == LicenseState.CLOSING;
        if (isHeld) revert LicenseRegistry_Barred(licenseId);
        _end(licenseId, stored, false);
    }

    /// @inheritdoc ILicenseRegistry
    function accept(AcceptParams calldata params) public returns (uint256 licenseId) {
        // Check: these terms and no others.
        Conditions memory due = _conditions(params.termsId);
        uint32 offered = models.offerOf(params.modelId, due.kind);
        if (offered != params.termsId) revert LicenseRegistry_NotOffered(params.modelId, params.termsId, offered);
        _checkWelcome(msg.sender, params.modelId);

        // Effect
        licenseId = ++licenseCount;
        _replaceLatest(msg.sender, params.modelId, due.kind, licenseId);
        if (params.deposit != 0) _addBond(msg.sender, params.deposit);
        _reserve(msg.sender, due.bond);
        LicenseState state = due.approvalNeeded ? LicenseState.REQUESTED : LicenseState.BONDED;
        _store(licenseId, params, due, state);
        _announceAll(licenseId, params, due, state);

        // Interaction: the price waits here for the owner's approval, else it is in the vault at once.
        uint256 kept = uint256(params.deposit) + due.leakBond;
        if (due.approvalNeeded) kept += due.price;
        else if (due.price != 0) token.pull(msg.sender, vaultOf(licenseId), due.price);
        if (kept != 0) token.pull(msg.sender, kept);
    }

    function _store(
        uint256 licenseId,
        AcceptParams calldata params,
        Conditions memory due,
        LicenseState state
    ) private {
        Stored storage stored = _licenses[licenseId];
        stored.account = msg.sender;
        stored.modelId = params.modelId.toUint48();
        stored.termsId = params.termsId;
        stored.kind = due.kind;
        stored.state = state;
        if (due.leakBond != 0) stored.leakBond = due.leakBond;
        if (due.kind == TermsKind.PRIVATE) stored.paid = due.period;
    }

    function _announceAll(
        uint256 licenseId,
        AcceptParams calldata params,
        Conditions memory due,
        LicenseState state
    ) private {
        _announce(msg.sender, licenseId);
        emit LicenseAccepted(
            licenseId,
            params.modelId,
            msg.sender,
            params.termsId,
            due.kind,
            state,
            vaultOf(licenseId),
            due.bond,
            due.leakBond,
            params.endpoint,
            params.encryptionKey,
            params.hostSalt
        );
    }

    /// @dev Frees the bond and gives back what is left.
    function _end(uint256 licenseId, Stored storage stored, bool wasRequest) private {
        Conditions memory due = _conditions(stored.termsId);
        address account = stored.account;
        uint96 leakBond = stored.leakBond;
        uint96 price = wasRequest ? due.price : 0;
        stored.leakBond = 0;
        stored.closedAt = 0;
        if (stored.state != LicenseState.SLASHED) stored.state = LicenseState.CLOSED;
        _accounts[account].allocated -= uint64(due.bond);
        emit LicenseClosed(licenseId, due.bond, leakBond, price);
        _giveBack(account, leakBond + price);
    }

    /// @dev From now on its uses owe by them, whatever becomes of it: claims read them here.
    function _keepRates(Stored storage stored) private {
        (uint96 floorPrice, , uint16 slashBps) = terms.ratesOf(stored.termsId);
        (stored.floorPrice, stored.slashBps) = (uint56(floorPrice), slashBps); // no terms name more
    }

    function _priceOf(uint32 termsId) internal view override returns (uint96) {
        return _conditions(termsId).price;
    }

    function _conditions(uint32 termsId) private view returns (Conditions memory due) {
        (due.kind, due.approvalNeeded, due.period, due.price, due.bond, due.leakBond) = terms.licensingOf(termsId);
        if (due.kind == TermsKind.SERVE) due.price = 0; // a floor for uses, not a price of the license
    }

    function _checkWelcome(address account, uint256 modelId) private view {
        if (models.markedAt(modelId) != 0) revert LicenseRegistry_ModelMarked(modelId);
        if (_accounts[account].isClosed) revert LicenseRegistry_AccountClosed(account);
    }

    /// @dev A license that waits for approval, and msg.sender may give it.
    function _asked(uint256 licenseId) private view returns (Stored storage stored) {
        stored = _licenses[licenseId];
        _checkDeliverer(licenseId, stored);
        if (stored.state != LicenseState.REQUESTED) revert LicenseRegistry_WrongState(licenseId, stored.state);
    }

    function _own(uint256 licenseId) private view returns (Stored storage stored) {
        stored = _licenses[licenseId];
        if (stored.account != msg.sender) revert LicenseRegistry_NotAccount(licenseId, msg.sender);
    }

    function _checkDeliverer(uint256 licenseId, Stored storage stored) private view {
        if (!models.mayDeliver(stored.modelId, msg.sender)) revert LicenseRegistry_NotDeliverer(licenseId, msg.sender);
    }

    /// @dev Between bond and exit.
    function _checkOpen(uint256 licenseId, Stored storage stored) private view {
        if (stored.state < LicenseState.BONDED || stored.state > LicenseState.ACTIVE) {
            revert LicenseRegistry_WrongState(licenseId, stored.state);
        }
    }
}
