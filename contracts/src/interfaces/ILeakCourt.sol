// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAppeals} from "./IAppeals.sol";
import {ICredits} from "./ICredits.sol";

/// @notice LEAK: an endpoint serves a model and signs nothing. NAME: a registered name impersonates somebody.
enum ReportKind {
    LEAK,
    NAME
}

/// @notice HEARD: by its committee. DECIDED: may be appealed until `appealBy`. APPEALED: waits for the arbitrator.
/// RULED: the arbitrator has spoken. CLOSED: everybody has been credited.
enum ReportState {
    NONE,
    HEARD,
    DECIDED,
    APPEALED,
    RULED,
    CLOSED
}

/// @notice UNDECIDED: no two thirds of the seats agree, or there was no committee. The others are, in this order from
/// 1, what a juror votes for and the rulings that an arbitrator chooses from; its 0 leaves the verdict as it was.
/// DISMISSED: a juror found nothing, which proves no innocence. UPHELD: the endpoint serves the model, or the name
/// impersonates. TRACED: and its edition is that of the license in the report.
enum Outcome {
    UNDECIDED,
    DISMISSED,
    UPHELD,
    TRACED
}

struct Report {
    address reporter;
    ReportKind kind;
    ReportState state;
    Outcome outcome;
    Outcome enforced; // what has been applied so far
    uint64 appealBy; // of an appealed report: when the arbitrator must have ruled
    uint64 bond;
    uint64 costCap;
    uint256 committeeId;
    uint256 modelId; // 0 for a name
    uint256 licenseId; // 0: not traced, or a name
    bytes32 subject; // keccak256 of the endpoint, or the name's id
    address accused; // account of the license or holder of the name, when it was filed; 0: unknown
    uint256 disputeId;
}

struct LeakReport {
    uint256 modelId;
    uint256 licenseId; // whose edition the reporter traces it to; 0: unknown
    string endpoint; // public URL, 1 to 256 bytes
    bytes32 evidenceHash; // keccak256 of what `evidenceUri` leads to
    string evidenceUri;
}

/// @notice Hears reports about what no contract can check (protocol §4.8): endpoints that sign nothing, and names that
/// impersonate. A committee votes blind; two thirds of its seats decide; an ERC-792 arbitrator hears appeals, and
/// decides where no committee could. A verdict may delist an endpoint, suspend a license, freeze its payouts and take
/// its leak bond; never an account bond. Trusted: the committee as far as ICommittees says, and the arbitrator.
interface ILeakCourt is IAppeals, ICredits {
    event LeakReported(
        uint256 indexed reportId,
        address indexed reporter,
        uint256 indexed modelId,
        uint256 licenseId,
        string endpoint,
        uint256 bond,
        uint256 committeeId
    );
    event NameReported(
        uint256 indexed reportId,
        address indexed reporter,
        bytes32 indexed nameId,
        address holder,
        uint256 bond,
        uint256 committeeId
    );
    event EvidenceSubmitted(uint256 indexed reportId, address indexed by, bytes32 evidenceHash, string evidenceUri);
    event ReportDecided(uint256 indexed reportId, Outcome outcome, uint64 appealBy);
    event ReportAppealed(uint256 indexed reportId, address indexed appellant, uint256 disputeId, uint64 ruleBy);
    event ReportRuled(uint256 indexed reportId, Outcome outcome);
    /// @notice Credits by one report: bond and costs to the reporter, costs to the owner, compensation for a dismissed
    /// report to the accused, the rest to 0x...dEaD.
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

    error LeakCourt_UnknownReport(uint256 reportId);
    error LeakCourt_WrongState(uint256 reportId, ReportState state);
    error LeakCourt_InvalidEndpoint(uint256 length);
    error LeakCourt_UnknownModel(uint256 modelId);
    error LeakCourt_NotOfModel(uint256 licenseId, uint256 modelId);
    error LeakCourt_UnknownName(bytes32 nameId);
    error LeakCourt_StillHeard(uint256 reportId, uint256 committeeId);
    error LeakCourt_TooLate(uint64 endedAt);
    error LeakCourt_TooEarly(uint64 readyAt);

    /// @notice Reports an endpoint that signs nothing; the caller pays `cost()` (needs an allowance).
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
    /// @notice Applies what the committee said, by anyone, once its votes are counted or there was none.
    function decide(uint256 reportId) external returns (Outcome outcome);
    /// @notice Takes a verdict to the arbitrator, by anyone who pays its fee in the chain's own coin; what is too much
    /// comes back.
    function appeal(uint256 reportId) external payable returns (uint256 disputeId);
    /// @notice Credits everybody and ends the report, by anyone, once it can't be appealed any more.
    function close(uint256 reportId) external;

    /// @notice What a report costs at present: its bond and its committee.
    function cost() external view returns (uint256);
    function report(uint256 reportId) external view returns (Report memory);
    function reportCount() external view returns (uint256);
    /// @notice Verdicts that stand against an endpoint as a source of this model: above zero, it is delisted.
    function delistings(uint256 modelId, bytes32 endpointHash) external view returns (uint256);
}
