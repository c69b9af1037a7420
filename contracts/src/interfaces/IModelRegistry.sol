// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IBeacon} from "../beacon/IBeacon.sol";
import {Hosting} from "./ITermsRegistry.sol";

/// @notice A committed code book. Leaves 0 to commonSize-1 are the common keys, which every edition carries.
struct CodeBook {
    bytes32 root; // keccak Merkle root over all leaves
    bytes32 poseidonRoot; // second root, unused in version 1
    uint32 size; // all leaves
    uint32 commonSize;
    uint8 bits; // 2^bits candidates per key, 1 to 6
}

/// @notice What the contracts know of a model; its digests stand in the events.
struct Model {
    address agent; // publisher that may deliver editions and release for the owner
    uint32[3] offers; // terms for new licensees by TermsKind, 0: none
    uint32 release; // the latest
    uint16 slashBps; // of a host that uses the model without a license; fixed at mint
    uint40 mintedAt;
    string uri; // where the publisher of this model answers: card, probes, editions
}

/// @notice One immutable version of a model's weights, with the code book that was drawn for it.
struct Release {
    bytes32 root;
    bytes32 beacon; // value of the round that its commitment named; selects the answer of every key
    uint32 size;
    uint32 commonSize;
    uint8 bits;
    uint40 releasedAt;
    uint40 graceEndsAt; // until then licensees may stay on the release before; 0 for the first
    uint16 slashBps; // the model's, the same in every release
    uint64 bookNumber; // of its commitment, counted over all of them
}

/// @notice A model that the new one is built on.
struct Parent {
    uint256 modelId;
    uint256 licenseId; // the minter's ACTIVE DERIVE license on it; 0 where the parent is the owner's own
}

/// @notice A model that a descendant pays on every use, and its share of the net amount.
struct Ancestor {
    uint256 modelId;
    uint16 bps;
}

/// @notice A part of the owner's share.
struct Payee {
    address account;
    uint16 bps;
}

struct MintParams {
    CodeBook codeBook; // as committed by msg.sender
    address owner;
    address agent;
    bytes32 weightsDigest;
    bytes32 controlPanelDigest;
    uint32[3] offers; // terms ids by TermsKind, at least one
    Parent[] parents;
    uint16 resaleBps; // ERC-2981 share of the first owner, 0 for none
    string uri;
}

struct ReleaseParams {
    CodeBook codeBook; // as committed by msg.sender
    bytes32 weightsDigest;
    bytes32 controlPanelDigest;
    uint32 gracePeriod; // seconds
}

/// @notice Models as ERC-721 tokens with ERC-2981. A code book is committed first, a later round of the beacon selects
/// the answers, then the model is minted or released. A sale of the token moves the payouts and clears payees and
/// agent; offers, accepted terms, releases and royalties to ancestors stay.
interface IModelRegistry {
    event CodeBookCommitted(
        bytes32 indexed commitId,
        address indexed committer,
        CodeBook codeBook,
        uint64 bookNumber,
        uint64 round,
        uint256 fee
    );
    event ModelMinted(
        uint256 indexed modelId,
        address indexed owner,
        bytes32 indexed commitId,
        address agent,
        uint16 slashBps,
        string uri
    );
    /// @notice Also of the first release, at mint.
    event ModelReleased(
        uint256 indexed modelId,
        uint32 indexed release,
        bytes32 indexed commitId,
        bytes32 weightsDigest,
        bytes32 controlPanelDigest,
        uint40 graceEndsAt
    );
    /// @notice What a child owes for good; the first `parentCount` ancestors are its parents.
    event LineageFixed(
        uint256 indexed modelId,
        Ancestor[] ancestors,
        uint256 parentCount,
        uint16 totalBps,
        bool derivable
    );
    /// @notice The terms that new licensees of one kind accept; 0: none.
    event OfferChanged(uint256 indexed modelId, uint8 indexed kind, uint32 indexed termsId);
    event AgentChanged(uint256 indexed modelId, address agent);
    event UriChanged(uint256 indexed modelId, string uri);
    /// @notice Empty: everything goes to the owner of the token.
    event PayeesChanged(uint256 indexed modelId, Payee[] payees);
    event ModelMarked(uint256 indexed modelId);
    /// @notice Its last mark is undone.
    event ModelUnmarked(uint256 indexed modelId);
    event ResaleChanged(uint256 indexed modelId, address indexed receiver, uint16 bps);

    error ModelRegistry_AlreadyCommitted(bytes32 commitId);
    error ModelRegistry_InvalidCodeBook(uint32 size, uint32 commonSize, uint8 bits);
    error ModelRegistry_UnknownCommitment(bytes32 commitId);
    error ModelRegistry_CodeBookUsed(bytes32 commitId);
    error ModelRegistry_NoOffer();
    error ModelRegistry_WrongKind(uint32 termsId, uint8 kind);
    /// @notice These terms would have a child hosted for less than `least`.
    error ModelRegistry_TermsTooLax(uint256 modelId, uint32 termsId, Hosting least);
    error ModelRegistry_NotDerivable(uint256 modelId);
    error ModelRegistry_GraceTooShort(uint256 gracePeriod, uint256 min);
    error ModelRegistry_ParentNotLicensed(uint256 parentId, uint256 licenseId, address minter);
    error ModelRegistry_DuplicateParent(uint256 parentId);
    error ModelRegistry_TooManyAncestors(uint256 max);
    error ModelRegistry_RoyaltiesAboveCap(uint256 totalBps);
    error ModelRegistry_InvalidPayee(address account, uint16 bps);
    error ModelRegistry_InvalidPayees(uint256 count, uint256 totalBps);
    error ModelRegistry_ResaleAboveCap(uint256 bps, uint256 max);
    error ModelRegistry_NotResaleReceiver(uint256 modelId, address caller);
    error ModelRegistry_NotOwner(uint256 modelId, address caller);
    error ModelRegistry_NotDeliverer(uint256 modelId, address caller);
    error ModelRegistry_UnknownModel(uint256 modelId);
    error ModelRegistry_UnknownRelease(uint256 modelId, uint256 release);
    error ModelRegistry_NotDeployer(address caller);
    error ModelRegistry_AlreadyBound(address bound);
    error ModelRegistry_NotBlameCourt(address caller);

