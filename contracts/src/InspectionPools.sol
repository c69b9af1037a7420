// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {IInspectionPools} from "./interfaces/IInspectionPools.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {IParameters} from "./interfaces/IParameters.sol";
import {BatchOpening, IVerifierRegistry} from "./interfaces/IVerifierRegistry.sol";
import {BatchDraw} from "./libraries/BatchDraw.sol";

/// @title One inspection pool per model: nobody can draw on another model's.
contract InspectionPools is IInspectionPools {
    using SafeERC20 for IERC20;
    using Checkpoints for Checkpoints.Trace208;

    IERC20 private immutable _token;
    IParameters private immutable _parameters;
    IModelRegistry private immutable _models;
    IVerifierRegistry private immutable _verifiers;

    uint256 private _held; // in all pools
    /// @inheritdoc IInspectionPools
    mapping(uint256 modelId => uint256) public poolOf;
    /// @inheritdoc IInspectionPools
    mapping(bytes32 batchId => bool) public isPaid;
    /// @dev Times of payments by themselves.
    mapping(uint256 modelId => mapping(address verifier => Checkpoints.Trace208)) private _paidAt;

    constructor(IParameters parameters, IModelRegistry models, IVerifierRegistry verifiers) {
        _token = IERC20(parameters.token());
        _parameters = parameters;
        _models = models;
        _verifiers = verifiers;
    }

    /// @inheritdoc IInspectionPools
    function feed(uint256 modelId) external {
        uint256 amount = _token.balanceOf(address(this)) - _held;
        _held += amount;
        poolOf[modelId] += amount;
        emit PoolFed(modelId, amount);
    }

    /// @inheritdoc IInspectionPools
    function payBatch(address verifier, BatchOpening calldata opening, uint256 amount) external {
        uint256 modelId = opening.modelId;
        bytes32 batchId = BatchDraw.batchId(verifier, opening);
        // Check
        if (!_models.mayDeliver(modelId, msg.sender)) revert InspectionPools_NotDeliverer(modelId, msg.sender);
        if (!_verifiers.batch(batchId).opened) revert InspectionPools_BatchNotOpened(batchId);
        if (isPaid[batchId]) revert InspectionPools_AlreadyPaid(batchId);
        (, , uint256 cap) = _parameters.verifierRates();
        uint256 most = Math.min(cap, poolOf[modelId]);
        if (amount == 0 || amount > most) revert InspectionPools_InvalidAmount(amount, most);
        // Effect
        isPaid[batchId] = true;
        _paidAt[modelId][verifier].push(uint48(block.timestamp), uint208(block.timestamp));
        poolOf[modelId] -= amount;
        _held -= amount;
        emit BatchPaid(batchId, modelId, verifier, amount);
        // Interaction
        _token.safeTransfer(verifier, amount);
    }

    /// @inheritdoc IInspectionPools
    function lastPaidAt(uint256 modelId, address verifier, uint256 by) external view returns (uint256) {
        return _paidAt[modelId][verifier].upperLookupRecent(uint48(by));
    }
}
