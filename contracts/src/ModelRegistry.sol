// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC4906} from "@openzeppelin/contracts/interfaces/IERC4906.sol";
import {ERC2981} from "@openzeppelin/contracts/token/common/ERC2981.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IBeacon} from "./beacon/IBeacon.sol";
import {
    CodeBook,
    IModelRegistry,
    MintParams,
    Model,
    Payee,
    Release,
    ReleaseParams
} from "./interfaces/IModelRegistry.sol";
import {IParameters} from "./interfaces/IParameters.sol";
import {ITermsRegistry, TermsKind} from "./interfaces/ITermsRegistry.sol";
import {ChildTerms} from "./models/ChildTerms.sol";
import {CodeBooks} from "./models/CodeBooks.sol";
import {Lineage} from "./models/Lineage.sol";
import {Payees} from "./models/Payees.sol";

/// @title Models as tokens, with their offers and releases.
contract ModelRegistry is ERC721, ERC2981, IERC4906, CodeBooks, Lineage, Payees {
    uint256 private constant MAX_RESALE_BPS = 1_000;

    struct Card {
        address agent;
        uint96 offers; // 32 bits of terms id per kind
        string uri;
    }

    uint32 private immutable _minGrace;

    /// @inheritdoc IModelRegistry
    uint256 public modelCount;
    mapping(uint256 modelId => Card) private _cards;
    mapping(uint256 modelId => mapping(uint32 number => Release)) private _releases;
    mapping(uint256 modelId => uint32) private _laterReleases; // after the first, so that mint writes nothing here

    constructor(
        IParameters parameters,
        ITermsRegistry terms_,
        IBeacon beacon_
    ) ERC721("OML Model", "OML") CodeBooks(parameters, beacon_) ChildTerms(terms_) {
        _minGrace = parameters.rules().minGrace;
    }

    modifier onlyModelOwner(uint256 modelId) {
        if (_ownerOf(modelId) != msg.sender) revert ModelRegistry_NotOwner(modelId, msg.sender);
        _;
    }

    /// @inheritdoc IModelRegistry
    function mint(MintParams calldata params) external returns (uint256 modelId) {
        modelId = ++modelCount;
        uint16 slashBps = _slashBps(params.offers);
        bytes32 commitId = _record(modelId, 1, params.codeBook, 0, slashBps);
        _mint(params.owner, modelId);
        emit ModelMinted(modelId, params.owner, commitId, params.agent, slashBps, params.uri);
        emit ModelReleased(modelId, 1, commitId, params.weightsDigest, params.controlPanelDigest, 0);
        _descend(modelId, params.owner, params.parents);
        _cards[modelId] = Card({agent: params.agent, offers: _pack(modelId, params.offers), uri: params.uri});
        if (params.resaleBps == 0) return modelId;
        if (params.resaleBps > MAX_RESALE_BPS) revert ModelRegistry_ResaleAboveCap(params.resaleBps, MAX_RESALE_BPS);
        _writeResale(modelId, params.owner, params.resaleBps);
    }

    /// @inheritdoc IModelRegistry
    function release(uint256 modelId, ReleaseParams calldata params) external returns (uint32 number) {
        if (!mayDeliver(modelId, msg.sender)) revert ModelRegistry_NotDeliverer(modelId, msg.sender);
        if (params.gracePeriod < _minGrace) revert ModelRegistry_GraceTooShort(params.gracePeriod, _minGrace);
        number = 1 + ++_laterReleases[modelId];
        uint40 graceEndsAt = uint40(block.timestamp + params.gracePeriod);
        bytes32 commitId = _record(modelId, number, params.codeBook, graceEndsAt, _releases[modelId][1].slashBps);
        emit ModelReleased(modelId, number, commitId, params.weightsDigest, params.controlPanelDigest, graceEndsAt);
    }

    /// @inheritdoc IModelRegistry
    function setOffer(uint256 modelId, uint8 kind, uint32 termsId) external onlyModelOwner(modelId) {
        if (kind >= TermsKind.COUNT) revert ModelRegistry_WrongKind(termsId, kind);
        if (termsId != 0) _checkOffer(modelId, kind, termsId, offerOf(modelId, TermsKind.SERVE));
        if (kind == TermsKind.SERVE) _replaceServe(modelId, termsId);
        Card storage card = _cards[modelId];
        uint256 shift = 32 * kind;
        card.offers = uint96((card.offers & ~(uint256(type(uint32).max) << shift)) | (uint256(termsId) << shift));
        emit OfferChanged(modelId, kind, termsId);
    }

    /// @inheritdoc IModelRegistry
    function setAgent(uint256 modelId, address agent) external onlyModelOwner(modelId) {
        _cards[modelId].agent = agent;
        emit AgentChanged(modelId, agent);
    }

    /// @inheritdoc IModelRegistry
    function setUri(uint256 modelId, string calldata uri) external onlyModelOwner(modelId) {
        _cards[modelId].uri = uri;
        emit UriChanged(modelId, uri);
        emit MetadataUpdate(modelId);
    }

    /// @inheritdoc IModelRegistry
    function setPayees(uint256 modelId, Payee[] calldata payees) external onlyModelOwner(modelId) {
        _setPayees(modelId, payees);
    }

    /// @inheritdoc IModelRegistry
    function setResale(uint256 modelId, address receiver, uint16 bps) external {
        (address current, uint256 currentBps) = royaltyInfo(modelId, _feeDenominator());
        if (current != msg.sender) revert ModelRegistry_NotResaleReceiver(modelId, msg.sender);
        if (bps > currentBps) revert ModelRegistry_ResaleAboveCap(bps, currentBps);
        _writeResale(modelId, receiver, bps);
    }

    /// @inheritdoc IModelRegistry
    function model(uint256 modelId) external view returns (Model memory) {
        Card storage card = _cards[modelId];
        Release storage first = _first(modelId);
        uint32[3] memory offers;
        for (uint8 kind = 0; kind < TermsKind.COUNT; ++kind) offers[kind] = offerOf(modelId, kind);
        return
            Model({
                agent: card.agent,
                offers: offers,
                release: 1 + _laterReleases[modelId],
                slashBps: first.slashBps,
                mintedAt: first.releasedAt,
                uri: card.uri
            });
    }

    /// @inheritdoc IModelRegistry
    function offerOf(uint256 modelId, uint8 kind) public view override(ChildTerms, IModelRegistry) returns (uint32) {
        return kind < TermsKind.COUNT ? uint32(_cards[modelId].offers >> (32 * kind)) : 0;
    }

    /// @inheritdoc IModelRegistry
    function slashBpsOf(uint256 modelId) external view returns (uint16) {
        return _first(modelId).slashBps;
    }

    /// @inheritdoc IModelRegistry
    function latestRelease(uint256 modelId) external view returns (uint32 number, uint40 graceEndsAt) {
        _first(modelId);
        number = 1 + _laterReleases[modelId];
        graceEndsAt = _releases[modelId][number].graceEndsAt;
    }

    /// @inheritdoc IModelRegistry
    function releaseOf(uint256 modelId, uint32 number) external view returns (Release memory) {
        return _released(modelId, number);
    }

    /// @inheritdoc IModelRegistry
    function codeBookOf(
        uint256 modelId,
        uint32 number
    ) external view returns (bytes32, bytes32, uint32, uint8, uint64) {
        Release storage released = _released(modelId, number);
        return (released.root, released.beacon, released.commonSize, released.bits, released.bookNumber);
    }

    /// @inheritdoc IModelRegistry
    function mayDeliver(uint256 modelId, address caller) public view returns (bool) {
        return caller != address(0) && (_ownerOf(modelId) == caller || _cards[modelId].agent == caller);
    }

    /// @notice Where the publisher of a model answers.
    function tokenURI(uint256 modelId) public view override returns (string memory) {
        _modelOwner(modelId);
        return _cards[modelId].uri;
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 id) public view override(ERC721, ERC2981, IERC165) returns (bool) {
        // ERC-4906 fixes its own id
        return id == bytes4(0x49064906) || ERC721.supportsInterface(id) || ERC2981.supportsInterface(id);
    }

    /// @dev What the former owner appointed ends with its ownership.
    function _update(address to, uint256 modelId, address auth) internal override returns (address from) {
        from = super._update(to, modelId, auth);
        if (from == address(0) || from == to) return from;
        _clearPayees(modelId);
        if (_cards[modelId].agent == address(0)) return from;
        _cards[modelId].agent = address(0);
        emit AgentChanged(modelId, address(0));
    }

    /// @dev The first offer tells for good what a claim of disguised use takes: hosts can read it before they dare.
    function _slashBps(uint32[3] calldata offers) private view returns (uint16 slashBps) {
        for (uint256 kind = 0; kind < TermsKind.COUNT; ++kind) {
            if (offers[kind] == 0) continue;
            (, , slashBps) = terms.ratesOf(offers[kind]);
            return slashBps;
        }
        revert ModelRegistry_NoOffer();
    }

    function _pack(uint256 modelId, uint32[3] calldata offers) private returns (uint96 packed) {
        for (uint8 kind = 0; kind < TermsKind.COUNT; ++kind) {
            if (offers[kind] == 0) continue;
            _checkOffer(modelId, kind, offers[kind], offers[TermsKind.SERVE]);
            packed |= uint96(offers[kind]) << (32 * kind);
            emit OfferChanged(modelId, kind, offers[kind]);
        }
    }

    function _checkOffer(uint256 modelId, uint8 kind, uint32 termsId, uint32 serveTermsId) private view {
        if (terms.kindOf(termsId) != kind) revert ModelRegistry_WrongKind(termsId, kind);
        _checkHosting(modelId, kind, termsId, serveTermsId);
        if (kind != TermsKind.DERIVE) return;
        (uint16 royaltyBps, ) = terms.derivingOf(termsId);
        _checkDerivable(modelId, royaltyBps);
    }

    function _record(
        uint256 modelId,
        uint32 number,
        CodeBook calldata codeBook,
        uint40 graceEndsAt,
        uint16 slashBps
    ) private returns (bytes32 commitId) {
        bytes32 value;
        uint64 bookNumber;
        (commitId, value, bookNumber) = _use(codeBook);
        _releases[modelId][number] = Release({
            root: codeBook.root,
            beacon: value,
            size: codeBook.size,
            commonSize: codeBook.commonSize,
            bits: codeBook.bits,
            releasedAt: uint40(block.timestamp),
            graceEndsAt: graceEndsAt,
            slashBps: slashBps,
            bookNumber: bookNumber
        });
    }

    function _writeResale(uint256 modelId, address receiver, uint16 bps) private {
        _setTokenRoyalty(modelId, receiver, bps);
        emit ResaleChanged(modelId, receiver, bps);
    }

    function _first(uint256 modelId) private view returns (Release storage first) {
        first = _releases[modelId][1];
        if (first.releasedAt == 0) revert ModelRegistry_UnknownModel(modelId);
    }

    function _released(uint256 modelId, uint32 number) private view returns (Release storage released) {
        released = _releases[modelId][number];
        if (released.releasedAt == 0) revert ModelRegistry_UnknownRelease(modelId, number);
    }

    function _modelOwner(uint256 modelId) internal view override(Lineage, Payees) returns (address owner) {
        owner = _ownerOf(modelId);
        if (owner == address(0)) revert ModelRegistry_UnknownModel(modelId);
    }

    function _agentOf(uint256 modelId) internal view override returns (address) {
        return _cards[modelId].agent;
    }
}