    /// @notice Commits a code book to the beacon's next round, and burns a fee (needs an allowance);
    /// `commitId = keccak256(abi.encode(msg.sender, codeBook))`. It serves one release of one model; a void round voids
    /// it, and the same code book can't be committed again.
    function commitCodeBook(CodeBook calldata codeBook) external returns (bytes32 commitId);
    /// @notice Mints the model of msg.sender's commitment as its release 1, once its round is posted. A parent needs
    /// msg.sender's ACTIVE DERIVE license on it, or to be msg.sender's own, or the new owner's own with msg.sender as
    /// its agent.
    function mint(MintParams calldata params) external returns (uint256 modelId);
    /// @notice Adds a release of msg.sender's commitment, by owner or agent. Licensees have the grace period to move.
    function release(uint256 modelId, ReleaseParams calldata params) external returns (uint32 number);
    /// @notice Changes what new licensees of one kind accept, by the owner; 0 withdraws the offer. Accepted licenses
    /// keep their terms.
    function setOffer(uint256 modelId, uint8 kind, uint32 termsId) external;
    function setAgent(uint256 modelId, address agent) external;
    function setUri(uint256 modelId, string calldata uri) external;
    /// @notice Splits the owner's share among at most 8 accounts, 10,000 basis points together; an empty list undoes
    /// it.
    function setPayees(uint256 modelId, Payee[] calldata payees) external;
    /// @notice Hands the ERC-2981 share on or lowers it, by its receiver alone.
    function setResale(uint256 modelId, address receiver, uint16 bps) external;

    /// @notice Blame court only: no license on the model is active or accepted any more. Marks are counted.
    function markModel(uint256 modelId) external;
    /// @notice Blame court only: undoes one mark.
    function unmarkModel(uint256 modelId) external;

    /// @notice Names the license registry, by the deployer, once.
    function bindLicenses(address licenses) external;
    /// @notice Names the court that rules on blame, by the deployer, once.
    function bindBlameCourt(address blameCourt) external;
    function blameCourt() external view returns (address);

    /// @notice Models minted so far; ids start at 1.
    function modelCount() external view returns (uint256);
    /// @notice Code books committed so far, minted or not: a claim needs the more points, the more there are.
    function codeBookCount() external view returns (uint64);
    function beacon() external view returns (IBeacon);
    function model(uint256 modelId) external view returns (Model memory);
    /// @notice The terms id that a new licensee accepts, 0 if none is offered.
    function offerOf(uint256 modelId, uint8 kind) external view returns (uint32 termsId);
    /// @notice What an offer must ask of hosts at least: SERVE terms, by the licenses that the model was built under;
    /// DERIVE terms, of a child's hosts, also by what the model itself ever asked.
    function leastHostingOf(uint256 modelId, uint8 kind) external view returns (Hosting memory);
    /// @notice Share of the account bond that a claim of disguised use on this model takes.
    function slashBpsOf(uint256 modelId) external view returns (uint16);
    /// @notice The latest release and the end of its grace period.
    function latestRelease(uint256 modelId) external view returns (uint32 number, uint40 graceEndsAt);
    /// @notice Releases count from 1.
    function releaseOf(uint256 modelId, uint32 number) external view returns (Release memory);
    /// @notice The part of a release that answers are checked against.
    function codeBookOf(
        uint256 modelId,
        uint32 number
    ) external view returns (bytes32 root, bytes32 value, uint32 commonSize, uint8 bits, uint64 bookNumber);
    /// @notice Direct parents.
    function parents(uint256 modelId) external view returns (uint256[] memory);
    /// @notice Every ancestor, parents first, 16 at most; fixed at mint. An ancestor reached on several ways is owed
    /// once, the largest share.
    function ancestorsOf(uint256 modelId) external view returns (Ancestor[] memory);
    /// @notice What all ancestors together are owed of the net amount of a use, 5,000 basis points at most.
    function lineageOf(uint256 modelId) external view returns (uint16 totalBps);
    /// @notice What one ancestor is owed of the net amount of a use.
    function royaltyOf(uint256 modelId, uint256 ancestorId) external view returns (uint16 bps);
    /// @notice Is `modelId` the same as `ancestorId` or a registered descendant of it?
    function isDescendant(uint256 modelId, uint256 ancestorId) external view returns (bool);
    /// @notice Do the licenses it was built under let others build on it?
    function isDerivable(uint256 modelId) external view returns (bool);
    /// @notice Who shares the owner's part; the owner alone unless it named others.
    function payeesOf(uint256 modelId) external view returns (Payee[] memory);
    /// @notice Since when the model is marked: an upheld blame showed that editions of it answer for another model.
    /// 0: it is not.
    function markedAt(uint256 modelId) external view returns (uint40);
    /// @notice Owner or agent of the model.
    function mayDeliver(uint256 modelId, address caller) external view returns (bool);
}
