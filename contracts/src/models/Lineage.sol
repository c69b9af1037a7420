// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDeriveLicenses} from "../interfaces/IDeriveLicenses.sol";
import {Ancestor, IModelRegistry, Parent} from "../interfaces/IModelRegistry.sol";
import {ChildTerms} from "./ChildTerms.sol";

/// @title Who descends from whom and what it owes: flattened at mint and fixed for good. Parents exist before their
/// children, so there
/// are no cycles.
abstract contract Lineage is ChildTerms {
    uint256 internal constant MAX_ANCESTORS = 16;
    uint256 internal constant MAX_ROYALTIES_BPS = 5_000;

    struct Line {
        uint16 totalBps;
        uint8 parentCount;
        bool closed; // an ancestor's license lets nobody else build on this model
        uint80[] ancestors; // parents first; model id and share in one number, three to a slot
    }

    address private immutable _deployer;

    IDeriveLicenses public licenses;
    mapping(uint256 modelId => Line) private _lines;

    constructor() {
        _deployer = msg.sender;
    }

    /// @inheritdoc IModelRegistry
    function bindLicenses(address licenses_) external {
        _checkBinding(address(licenses));
        licenses = IDeriveLicenses(licenses_);
    }

    /// @inheritdoc IModelRegistry
    function parents(uint256 modelId) external view returns (uint256[] memory ids) {
        Line storage line = _lines[modelId];
        ids = new uint256[](line.parentCount);
        for (uint256 i = 0; i < ids.length; ++i) ids[i] = _idOf(line.ancestors[i]);
    }

    /// @inheritdoc IModelRegistry
    function ancestorsOf(uint256 modelId) external view returns (Ancestor[] memory) {
        return _unpack(_lines[modelId].ancestors);
    }

    /// @inheritdoc IModelRegistry
    function lineageOf(uint256 modelId) external view returns (uint16) {
        return _lines[modelId].totalBps;
    }

    /// @inheritdoc IModelRegistry
    function royaltyOf(uint256 modelId, uint256 ancestorId) external view returns (uint16) {
        (, uint16 bps) = _find(modelId, ancestorId);
        return bps;
    }

    /// @inheritdoc IModelRegistry
    function isDescendant(uint256 modelId, uint256 ancestorId) external view returns (bool found) {
        if (modelId == ancestorId) return true;
        (found, ) = _find(modelId, ancestorId);
    }

    /// @inheritdoc IModelRegistry
    function isDerivable(uint256 modelId) public view returns (bool) {
        return !_lines[modelId].closed;
    }

    /// @dev Royalties that a single parent's licensee would owe in all must stay under the cap, and there must be room
    /// for one more.
    function _checkDerivable(uint256 modelId, uint256 royaltyBps) internal view {
        Line storage line = _lines[modelId];
        if (line.closed) revert ModelRegistry_NotDerivable(modelId);
        if (line.ancestors.length == MAX_ANCESTORS) revert ModelRegistry_TooManyAncestors(MAX_ANCESTORS);
        _checkCap(line.totalBps + royaltyBps);
    }

    /// @dev Fixes what a new model owes. A child clears claims on its parents, so it takes their owner's hand or
    /// license.
    function _descend(uint256 modelId, address owner, Parent[] calldata parents_) internal {
        if (parents_.length == 0) return;
        uint80[] memory found = new uint80[](MAX_ANCESTORS);
        uint256 count;
        bool derivable = true;
        for (uint256 i = 0; i < parents_.length; ++i) {
            if (parents_[i].modelId == modelId) revert ModelRegistry_UnknownModel(modelId); // not its own parent
            (uint16 royaltyBps, bool open) = _rightOn(modelId, parents_[i], owner);
            derivable = derivable && open && isDerivable(parents_[i].modelId);
            uint256 before = count;
            count = _merge(found, count, _pack(parents_[i].modelId, royaltyBps));
            if (count == before) revert ModelRegistry_DuplicateParent(parents_[i].modelId);
        }
        for (uint256 i = 0; i < parents_.length; ++i) {
            uint80[] memory inherited = _lines[parents_[i].modelId].ancestors;
            for (uint256 j = 0; j < inherited.length; ++j) count = _merge(found, count, inherited[j]);
        }
        _fix(modelId, found, count, parents_.length, derivable);
    }

    function _checkBinding(address bound) internal view override {
        if (msg.sender != _deployer) revert ModelRegistry_NotDeployer(msg.sender);
        if (bound != address(0)) revert ModelRegistry_AlreadyBound(bound);
    }

    function _modelOwner(uint256 modelId) internal view virtual returns (address);
    function _agentOf(uint256 modelId) internal view virtual returns (address);

    function _fix(uint256 modelId, uint80[] memory found, uint256 count, uint256 parentCount, bool derivable) private {
        Line storage line = _lines[modelId];
        uint256 totalBps;
        for (uint256 i = 0; i < count; ++i) {
            totalBps += _bpsOf(found[i]);
            line.ancestors.push(found[i]);
        }
        _checkCap(totalBps);
        line.totalBps = uint16(totalBps);
        line.parentCount = uint8(parentCount);
        line.closed = !derivable;
        emit LineageFixed(modelId, _unpack(line.ancestors), parentCount, uint16(totalBps), derivable);
    }

    /// @dev What the minter may do with a parent: its share per use, and whether others may build on the child.
    function _rightOn(
        uint256 modelId,
        Parent calldata parent,
        address owner
    ) private returns (uint16 royaltyBps, bool open) {
        address parentOwner = _modelOwner(parent.modelId);
        if (parent.licenseId == 0) {
            bool own = parentOwner == msg.sender || (parentOwner == owner && _agentOf(parent.modelId) == msg.sender);
            if (!own) revert ModelRegistry_ParentNotLicensed(parent.modelId, 0, msg.sender);
            _inherit(modelId, parent.modelId, 0);
            return (0, true);
        }
        uint32 termsId = licenses.deriveTermsOf(parent.licenseId, msg.sender, parent.modelId);
        if (termsId == 0) revert ModelRegistry_ParentNotLicensed(parent.modelId, parent.licenseId, msg.sender);
        _inherit(modelId, parent.modelId, termsId);
        return terms.derivingOf(termsId);
    }

    function _find(uint256 modelId, uint256 ancestorId) private view returns (bool, uint16) {
        uint80[] storage ancestors = _lines[modelId].ancestors;
        for (uint256 i = 0; i < ancestors.length; ++i) {
            uint80 ancestor = ancestors[i];
            if (_idOf(ancestor) == ancestorId) return (true, _bpsOf(ancestor));
        }
        return (false, 0);
    }

    /// @dev Adds an ancestor, or raises its share if it was reached on another way before; returns the new count.
    function _merge(uint80[] memory found, uint256 count, uint80 ancestor) private pure returns (uint256) {
        for (uint256 i = 0; i < count; ++i) {
            if (_idOf(found[i]) != _idOf(ancestor)) continue;
            if (ancestor > found[i]) found[i] = ancestor; // same id: the larger share
            return count;
        }
        if (count == MAX_ANCESTORS) revert ModelRegistry_TooManyAncestors(MAX_ANCESTORS);
        found[count] = ancestor;
        return count + 1;
    }

    function _checkCap(uint256 totalBps) private pure {
        if (totalBps > MAX_ROYALTIES_BPS) revert ModelRegistry_RoyaltiesAboveCap(totalBps);
    }

    function _unpack(uint80[] memory packed) private pure returns (Ancestor[] memory ancestors) {
        ancestors = new Ancestor[](packed.length);
        for (uint256 i = 0; i < packed.length; ++i) ancestors[i] = Ancestor(_idOf(packed[i]), _bpsOf(packed[i]));
    }

    /// @dev Ids count from 1, so 64 bits hold them.
    function _pack(uint256 modelId, uint16 bps) private pure returns (uint80) {
        return uint80(modelId << 16) | bps;
    }

    function _idOf(uint80 ancestor) private pure returns (uint256) {
        return ancestor >> 16;
    }

    function _bpsOf(uint80 ancestor) private pure returns (uint16) {
        return uint16(ancestor);
    }
}
