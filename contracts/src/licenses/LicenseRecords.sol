// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {AccountBoundToken} from "./AccountBoundToken.sol";
import {InForce} from "./InForce.sol";
import {IDeriveLicenses} from "../interfaces/IDeriveLicenses.sol";
import {ILicenseRegistry, License, LicenseState, Serving} from "../interfaces/ILicenseRegistry.sol";
import {TermsKind} from "../interfaces/ITermsRegistry.sol";
import {VaultArgs} from "../vault/VaultArgs.sol";

/// @title The part of the license registry that stores licenses and answers questions about them.
abstract contract LicenseRecords is InForce, AccountBoundToken {
    address public immutable vaultImplementation;

    /// @inheritdoc ILicenseRegistry
    uint256 public licenseCount;
    mapping(address account => mapping(uint256 modelAndKind => uint256)) private _latest;

    constructor(address vaultImplementation_) {
        vaultImplementation = vaultImplementation_;
    }

    /// @inheritdoc ILicenseRegistry
    function deployVault(uint256 licenseId) external returns (address vault) {
        vault = vaultOf(licenseId);
        if (vault == address(0)) revert LicenseRegistry_UnknownLicense(licenseId);
        if (vault.code.length != 0) return vault;
        Clones.cloneDeterministicWithImmutableArgs(vaultImplementation, _vaultArgs(licenseId), bytes32(licenseId));
        emit VaultDeployed(licenseId, vault);
    }

    /// @inheritdoc ILicenseRegistry
    function license(uint256 licenseId) external view returns (License memory) {
        Stored storage stored = _licenses[licenseId];
        return
            License({
                account: stored.account,
                modelId: stored.modelId,
                termsId: stored.termsId,
                kind: stored.kind,
                state: _stateOf(licenseId, stored),
                vault: vaultOf(licenseId),
                leakBond: stored.leakBond,
                closedAt: stored.closedAt,
                frozenUntil: stored.frozenUntil,
                activateBy: stored.activateBy,
                paidFor: stored.activated == 0 ? stored.paid : 0,
                paidUntil: stored.activated == 0 ? 0 : stored.paid,
                delivered: stored.delivered,
                activated: stored.activated,
                activatedAt: stored.activatedAt,
                inactiveSince: _inactiveSince(licenseId, stored),
                suspension: suspensionOf(licenseId),
                editionRoot: stored.editionRoot
            });
    }

    /// @inheritdoc ILicenseRegistry
    function partiesOf(
        uint256 licenseId
    ) external view returns (address account, uint256 modelId, uint32 termsId, uint8 kind, LicenseState state) {
        Stored storage stored = _licenses[licenseId];
        return (stored.account, stored.modelId, stored.termsId, stored.kind, stored.state);
    }

    /// @inheritdoc ILicenseRegistry
    function servingOf(uint256 licenseId) external view returns (Serving memory) {
        Stored storage stored = _licenses[licenseId];
        return Serving(stored.account, stored.modelId, vaultOf(licenseId), stored.floorPrice, stored.slashBps);
    }

    /// @inheritdoc IDeriveLicenses
    function deriveTermsOf(uint256 licenseId, address account, uint256 modelId) external view returns (uint32 termsId) {
        Stored storage stored = _licenses[licenseId];
        bool fits =
            stored.account == account &&
                stored.modelId == modelId &&
                stored.kind == TermsKind.DERIVE &&
                _stateOf(licenseId, stored) == LicenseState.ACTIVE;
        return fits ? stored.termsId : 0;
    }

    /// @inheritdoc ILicenseRegistry
    function leakBondOf(uint256 licenseId) external view returns (uint256) {
        return _licenses[licenseId].leakBond;
    }

    /// @inheritdoc ILicenseRegistry
    function isFrozen(uint256 licenseId) external view returns (bool) {
        return block.timestamp < _licenses[licenseId].frozenUntil;
    }

    /// @inheritdoc ILicenseRegistry
    function licenseOf(address account, uint256 modelId, uint8 kind) external view returns (uint256 licenseId) {
        return _latest[account][_latestKey(modelId, kind)];
    }

    /// @notice Licenses that an account was ever given.
    function balanceOf(address account) external view returns (uint256) {
        if (account == address(0)) revert ERC721InvalidOwner(account);
        return _accounts[account].licenses;
    }

    /// @inheritdoc ILicenseRegistry
    function vaultOf(uint256 licenseId) public view returns (address) {
        if (_licenses[licenseId].account == address(0)) return address(0);
        return
            Clones.predictDeterministicAddressWithImmutableArgs(
                vaultImplementation,
                _vaultArgs(licenseId),
                bytes32(licenseId),
                address(this)
            );
    }

    /// @dev The license before this one of the same account, model and kind, if there is one that is not over.
    function _replaceLatest(address account, uint256 modelId, uint8 kind, uint256 licenseId) internal {
        mapping(uint256 modelAndKind => uint256) storage latest = _latest[account];
        uint256 key = _latestKey(modelId, kind);
        uint256 before = latest[key];
        if (before != 0 && !_isOver(_licenses[before])) revert LicenseRegistry_AlreadyLicensed(before);
        latest[key] = licenseId;
    }

    function _holderOf(uint256 licenseId) internal view override returns (address) {
        return _licenses[licenseId].account;
    }

    function _refuse(uint256 licenseId) internal pure override {
        revert LicenseRegistry_AccountBound(licenseId);
    }

    function _isOver(Stored storage stored) private view returns (bool) {
        return stored.state == LicenseState.CLOSED || (stored.state == LicenseState.SLASHED && stored.closedAt == 0);
    }

    function _vaultArgs(uint256 licenseId) private view returns (bytes memory) {
        Stored storage stored = _licenses[licenseId];
        return VaultArgs.encode(address(this), licenseId, stored.account, stored.modelId, stored.termsId);
    }

    function _latestKey(uint256 modelId, uint8 kind) private pure returns (uint256) {
        return modelId * TermsKind.COUNT + kind;
    }
}
