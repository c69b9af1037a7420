// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice LEAK: an endpoint serves a model and signs nothing. NAME: a registered name impersonates somebody.
enum ReportKind {
    LEAK,
    NAME
}

/// @notice DRAWING: waits for its beacon. VOTING: the committee probes, commits and reveals. DECIDED: may be appealed
/// until `appealBy`.
/// APPEALED: waits for the arbitrator. RULED: the arbitrator has spoken. CLOSED: everybody has been credited.
enum ReportState {
    NONE,
    DRAWING,
    VOTING,
    DECIDED,
    APPEALED,
    RULED,
    CLOSED
}

/// @notice What a juror says. There is no "innocent": a missing match proves nothing.
/// MATCH: the endpoint serves the model (or the name impersonates). TRACED: and its edition is that of the license in
/// the report.
enum Vote {
    NONE,
    INCONCLUSIVE,
    MATCH,
    TRACED
}

/// @notice UNDECIDED: no two thirds of the seats agree. DISMISSED, UPHELD, TRACED: they do.
/// The last three are, in this order from 1, the rulings that an arbitrator chooses from; 0 leaves the verdict as it
/// was.
enum Outcome {
    UNDECIDED,
    DISMISSED,
    UPHELD,
    TRACED
}

struct Report {
    address reporter;
    uint32 population; // verifiers on record when it was filed: only they can be drawn
    ReportKind kind;
    ReportState state;
    Outcome outcome;
    Outcome enforced; // what has been applied so far
    uint8 seats; // jurors drawn
    uint8 committed;
    uint8 inconclusive; // votes shown
    uint8 matches;
    uint8 traced;
    uint64 filedBlock;
    uint64 beaconBlock;
    uint64 voteBy;
    uint64 revealBy;
    uint64 appealBy; // of an appealed report: when the arbitrator must have ruled
    uint64 bond;
    uint64 fees; // the reporter's, not yet paid to jurors
    uint64 jurorFee;
    uint64 jurorDeposit;
    uint64 jurorPenalty;
    uint64 costCap;
    uint256 modelId; // 0 for a name
    uint256 licenseId; // 0: not traced, or a name
    bytes32 subject; // keccak256 of the endpoint, or the name's id
    address accused; // account of the license or holder of the name, when it was filed; 0: unknown
    uint256 disputeId;
}

struct Juror {
    uint128 deposit;
    uint128 locked; // in reports that it sits on
    uint64 enrolledBlock; // of the last deposit: a juror sits only on reports filed later
}

struct LeakReport {
    uint256 modelId;
    uint256 licenseId; // whose edition the reporter traces it to; 0: unknown
    string endpoint; // public URL, 1 to 256 bytes
    bytes32 evidenceHash; // keccak256 of what `evidenceUri` leads to
    string evidenceUri;
}

/// @notice Hears reports about what no contract can check (protocol §4.8): endpoints that sign nothing, and names that
/// impersonate.
/// A committee drawn by beacon from the staked verifiers votes blind; two thirds of its seats decide; an ERC-792
/// arbitrator hears
/// appeals. A verdict may delist an endpoint, suspend a license, freeze its payouts and take its leak bond; never an
/// account bond.
/// Trusted: that fewer than two thirds of a drawn committee collude, and the arbitrator. Evidence is data for jurors,
/// never code.
interface ILeakCourt {
    event JurorEnrolled(address indexed juror, uint256 amount, uint256 deposit);
    event JurorResigned(address indexed juror, uint256 amount, uint256 deposit);
    event LeakReported(
        uint256 indexed reportId,
        address indexed reporter,
        uint256 indexed modelId,
        uint256 licenseId,
        string endpoint,
        uint256 bond,
        uint256 fees,
        uint256 beaconBlock
    );
    event NameReported(
        uint256 indexed reportId,
        address indexed reporter,
        bytes32 indexed nameId,
        address holder,
        uint256 bond,
        uint256 fees,
        uint256 beaconBlock
    );
    event EvidenceSubmitted(uint256 indexed reportId, address indexed by, bytes32 evidenceHash, string evidenceUri);
    /// @notice Nobody drew within 256 blocks of the beacon: another one was set.
    event DrawPostponed(uint256 indexed reportId, uint256 beaconBlock);
    event CommitteeDrawn(uint256 indexed reportId, address[] jurors, uint64 voteBy, uint64 revealBy);
    event VoteCommitted(uint256 indexed reportId, address indexed juror, bytes32 commitment);
    event VoteRevealed(
        uint256 indexed reportId,
        address indexed juror,
        Vote vote,
        bytes32 evidenceHash,
        string evidenceUri
    );
    event JurorPaid(uint256 indexed reportId, address indexed juror, uint256 amount);
    event JurorPenalised(uint256 indexed reportId, address indexed juror, uint256 amount);
    event ReportDecided(
        uint256 indexed reportId,
        Outcome outcome,
        uint256 inconclusive,
        uint256 matches,
        uint256 traced,
        uint64 appealBy
    );
    event ReportAppealed(uint256 indexed reportId, address indexed appellant, uint256 disputeId, uint64 ruleBy);
    event ReportRuled(uint256 indexed reportId, Outcome outcome);
    /// @notice Credits by one report: bond, unused fees and costs to the reporter, costs to the owner, compensation for
    /// a dismissed report
    /// to the accused, the rest to 0x...dEaD.
    event ReportClosed(
        uint256 indexed reportId,
        Outcome outcome,
        uint256 toReporter,
        uint256 toOwner,
        uint256 toAccused,
        uint256 burned
    );
    event EndpointDelisted(bytes32 indexed endpointHash, uint256 indexed modelId, uint256 indexed reportId);
    event EndpointRelisted(bytes32 indexed endpointHash, uint256 indexed modelId, uint256 indexed reportId);
    event Withdrawn(address indexed payee, uint256 amount);

