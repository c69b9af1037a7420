// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BatchOpening} from "./IVerifierRegistry.sol";

/// @notice What the vaults of a model set aside for its inspection, one pool per model. Its owner or agent pays
/// verifiers out of it, at most a cap a batch, whom and how much as it sees fit; no formula pays anybody.
interface IInspectionPools {
    event PoolFed(uint256 indexed modelId, uint256 amount);
    event BatchPaid(bytes32 indexed batchId, uint256 indexed modelId, address indexed verifier, uint256 amount);

    error InspectionPools_NotDeliverer(uint256 modelId, address caller);
    error InspectionPools_BatchNotOpened(bytes32 batchId);
    error InspectionPools_AlreadyPaid(bytes32 batchId);
    error InspectionPools_InvalidAmount(uint256 amount, uint256 max);

    /// @notice Puts what arrived here since the last call into the pool of a model. A vault does it in the transaction
    /// that pays; whatever else somebody sends here is a gift to any model.
    function feed(uint256 modelId) external;
    /// @notice Pays a verifier who opened a drawn batch on a model, by the model's owner or agent, once a batch.
    function payBatch(address verifier, BatchOpening calldata opening, uint256 amount) external;

    function poolOf(uint256 modelId) external view returns (uint256);
    function isPaid(bytes32 batchId) external view returns (bool);
    /// @notice When a verifier was paid out of the pool of a model for the last time up to the time `by`; 0: never.
    function lastPaidAt(uint256 modelId, address verifier, uint256 by) external view returns (uint256);
}
