// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {Cause, Causes} from "../libraries/Causes.sol";

/// @title Models whose editions were shown to answer for another model: no license on them is active or accepted.
abstract contract Marks is IModelRegistry {
    using Causes for Cause;

    /// @inheritdoc IModelRegistry
    address public blameCourt;
    mapping(uint256 modelId => Cause) private _marks;

    modifier onlyBlameCourt() {
        if (msg.sender != blameCourt) revert ModelRegistry_NotBlameCourt(msg.sender);
        _;
    }

    /// @inheritdoc IModelRegistry
    function bindBlameCourt(address blameCourt_) external {
        _checkBinding(blameCourt);
        blameCourt = blameCourt_;
    }

    /// @inheritdoc IModelRegistry
    function markModel(uint256 modelId) external onlyBlameCourt {
        _marks[modelId].add();
        emit ModelMarked(modelId);
    }

    /// @inheritdoc IModelRegistry
    function unmarkModel(uint256 modelId) external onlyBlameCourt {
        if (_marks[modelId].drop()) emit ModelUnmarked(modelId);
    }

    /// @inheritdoc IModelRegistry
    function markedAt(uint256 modelId) external view returns (uint40) {
        return _marks[modelId].since;
    }

    /// @dev By the deployer, once.
    function _checkBinding(address bound) internal view virtual;
}
