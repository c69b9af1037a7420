// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {HostAccounts} from "./HostAccounts.sol";
import {AcceptParams, Account, ILicenseRegistry, License, LicenseState} from "./interfaces/ILicenseRegistry.sol";
import {IModelRegistry, Terms} from "./interfaces/IModelRegistry.sol";
import {IParameters} from "./interfaces/IParameters.sol";

/// @title SERVE licenses: each reserves a part of its account's bond and owns a vault.
contract LicenseRegistry is HostAccounts {
    IModelRegistry public immutable models;
    address public immutable vaultImplementation;

    /// @inheritdoc ILicenseRegistry
    uint256 public licenseCount;
    /// @inheritdoc ILicenseRegistry
    mapping(address account => mapping(uint256 modelId => uint256)) public licenseOf;
    mapping(uint256 licenseId => License) private _licenses;

    constructor(IParameters parameters, IModelRegistry models_, address vaultImplementation_) HostAccounts(parameters) {
        models = models_;
        vaultImplementation = vaultImplementation_;
    }

    /// @inheritdoc ILicenseRegistry
    function accept(AcceptParams calldata params) external returns (uint256 licenseId) {
        Terms memory terms = models.termsOf(params.modelId);
        if (terms.minBond > params.maxBond || terms.floorPrice > params.maxFloorPrice) {
            revert LicenseRegistry_TermsAboveGuard(terms.minBond, terms.floorPrice);
        }
        uint256 latest = licenseOf[msg.sender][params.modelId];
        if (latest != 0 && _licenses[latest].state != LicenseState.CLOSED) revert LicenseRegistry_AlreadyLicensed(latest);
        _allocate(msg.sender, terms.minBond);

        licenseId = ++licenseCount;
        address vault = Clones.cloneWithImmutableArgs(vaultImplementation, abi.encode(address(this), licenseId));
        licenseOf[msg.sender][params.modelId] = licenseId;
        License storage stored = _licenses[licenseId];
        stored.modelId = params.modelId;
        stored.account = msg.sender;
        stored.vault = vault;
        stored.state = LicenseState.BONDED;
        stored.acceptedAt = uint64(block.timestamp);
        stored.reserved = terms.minBond;
        emit LicenseAccepted(
            licenseId, params.modelId, msg.sender, vault, terms.minBond, params.endpoint, params.encryptionKey, params.hostSalt
        );
    }

    /// @inheritdoc ILicenseRegistry
    function deliver(uint256 licenseId, bytes32 editionRoot) external {
        License storage stored = _licenses[licenseId];
        if (!models.mayDeliver(stored.modelId, msg.sender)) revert LicenseRegistry_NotDeliverer(licenseId, msg.sender);
        if (stored.state != LicenseState.BONDED) revert LicenseRegistry_WrongState(licenseId, stored.state);
        stored.state = LicenseState.ACTIVE;
        stored.editionRoot = editionRoot;
        emit EditionDelivered(licenseId, editionRoot);
    }

    /// @inheritdoc ILicenseRegistry
    function setEndpoint(uint256 licenseId, string calldata endpoint) external {
        _open(licenseId);
        emit EndpointChanged(licenseId, endpoint);
    }

    /// @inheritdoc ILicenseRegistry
    function close(uint256 licenseId) external {
        License storage stored = _open(licenseId);
        stored.state = LicenseState.CLOSING;
        stored.closedAt = uint64(block.timestamp) + _exitDelay;
        emit LicenseClosing(licenseId, stored.closedAt);
    }

    /// @inheritdoc ILicenseRegistry
    function finishClose(uint256 licenseId) external {
        License storage stored = _licenses[licenseId];
        if (stored.state != LicenseState.CLOSING) revert LicenseRegistry_WrongState(licenseId, stored.state);
        if (block.timestamp < stored.closedAt) revert LicenseRegistry_TooEarly(stored.closedAt);
        _accounts[stored.account].allocated -= stored.reserved;
        stored.reserved = 0;
        stored.state = LicenseState.CLOSED;
        emit LicenseClosed(licenseId);
    }

    /// @inheritdoc ILicenseRegistry
    function license(uint256 licenseId) external view returns (License memory) {
        return _licenses[licenseId];
    }

    function _allocate(address account, uint256 amount) private {
        Account storage stored = _accounts[account];
        uint256 free = Math.saturatingSub(stored.bond, stored.allocated + stored.contested + stored.leaving);
        if (free < amount) revert LicenseRegistry_InsufficientBond(account, free, amount);
        stored.allocated += amount;
    }

    /// @dev The license, if it is open and the caller's.
    function _open(uint256 licenseId) private view returns (License storage stored) {
        stored = _licenses[licenseId];
        if (stored.account != msg.sender) revert LicenseRegistry_NotAccount(licenseId, msg.sender);
        if (stored.state != LicenseState.BONDED && stored.state != LicenseState.ACTIVE) {
            revert LicenseRegistry_WrongState(licenseId, stored.state);
        }
    }
}
