// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ILicenseRegistry} from "./interfaces/ILicenseRegistry.sol";
import {IInspectionPools} from "./interfaces/IInspectionPools.sol";
import {IModelRegistry, Payee} from "./interfaces/IModelRegistry.sol";
import {IParameters} from "./interfaces/IParameters.sol";
import {Buckets, IRevenueVault} from "./interfaces/IRevenueVault.sol";
import {ITermsRegistry} from "./interfaces/ITermsRegistry.sol";
import {Ledger} from "./vault/Ledger.sol";
import {VaultArgs} from "./vault/VaultArgs.sol";

/// @title The vault of one license: a minimal clone whose license stands in its own code.
/// @dev `distribute` writes one slot, whatever the number of payees: it adds to running totals, and every share is
/// theirs less what was taken of it. Lineage is a share of what remains after the protocol fee, owner and host share
/// what remains after lineage and pool. Royalties are rounded down: what that leaves, less than one unit per ancestor,
/// stays for ever.
contract RevenueVault is Ledger, ReentrancyGuardTransient {
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @dev 64 bits hold 18 trillion dollars.
    struct Totals {
        uint64 shared; // ever distributed, less protocol fees
        uint64 pooled; // of it, ever for the inspection pool
        uint64 protocolFee; // not yet paid out
        uint64 pool; // not yet paid out
    }

    struct Taken {
        uint80 owner; // of the owner's share, paid or credited
        uint80 host;
        uint16 lineageBps; // both rates since the first payout, which spares later ones to ask for them
        uint16 ownerShareBps;
        bool hasRates;
    }

    struct Others {
        uint128 royalties; // of the lineage's share, paid or credited
        uint128 credited; // what the token refused of all that was taken, and still lies here
    }

    uint256 private constant BPS = 10_000;

    IParameters private immutable _parameters;
    IModelRegistry private immutable _models;
    ITermsRegistry private immutable _terms;
    IInspectionPools private immutable _pools;

    Totals private _totals;
    Taken private _taken;
    Others private _others;
    mapping(uint256 ancestorId => uint256) private _royaltyTaken;
    /// @inheritdoc IRevenueVault
    mapping(address payee => uint256) public owed;

    constructor(
        IParameters parameters,
        IModelRegistry models,
        ITermsRegistry terms,
        IInspectionPools pools
    ) Ledger(parameters.token()) {
        _parameters = parameters;
        _models = models;
        _terms = terms;
        _pools = pools;
    }

    /// @inheritdoc IRevenueVault
    function distribute() external nonReentrant returns (uint256 gross) {
        (Totals memory totals, Taken memory taken) = (_totals, _takenAtRates());
        gross = _undistributed(totals, taken);
        if (gross == 0) revert RevenueVault_NothingToDistribute();
        (uint16 protocolFeeBps, uint16 poolBps, ) = _parameters.fees();
        uint256 protocolFee = (gross * protocolFeeBps) / BPS;
        uint256 pool = (gross * poolBps) / BPS;
        (uint256 lineageBefore, uint256 ownerBefore, uint256 hostBefore) = _split(totals, taken);
        totals = Totals(
            (totals.shared + gross - protocolFee).toUint64(),
            (totals.pooled + pool).toUint64(),
            (totals.protocolFee + protocolFee).toUint64(),
            (totals.pool + pool).toUint64()
        );
        _totals = totals;
        (uint256 lineage, uint256 owner, uint256 host) = _split(totals, taken);
        emit Distributed(gross, protocolFee, pool, lineage - lineageBefore, owner - ownerBefore, host - hostBefore);
    }

    /// @inheritdoc IRevenueVault
    function payProtocol() external nonReentrant returns (uint256 amount) {
        (, , address treasury) = _parameters.fees();
        (uint64 protocolFee, uint64 pool) = (_totals.protocolFee, _totals.pool);
        if (_isPaid(treasury, protocolFee)) _totals.protocolFee = 0;
        else protocolFee = 0;
        if (_isPaid(address(_pools), pool)) {
            _totals.pool = 0;
            _pools.feed(modelId());
        } else {
            pool = 0;
        }
        amount = uint256(protocolFee) + pool;
        if (amount == 0) revert RevenueVault_NothingToPay();
        emit ProtocolPaid(treasury, protocolFee, address(_pools), pool);
    }

    /// @inheritdoc IRevenueVault
    function payAncestor(uint256 ancestorId) external nonReentrant returns (uint256 amount) {
        amount = royaltyOwed(ancestorId);
        if (amount == 0) revert RevenueVault_NothingToPay();
        _royaltyTaken[ancestorId] += amount;
        _others.royalties += amount.toUint128();
        emit AncestorPaid(ancestorId, amount);
        _payOwnerOf(ancestorId, amount);
    }

    /// @inheritdoc IRevenueVault
    function payOwner() external nonReentrant returns (uint256 amount) {
        Taken memory taken = _takenAtRates();
        (, uint256 owner, ) = _split(_totals, taken);
        amount = owner - taken.owner;
        if (amount == 0) revert RevenueVault_NothingToPay();
        taken.owner = owner.toUint80();
        _taken = taken;
        uint256 model = modelId();
        emit OwnerPaid(model, amount);
        _payOwnerOf(model, amount);
    }

    /// @inheritdoc IRevenueVault
    /// @dev A host that the token refuses leaves its money in its own bucket.
    function payHost() external nonReentrant returns (uint256 amount) {
        if (ILicenseRegistry(registry()).isFrozen(licenseId())) revert RevenueVault_Frozen(licenseId());
        Taken memory taken = _takenAtRates();
        (, , uint256 host) = _split(_totals, taken);
        amount = host - taken.host;
        if (amount == 0) revert RevenueVault_NothingToPay();
        taken.host = host.toUint80();
        _taken = taken;
        address licensee = account();
        emit HostPaid(licensee, amount);
        emit Paid(licensee, amount);
        IERC20(token).safeTransfer(licensee, amount);
    }

    /// @inheritdoc IRevenueVault
    function withdraw(address payee) external nonReentrant returns (uint256 amount) {
        amount = owed[payee];
        if (amount == 0) revert RevenueVault_NothingOwed(payee);
        owed[payee] = 0;
        _others.credited -= amount.toUint128();
        emit Paid(payee, amount);
        IERC20(token).safeTransfer(payee, amount);
    }

    /// @inheritdoc IRevenueVault
    function undistributed() external view returns (uint256) {
        return _undistributed(_totals, _taken);
    }

    /// @inheritdoc IRevenueVault
    function royaltyOwed(uint256 ancestorId) public view returns (uint256) {
        return (_totals.shared * uint256(_models.royaltyOf(modelId(), ancestorId))) / BPS - _royaltyTaken[ancestorId];
    }

    /// @inheritdoc IRevenueVault
    function buckets() public view returns (Buckets memory) {
        (Totals memory totals, Taken memory taken) = (_totals, _takenAtRates());
        (uint256 lineage, uint256 owner, uint256 host) = _split(totals, taken);
        lineage -= _others.royalties;
        return Buckets(totals.protocolFee, totals.pool, lineage, owner - taken.owner, host - taken.host);
    }

    /// @dev Pays a model's payees; the last one gets what rounding leaves. Nobody can hold up another.
    function _payOwnerOf(uint256 model, uint256 amount) private {
        Payee[] memory payees = _models.payeesOf(model);
        uint256 rest = amount;
        for (uint256 i = 0; i < payees.length; ++i) {
            uint256 part = i == payees.length - 1 ? rest : (amount * payees[i].bps) / BPS;
            rest -= part;
            if (part == 0) continue;
            address payee = payees[i].account;
            if (_isPaid(payee, part)) continue;
            owed[payee] += part;
            _others.credited += part.toUint128();
            emit Credited(payee, part);
        }
    }

    function _isPaid(address payee, uint256 amount) private returns (bool) {
        if (amount == 0 || !IERC20(token).trySafeTransfer(payee, amount)) return false;
        emit Paid(payee, amount);
        return true;
    }

    /// @dev Both rates were fixed when the license was accepted.
    function _takenAtRates() private view returns (Taken memory taken) {
        taken = _taken;
        if (taken.hasRates) return taken;
        (, uint256 model, uint32 terms) = VaultArgs.parties(address(this));
        (, taken.ownerShareBps, ) = _terms.ratesOf(terms);
        taken.lineageBps = _models.lineageOf(model);
        taken.hasRates = true;
    }

    function _undistributed(Totals memory totals, Taken memory taken) private view returns (uint256) {
        uint256 kept = uint256(totals.shared) + _others.credited + totals.protocolFee + totals.pool;
        kept -= uint256(totals.pooled) + taken.owner + taken.host + _others.royalties;
        return Math.saturatingSub(IERC20(token).balanceOf(address(this)), kept);
    }

    /// @dev Shares of running totals only grow with them, and add up to them. Lineage and pool take at most six tenths.
    function _split(
        Totals memory totals,
        Taken memory rates
    ) private pure returns (uint256 lineage, uint256 owner, uint256 host) {
        lineage = (uint256(totals.shared) * rates.lineageBps) / BPS;
        uint256 net = uint256(totals.shared) - totals.pooled - lineage;
        owner = (net * rates.ownerShareBps) / BPS;
        host = net - owner;
    }
}
