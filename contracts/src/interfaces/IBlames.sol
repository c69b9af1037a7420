// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Receipt} from "./Claims.sol";
import {IAppeals} from "./IAppeals.sol";
import {ICredits} from "./ICredits.sol";
import {ITitleBonds} from "./ITitleBonds.sol";
import {BatchOpening} from "./IVerifierRegistry.sol";

/// @notice HEARD: by its committee. DECIDED: may be appealed until `appealBy`. APPEALED: waits for the arbitrator.
/// RULED: the arbitrator has spoken. CLOSED: the claim court has ended the claim.
enum BlameState {
    NONE,
    HEARD,
    DECIDED,
    APPEALED,
    RULED,
    CLOSED
}

/// @notice What a juror votes for, and an arbitrator rules; its 0 leaves all as it was. REPEATED: under one engine and
/// quantisation that the release lists, at least half of all hits repeat on the editions that were delivered.
enum Finding {
    NONE,
    NOT_REPEATED,
    REPEATED
}

struct Blame {
    bytes32 claimId;
    address payer; // of the deposit
    BlameState state;
    bool upheld;
    uint64 appealBy; // of an appealed blame: when the arbitrator must have ruled
    uint256 committeeId;
}

/// @notice How a blame ended, and what the claim court needs to end the claim.
struct Resolution {
    uint256 blameId;
    address claimant;
    BatchOpening batch;
    uint256[] licenseIds; // which the hits name,
    uint256[] hits; // and how many each
    bool upheld;
    address payer;
    uint256 spent; // on the committee
}

/// @notice Hears a host's answer to a claim of disguised use (protocol §5, Blame): the editions that it was delivered
/// answer these keys by themselves. A committee is shown the editions, sealed, and asks them. Trusted: the committee as
/// far as ICommittees says, and the arbitrator.
interface IBlames is IAppeals, ICredits {
    event EditionRecorded(uint256 indexed licenseId, uint32 indexed release, bytes32 fileDigest);
    event BlameFiled(
        uint256 indexed blameId,
        bytes32 indexed claimId,
        address indexed payer,
        uint256 deposit,
        uint256 committeeId,
        uint256[] licenseIds,
        uint256[] hits
    );
    event BlameEvidence(uint256 indexed blameId, address indexed by, bytes32 evidenceHash, string evidenceUri);
    event BlameDecided(uint256 indexed blameId, bool upheld, uint64 appealBy);
    event BlameAppealed(uint256 indexed blameId, address indexed appellant, uint256 disputeId, uint64 ruleBy);
    event BlameRuled(uint256 indexed blameId, bool upheld);
    /// @notice `spent` on the committee; the rest of the deposit burned, or went back where the blame was upheld.
    event BlameClosed(uint256 indexed blameId, bytes32 indexed claimId, bool upheld, uint256 spent);
    event MarksAppealed(uint256 indexed blameId, address indexed appellant, uint256 disputeId);
    event MarksLifted(uint256 indexed blameId);

    error Blames_UnknownBlame(uint256 blameId);
    error Blames_WrongState(uint256 blameId, BlameState state);
    error Blames_NotTheHost(address account, address caller);
    error Blames_StillHeard(uint256 blameId, uint256 committeeId);
    error Blames_TooEarly(uint64 readyAt);
    error Blames_TooLate(uint64 endedAt);
    error Blames_NothingMarked(uint256 blameId);
    error Blames_NotDeliverer(uint256 licenseId, address caller);
    error Blames_InvalidDigest(uint256 licenseId);
    error Blames_AlreadyRecorded(uint256 licenseId, uint32 release);

    /// @notice Records the SHA-256 of an edition's unsealed file, whole as delivered, tokenizer and all; by the model's
    /// owner or agent, once.
    function recordEdition(uint256 licenseId, uint32 release, bytes32 fileDigest) external;
    /// @notice Blames the editions for all hits of a claim, whose receipts are these in their order, in one case, by
    /// the claimed account or one of its signers, against a deposit of the committee's cost (needs an allowance).
    /// `evidence` leads to what the host sealed to the jurors.
    function blame(
        address claimant,
        BatchOpening calldata batch,
        Receipt[] calldata receipts,
        bytes32 evidenceHash,
        string calldata evidenceUri
    ) external returns (uint256 blameId);
    /// @notice Points to evidence on an open blame, by anyone.
    function submitEvidence(uint256 blameId, bytes32 evidenceHash, string calldata evidenceUri) external;
    /// @notice Applies what the committee said, by anyone, once its votes are counted. Upheld: two thirds of its seats
    /// saw the hits repeat. Where there was no committee, the blame is not upheld.
    function decide(uint256 blameId) external returns (bool upheld);
    /// @notice Takes a verdict to the arbitrator, by anyone who pays its fee in the chain's own coin.
    function appeal(uint256 blameId) external payable returns (uint256 disputeId);
    /// @notice Ends the blame and its claim, by anyone, once nothing can be appealed any more. `licenseIds` and `hits`
    /// stand in `BlameFiled`. Upheld: marks the models of the licenses.
    function close(
        uint256 blameId,
        address claimant,
        BatchOpening calldata batch,
        uint256[] calldata licenseIds,
        uint256[] calldata hits
    ) external;
    /// @notice Asks the arbitrator to lift the marks that a blame left, by anyone who pays its fee: it does if it rules
    /// NOT_REPEATED.
    function appealMarks(uint256 blameId) external payable returns (uint256 disputeId);

    function titles() external view returns (ITitleBonds);
    function blameOf(uint256 blameId) external view returns (Blame memory);
    function blameCount() external view returns (uint256);
    /// @notice SHA-256 of an edition's unsealed file; 0: none recorded.
    function fileDigestOf(uint256 licenseId, uint32 release) external view returns (bytes32);
    /// @notice Was an upheld blame about the license's editions? Then a trace to them takes no leak bond.
    function isFreed(uint256 licenseId) external view returns (bool);
}
