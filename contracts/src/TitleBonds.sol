// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {IParameters} from "./interfaces/IParameters.sol";
import {ITitleBonds, TitleBond} from "./interfaces/ITitleBonds.sol";
import {ExactTransfer} from "./libraries/ExactTransfer.sol";

/// @title Bonds for the title of a model. They leave as slowly as host bonds do, so that exits never outrun claims.
contract TitleBonds is ITitleBonds {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    IERC20 public immutable token;
    IParameters public immutable parameters;
    IModelRegistry public immutable models;
    address private immutable _deployer;
    uint256 private immutable _exitDelay;

    /// @inheritdoc ITitleBonds
    address public court;
    mapping(uint256 modelId => TitleBond) private _bonds;

    modifier onlyCourt() {
        if (msg.sender != court) revert TitleBonds_NotCourt(msg.sender);
        _;
    }

    constructor(IParameters parameters_, IModelRegistry models_) {
        token = IERC20(parameters_.token());
        parameters = parameters_;
        models = models_;
        _deployer = msg.sender;
        _exitDelay = parameters_.rules().exitDelay;
    }

    /// @inheritdoc ITitleBonds
    function bindCourt(address court_) external {
        if (msg.sender != _deployer) revert TitleBonds_NotDeployer(msg.sender);
        if (court != address(0)) revert TitleBonds_AlreadyBound(court);
        court = court_;
    }

    /// @inheritdoc ITitleBonds
    function post(uint256 modelId, uint256 amount) external {
        _ownerOf(modelId); // reverts where there is no such model
        TitleBond storage stored = _bonds[modelId];
        uint256 bond = stored.bond + amount;
        uint256 least = parameters.minTitleBond();
        if (bond < least) revert TitleBonds_BondTooLow(bond, least);
        stored.bond = bond.toUint96();
        emit TitleBondPosted(modelId, msg.sender, amount, bond);
        // Interaction
        ExactTransfer.pull(token, msg.sender, amount);
    }

    /// @inheritdoc ITitleBonds
    function requestWithdrawal(uint256 modelId, uint256 amount) external {
        if (_ownerOf(modelId) != msg.sender) revert TitleBonds_NotOwner(modelId, msg.sender);
        TitleBond storage stored = _bonds[modelId];
        if (amount > stored.bond) revert TitleBonds_InsufficientBond(modelId, stored.bond, amount);
        stored.leaving = uint96(amount);
        stored.leavableAt = uint40(block.timestamp + _exitDelay);
        emit TitleWithdrawalRequested(modelId, amount, stored.leavableAt);
    }

    /// @inheritdoc ITitleBonds
    function withdraw(uint256 modelId) external returns (uint256 amount) {
        if (_ownerOf(modelId) != msg.sender) revert TitleBonds_NotOwner(modelId, msg.sender);
        TitleBond storage stored = _bonds[modelId];
        // Check
        amount = Math.min(stored.leaving, stored.bond - stored.reserved);
        if (amount == 0) revert TitleBonds_NothingToWithdraw(modelId);
        if (block.timestamp < stored.leavableAt) revert TitleBonds_TooEarly(stored.leavableAt);
        // Effect
        stored.leaving -= uint96(amount);
        stored.bond -= uint96(amount);
        emit TitleBondWithdrawn(modelId, msg.sender, amount, stored.bond);
        // Interaction
        token.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc ITitleBonds
    function reserve(uint256 modelId, uint256 amount) external onlyCourt returns (uint256 reserved) {
        TitleBond storage stored = _bonds[modelId];
        reserved = Math.min(amount, stored.bond - stored.reserved);
        stored.reserved += uint96(reserved);
        emit TitleBondReserved(modelId, reserved, stored.reserved);
    }

    /// @inheritdoc ITitleBonds
    function settle(uint256 modelId, uint256 reserved, uint256 amount) external onlyCourt {
        TitleBond storage stored = _bonds[modelId];
        // Effect
        stored.reserved -= reserved.toUint96();
        stored.bond -= amount.toUint96();
        if (amount < reserved) emit TitleBondReturned(modelId, reserved - amount, stored.reserved);
        if (amount == 0) return;
        emit TitleBondTaken(modelId, amount, stored.bond, stored.reserved);
        // Interaction
        token.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc ITitleBonds
    function titleBondOf(uint256 modelId) external view returns (TitleBond memory) {
        return _bonds[modelId];
    }

    function _ownerOf(uint256 modelId) private view returns (address) {
        return IERC721(address(models)).ownerOf(modelId);
    }
}