    error LeakCourt_UnknownReport(uint256 reportId);
    error LeakCourt_WrongState(uint256 reportId, ReportState state);
    error LeakCourt_InvalidEndpoint(uint256 length);
    error LeakCourt_UnknownModel(uint256 modelId);
    error LeakCourt_NotOfModel(uint256 licenseId, uint256 modelId);
    error LeakCourt_UnknownName(bytes32 nameId);
    error LeakCourt_BeaconNotReady(uint256 beaconBlock);
    error LeakCourt_NotOnCommittee(uint256 reportId, address caller);
    error LeakCourt_AlreadyCommitted(uint256 reportId, address juror);
    error LeakCourt_VotingOver(uint64 endedAt);
    error LeakCourt_TooEarly(uint64 readyAt);
    error LeakCourt_WrongOpening(uint256 reportId, address juror);
    error LeakCourt_InvalidVote(Vote vote);
    error LeakCourt_InsufficientDeposit(address juror, uint256 free, uint256 asked);
    error LeakCourt_FeeTooLow(uint256 sent, uint256 cost);
    error LeakCourt_RefundFailed(address appellant, uint256 amount);
    error LeakCourt_NotArbitrator(address caller);
    error LeakCourt_UnknownDispute(uint256 disputeId);
    error LeakCourt_InvalidRuling(uint256 ruling);
    error LeakCourt_NothingOwed(address payee);

    /// @notice Adds to the caller's juror deposit (needs an allowance). Whoever is staked and has enough of it free may
    /// be drawn.
    function enrol(uint256 amount) external;
    /// @notice Pays `amount` of the caller's free juror deposit back.
    function resign(uint256 amount) external;

    /// @notice Reports an endpoint that signs nothing; the caller posts the report bond and a fee for every seat (needs
    /// an allowance).
    function reportLeak(LeakReport calldata params) external returns (uint256 reportId);
    /// @notice Reports a name that impersonates somebody; costs the same. The name can't change hands until the report
    /// is closed.
    function reportName(
        bytes32 nameId,
        bytes32 evidenceHash,
        string calldata evidenceUri
    ) external returns (uint256 reportId);
    /// @notice Points to evidence on an open report, by anyone.
    function submitEvidence(uint256 reportId, bytes32 evidenceHash, string calldata evidenceUri) external;
    /// @notice Draws the committee once the beacon is known, by anyone. A report for which too few jurors are found
    /// ends undecided.
    function drawCommittee(uint256 reportId) external;
    /// @notice `commitment = keccak256(abi.encode(block.chainid, court, reportId, juror, vote, evidenceHash, salt))`,
    /// by a juror, once.
    function commitVote(uint256 reportId, bytes32 commitment) external;
    /// @notice Shows a committed vote with what the juror's own probes gave, after all commitments are in.
    function revealVote(
        uint256 reportId,
        Vote vote,
        bytes32 salt,
        bytes32 evidenceHash,
        string calldata evidenceUri
    ) external;
    /// @notice Counts the votes, by anyone, when all are shown or the time is over: pays the jurors who revealed and
    /// applies the verdict.
    function decide(uint256 reportId) external returns (Outcome outcome);
    /// @notice Takes a verdict to the arbitrator, by anyone who pays its fee in the chain's own coin; what is too much
    /// comes back.
    function appeal(uint256 reportId) external payable returns (uint256 disputeId);
    /// @notice Credits everybody and ends the report, by anyone, once it can't be appealed any more.
    function close(uint256 reportId) external;
    /// @notice Pays what this court owes `payee`, by anyone.
    function withdraw(address payee) external returns (uint256 amount);

    /// @notice What the arbitrator asks for an appeal at present, in wei.
    function appealCost() external view returns (uint256);
    function report(uint256 reportId) external view returns (Report memory);
    function reportCount() external view returns (uint256);
    function committee(uint256 reportId) external view returns (address[] memory);
    function voteOf(uint256 reportId, address juror) external view returns (bytes32 commitment, Vote vote);
    function juror(address who) external view returns (Juror memory);
    function owed(address payee) external view returns (uint256);
    /// @notice Verdicts that stand against an endpoint as a source of this model: above zero, it is delisted.
    function delistings(uint256 modelId, bytes32 endpointHash) external view returns (uint256);
    /// @notice Every unit this court keeps: juror deposits, bonds and fees of open reports, and what it owes.
    function accounted() external view returns (uint256);
}
