// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICredits} from "./ICredits.sol";

/// @notice DRAWING: waits for its round, then for its draw. VOTING: the jurors look for themselves, commit and reveal.
/// COUNTED: its votes stand. UNSEATED: its round is void, or jurors were too few: the arbitrator decides.
enum CommitteeState {
    NONE,
    DRAWING,
    VOTING,
    COUNTED,
    UNSEATED
}

/// @notice What a court asks a committee.
struct Summons {
    uint256 caseId; // the court's own number for it
    uint8 choices; // votes 1 to this are valid, 3 at most
    address payer; // whose money the court pays with, and who gets back what is not needed
    uint256 modelId; // 0: about none
    uint256 leastStake; // of a holder: a hurdle in front of what jurors are shown
    address[] parties; // who may not sit
}

struct Committee {
    address court;
    CommitteeState state;
    uint8 choices;
    uint8 draw; // 1 to 3
    uint8 size; // seats asked for
    uint8 seats; // and taken
    uint8 committed; // seats
    uint8 shown;
    uint64 round;
    uint64 filedAt; // holders paid out of the model's pool in the 90 days before it sit out
    uint64 filedBlock; // tickets enrolled before it are drawn,
    uint64 namedBlock; // unless they were struck by then: when this draw's round was named
    uint32 population; // tickets on record when it was filed
    uint32 looked; // of them, so far in this draw
    uint64 voteBy;
    uint64 revealBy;
    uint64 fee; // of a seat
    uint64 penalty; // of a seat
    uint8[4] votes; // by what they say, from 1; of the last draw
    uint256 caseId;
    uint256 modelId;
    uint96 leastStake;
    address payer;
}

/// @notice What a juror said in the last draw. Its one vote counts for every seat that its tickets were drawn for.
struct Ballot {
    bytes32 commitment;
    uint8 seats;
    uint8 vote; // 0: not shown
}

/// @notice Committees of staked verifiers, for every court that needs one (protocol §5, committees): tickets drawn by
/// beacon among those enrolled and staked when the case was filed, votes taken blind. Fewer than two thirds of the
/// seats that vote are no committee: it is drawn again, twice. Whoever stays away loses a part of its stake and its
/// tickets.
interface ICommittees is ICredits {
    /// @notice Also where it is drawn again.
    event CommitteeSummoned(
        uint256 indexed committeeId,
        address indexed court,
        uint256 indexed caseId,
        uint8 draw,
        uint64 round,
        uint32 population
    );
    event CommitteeDrawn(uint256 indexed committeeId, uint8 draw, address[] jurors, uint64 voteBy, uint64 revealBy);
    event VoteCommitted(uint256 indexed committeeId, address indexed juror, bytes32 commitment);
    event VoteRevealed(
        uint256 indexed committeeId,
        address indexed juror,
        uint8 vote,
        uint8 seats,
        bytes32 evidenceHash,
        string evidenceUri
    );
    event JurorPaid(uint256 indexed committeeId, address indexed juror, uint256 amount);
    event JurorPenalised(uint256 indexed committeeId, address indexed juror, uint256 amount);
    event CommitteeEnded(uint256 indexed committeeId, CommitteeState state, uint8 seats, uint8[4] votes);

    error Committees_NotDeployer(address caller);
    error Committees_NotCourt(address caller);
    error Committees_InvalidChoices(uint8 choices);
    error Committees_WrongState(uint256 committeeId, CommitteeState state);
    error Committees_NotOnCommittee(uint256 committeeId, address caller);
    error Committees_AlreadyCommitted(uint256 committeeId, address juror);
    error Committees_TooEarly(uint256 readyAt);
    error Committees_TooLate(uint256 endedAt);
    error Committees_TooFewVotes(uint256 committeeId, uint8 committed, uint8 seats);
    error Committees_WrongOpening(uint256 committeeId, address juror);
    error Committees_InvalidVote(uint8 vote);

    /// @notice Lets a court summon committees, by the deployer.
    function bindCourt(address court) external;
    /// @notice Courts only, which pay `cost()` (needs an allowance): asks for a committee, of the beacon's next round.
    function summon(Summons calldata summons) external returns (uint256 committeeId);
    /// @notice Looks at the next `looks` tickets of the draw, by anyone once the round is posted, until the committee
    /// is full or the list is through. Where the round is void there is no committee.
    function draw(uint256 committeeId, uint256 looks) external;
    /// @notice `commitment = keccak256(abi.encode(block.chainid, committees, committeeId, juror, vote, evidenceHash,
    /// salt))`, by a juror, once.
    function commitVote(uint256 committeeId, bytes32 commitment) external;
    /// @notice Shows a committed vote with what the juror itself found, once no other vote can be made any more.
    function revealVote(
        uint256 committeeId,
        uint8 vote,
        bytes32 salt,
        bytes32 evidenceHash,
        string calldata evidenceUri
    ) external;
    /// @notice Ends a draw whose votes are over, by anyone: pays who voted, takes from who did not. Fewer than two
    /// thirds of the seats: it is drawn again, or there is no committee.
    function count(uint256 committeeId) external;

    /// @notice What a committee costs at present: a fee for every seat.
    function cost() external view returns (uint256);
    function committeeCount() external view returns (uint256);
    function committee(uint256 committeeId) external view returns (Committee memory);
    /// @notice Who has been seated in the last draw, each once.
    function jurors(uint256 committeeId) external view returns (address[] memory);
    function ballotOf(uint256 committeeId, address juror) external view returns (Ballot memory);
    function isCourt(address court) external view returns (bool);
}
