// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice A committed code book. Leaves 0 to commonSize-1 are the common keys, which every edition carries.
struct CodeBook {
    bytes32 root; // keccak Merkle root over all leaves
    bytes32 poseidonRoot; // second root, unused in version 1
    uint32 size; // all leaves
    uint32 commonSize;
    uint8 bits; // 2^bits candidates per key, 1 to 6
}

struct Terms {
    uint256 floorPrice; // least amount of one booked use
    uint256 minBond; // a host reserves this much of its account bond per license
    uint16 ownerShareBps; // owner's share of what remains after protocol fee and pool
    uint16 slashBps; // of the account bond, per slash
    uint8 mode; // 0 FINGERPRINT (protocol §8)
    string uri; // the terms in words
}

struct Model {
    bytes32 codeBookRoot;
    bytes32 beacon; // selects the answer of every key
    bytes32 weightsDigest;
    bytes32 controlPanelDigest;
    bytes32 termsId;
    address agent; // publisher that may deliver editions for the owner
    uint32 commonSize;
    uint32 size;
    uint8 bits;
    uint64 mintedAt;
    string uri; // where the publisher of this model answers: card, probes, editions
}

struct MintParams {
    bytes32 commitId;
    address owner;
    address agent;
    bytes32 weightsDigest;
    bytes32 controlPanelDigest;
    Terms terms;
    uint256[] parents;
    string uri;
}

/// @notice Models as ERC-721 tokens. A code book is committed first, a later block's beacon selects the answers, then the model is minted.
interface IModelRegistry {
    event CodeBookCommitted(bytes32 indexed commitId, address indexed committer, CodeBook codeBook, uint256 beaconBlock);
    event BeaconDrawn(bytes32 indexed commitId, bytes32 beacon);
    event TermsRegistered(bytes32 indexed termsId, Terms terms);
    event ModelMinted(
        uint256 indexed modelId,
        address indexed owner,
        bytes32 indexed commitId,
        bytes32 termsId,
        address agent,
        bytes32 weightsDigest,
        bytes32 controlPanelDigest,
        uint256[] parents,
        string uri
    );
    event AgentChanged(uint256 indexed modelId, address agent);

    error ModelRegistry_AlreadyCommitted(bytes32 commitId);
    error ModelRegistry_InvalidCodeBook(uint32 size, uint32 commonSize, uint8 bits);
    error ModelRegistry_UnknownCommitment(bytes32 commitId);
    error ModelRegistry_BeaconNotReady(uint256 beaconBlock);
    error ModelRegistry_BeaconMissed(uint256 beaconBlock);
    error ModelRegistry_BeaconNotDrawn(bytes32 commitId);
    error ModelRegistry_AlreadyMinted(bytes32 commitId);
    error ModelRegistry_NotCommitter(address caller);
    error ModelRegistry_InvalidTerms();
    error ModelRegistry_ParentNotOwned(uint256 parentId, address owner);
    error ModelRegistry_TooManyParents(uint256 count);
    error ModelRegistry_NotOwner(uint256 modelId, address caller);
    error ModelRegistry_UnknownModel(uint256 modelId);

    /// @notice Commits a code book; `commitId = keccak256(abi.encode(msg.sender, codeBook))`. The beacon is the hash of block.number + beaconDelay.
    function commitCodeBook(CodeBook calldata codeBook) external returns (bytes32 commitId);
    /// @notice Records the beacon, by anyone, within 256 blocks of the beacon block; later the commitment is dead.
    function drawBeacon(bytes32 commitId) external returns (bytes32 beacon);
    /// @notice Mints the model of a drawn commitment; only its committer. Terms are de-duplicated to `keccak256(abi.encode(terms))`.
    /// Version 1 pays no royalties, so every parent must belong to the same owner, who then mints itself.
    function mint(MintParams calldata params) external returns (uint256 modelId);
    function setAgent(uint256 modelId, address agent) external;

    function beaconOf(bytes32 commitId) external view returns (bytes32);
    function model(uint256 modelId) external view returns (Model memory);
    function terms(bytes32 termsId) external view returns (Terms memory);
    function termsOf(uint256 modelId) external view returns (Terms memory);
    /// @notice The part of the terms that claims and bookings turn on.
    function ratesOf(uint256 modelId) external view returns (uint256 floorPrice, uint16 slashBps);
    /// @notice The part of a model that answers are checked against.
    function codeBookOf(uint256 modelId) external view returns (bytes32 root, bytes32 beacon, uint32 commonSize, uint8 bits);
    function parents(uint256 modelId) external view returns (uint256[] memory);
    /// @notice Is `modelId` the same as `ancestorId` or a registered descendant of it? Ancestors are fixed at mint, 32 at most.
    function isDescendant(uint256 modelId, uint256 ancestorId) external view returns (bool);
    /// @notice Owner or agent of the model.
    function mayDeliver(uint256 modelId, address caller) external view returns (bool);
}
