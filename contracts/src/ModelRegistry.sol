// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {CodeBook, IModelRegistry, MintParams, Model, Terms} from "./interfaces/IModelRegistry.sol";
import {IParameters, Values} from "./interfaces/IParameters.sol";
import {Beacon} from "./libraries/Beacon.sol";

/// @title Models as ERC-721 tokens, each with a code book that was committed before its answers were drawn.
contract ModelRegistry is ERC721, IModelRegistry {
    uint256 private constant MAX_ANCESTORS = 32;
    uint8 private constant MAX_BITS = 6;
    uint8 private constant MAX_MODE = 3;

    struct Commitment {
        address committer;
        uint64 beaconBlock;
        bool minted;
        bytes32 beacon;
        CodeBook codeBook;
    }

    uint64 private immutable _beaconDelay;
    uint16 private immutable _maxSlashBps;

    /// @notice Models minted so far; ids start at 1.
    uint256 public modelCount;
    mapping(bytes32 commitId => Commitment) private _commitments;
    mapping(uint256 modelId => Model) private _models;
    mapping(bytes32 termsId => Terms) private _terms;
    mapping(uint256 modelId => uint256[]) private _parents;
    mapping(uint256 modelId => uint256[]) private _ancestors; // all of them, without the model itself
    mapping(uint256 modelId => mapping(uint256 ancestorId => bool)) private _descendsFrom;

    constructor(IParameters parameters) ERC721("OML Model", "OML") {
        Values memory values = parameters.values();
        _beaconDelay = values.beaconDelay;
        _maxSlashBps = values.maxSlashBps;
    }

    /// @inheritdoc IModelRegistry
    function commitCodeBook(CodeBook calldata codeBook) external returns (bytes32 commitId) {
        if (
            codeBook.root == 0 || codeBook.commonSize == 0 || codeBook.commonSize > codeBook.size || codeBook.bits == 0
                || codeBook.bits > MAX_BITS
        ) revert ModelRegistry_InvalidCodeBook(codeBook.size, codeBook.commonSize, codeBook.bits);
        commitId = keccak256(abi.encode(msg.sender, codeBook));
        Commitment storage commitment = _commitments[commitId];
        // Also where the beacon was missed: committing again must not draw again.
        if (commitment.committer != address(0)) revert ModelRegistry_AlreadyCommitted(commitId);
        commitment.committer = msg.sender;
        commitment.beaconBlock = uint64(block.number) + _beaconDelay;
        commitment.codeBook = codeBook;
        emit CodeBookCommitted(commitId, msg.sender, codeBook, commitment.beaconBlock);
    }

    /// @inheritdoc IModelRegistry
    function drawBeacon(bytes32 commitId) external returns (bytes32 beacon) {
        Commitment storage commitment = _known(commitId);
        if (commitment.beacon != 0) return commitment.beacon;
        if (!Beacon.isReady(commitment.beaconBlock)) revert ModelRegistry_BeaconNotReady(commitment.beaconBlock);
        beacon = Beacon.hashAt(commitment.beaconBlock);
        if (beacon == 0) revert ModelRegistry_BeaconMissed(commitment.beaconBlock);
        commitment.beacon = beacon;
        emit BeaconDrawn(commitId, beacon);
    }

    /// @inheritdoc IModelRegistry
    function mint(MintParams calldata params) external returns (uint256 modelId) {
        Commitment storage commitment = _known(params.commitId);
        if (commitment.committer != msg.sender) revert ModelRegistry_NotCommitter(msg.sender);
        if (commitment.beacon == 0) revert ModelRegistry_BeaconNotDrawn(params.commitId);
        if (commitment.minted) revert ModelRegistry_AlreadyMinted(params.commitId);
        commitment.minted = true;
        modelId = ++modelCount;
        bytes32 termsId = _register(params.terms);
        _descend(modelId, params);
        _models[modelId] = Model({
            codeBookRoot: commitment.codeBook.root,
            beacon: commitment.beacon,
            weightsDigest: params.weightsDigest,
            controlPanelDigest: params.controlPanelDigest,
            termsId: termsId,
            agent: params.agent,
            commonSize: commitment.codeBook.commonSize,
            size: commitment.codeBook.size,
            bits: commitment.codeBook.bits,
            mintedAt: uint64(block.timestamp),
            uri: params.uri
        });
        _mint(params.owner, modelId);
        emit ModelMinted(
            modelId,
            params.owner,
            params.commitId,
            termsId,
            params.agent,
            params.weightsDigest,
            params.controlPanelDigest,
            params.parents,
            params.uri
        );
    }

    /// @inheritdoc IModelRegistry
    function setAgent(uint256 modelId, address agent) external {
        if (_ownerOf(modelId) != msg.sender) revert ModelRegistry_NotOwner(modelId, msg.sender);
        _models[modelId].agent = agent;
        emit AgentChanged(modelId, agent);
    }

    /// @inheritdoc IModelRegistry
    function beaconOf(bytes32 commitId) external view returns (bytes32) {
        return _commitments[commitId].beacon;
    }

    /// @inheritdoc IModelRegistry
    function model(uint256 modelId) external view returns (Model memory) {
        return _minted(modelId);
    }

    /// @inheritdoc IModelRegistry
    function terms(bytes32 termsId) external view returns (Terms memory) {
        return _terms[termsId];
    }

    /// @inheritdoc IModelRegistry
    function termsOf(uint256 modelId) external view returns (Terms memory) {
        return _terms[_minted(modelId).termsId];
    }

    /// @inheritdoc IModelRegistry
    function ratesOf(uint256 modelId) external view returns (uint256 floorPrice, uint16 slashBps) {
        Terms storage agreed = _terms[_minted(modelId).termsId];
        return (agreed.floorPrice, agreed.slashBps);
    }

    /// @inheritdoc IModelRegistry
    function codeBookOf(uint256 modelId) external view returns (bytes32 root, bytes32 beacon, uint32 commonSize, uint8 bits) {
        Model storage minted = _minted(modelId);
        return (minted.codeBookRoot, minted.beacon, minted.commonSize, minted.bits);
    }

    /// @inheritdoc IModelRegistry
    function parents(uint256 modelId) external view returns (uint256[] memory) {
        return _parents[modelId];
    }

    /// @inheritdoc IModelRegistry
    function isDescendant(uint256 modelId, uint256 ancestorId) external view returns (bool) {
        return modelId == ancestorId || _descendsFrom[modelId][ancestorId];
    }

    /// @inheritdoc IModelRegistry
    function mayDeliver(uint256 modelId, address caller) external view returns (bool) {
        return caller != address(0) && (_ownerOf(modelId) == caller || _models[modelId].agent == caller);
    }

    /// @notice Where the publisher of a model answers.
    function tokenURI(uint256 modelId) public view override returns (string memory) {
        return _minted(modelId).uri;
    }

    function _register(Terms calldata terms_) private returns (bytes32 termsId) {
        if (terms_.slashBps == 0 || terms_.slashBps > _maxSlashBps || terms_.ownerShareBps > 10_000 || terms_.mode > MAX_MODE) {
            revert ModelRegistry_InvalidTerms();
        }
        termsId = keccak256(abi.encode(terms_));
        if (_terms[termsId].slashBps != 0) return termsId;
        _terms[termsId] = terms_;
        emit TermsRegistered(termsId, terms_);
    }

    /// @dev A child clears claims on its parents, so only the parents' owner may add one, with its own hand.
    function _descend(uint256 modelId, MintParams calldata params) private {
        for (uint256 i = 0; i < params.parents.length; ++i) {
            uint256 parentId = params.parents[i];
            if (_ownerOf(parentId) != params.owner || params.owner != msg.sender) {
                revert ModelRegistry_ParentNotOwned(parentId, params.owner);
            }
            _inherit(modelId, parentId);
            uint256[] storage inherited = _ancestors[parentId];
            for (uint256 j = 0; j < inherited.length; ++j) _inherit(modelId, inherited[j]);
        }
        _parents[modelId] = params.parents;
        // Bounded, so that `mint` of a long lineage stays within a block.
        if (_ancestors[modelId].length > MAX_ANCESTORS) revert ModelRegistry_TooManyParents(_ancestors[modelId].length);
    }

    function _inherit(uint256 modelId, uint256 ancestorId) private {
        if (_descendsFrom[modelId][ancestorId]) return;
        _descendsFrom[modelId][ancestorId] = true;
        _ancestors[modelId].push(ancestorId);
    }

    function _known(bytes32 commitId) private view returns (Commitment storage commitment) {
        commitment = _commitments[commitId];
        if (commitment.committer == address(0)) revert ModelRegistry_UnknownCommitment(commitId);
    }

    function _minted(uint256 modelId) private view returns (Model storage) {
        if (_ownerOf(modelId) == address(0)) revert ModelRegistry_UnknownModel(modelId);
        return _models[modelId];
    }
}
