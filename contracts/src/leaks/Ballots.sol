// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Deck} from "./Deck.sol";
import {Jurors} from "./Jurors.sol";
import {ILeakCourt, Outcome, Report, ReportKind, ReportState, Vote} from "../interfaces/ILeakCourt.sol";
import {IParameters, Rules} from "../interfaces/IParameters.sol";
import {IVerifierRegistry} from "../interfaces/IVerifierRegistry.sol";
import {Beacon} from "../libraries/Beacon.sol";

/// @title The part of the leak court that draws committees, takes their votes blind, and counts them.
abstract contract Ballots is Jurors {
    struct Ballot {
        bytes32 commitment;
        bool seated;
        Vote vote;
    }

    /// @dev Of at most this many drawn verifiers it is asked whether they may sit: a bound on the gas of a draw.
    uint256 private constant MAX_LOOKS = 64;

    uint64 internal immutable _beaconDelay;
    uint64 private immutable _voteWindow;
    uint64 private immutable _revealWindow;
    uint64 internal immutable _appealWindow;
    uint8 internal immutable _committeeSize;
    uint8 private immutable _leastJurors;

    mapping(uint256 reportId => Report) internal _reports;
    mapping(uint256 reportId => address[]) internal _committees;
    mapping(uint256 reportId => mapping(address juror => Ballot)) private _ballots;

    constructor(IParameters parameters, IVerifierRegistry verifiers_) Jurors(parameters, verifiers_) {
        Rules memory rules = parameters.rules();
        _beaconDelay = rules.beaconDelay;
        _voteWindow = rules.voteWindow;
        _revealWindow = rules.revealWindow;
        _appealWindow = rules.appealWindow;
        _committeeSize = rules.committeeSize;
        _leastJurors = rules.leastJurors;
    }

    /// @inheritdoc ILeakCourt
    function drawCommittee(uint256 reportId) external {
        Report storage stored = _inState(reportId, ReportState.DRAWING);
        if (!Beacon.isReady(stored.beaconBlock)) revert LeakCourt_BeaconNotReady(stored.beaconBlock);
        bytes32 beacon = Beacon.hashAt(stored.beaconBlock);
        if (beacon == 0) return _postpone(reportId, stored);
        address[] memory jurors = _pick(reportId, stored, beacon);
        if (jurors.length < _leastJurors) {
            emit ReportDecided(reportId, Outcome.UNDECIDED, 0, 0, 0, uint64(block.timestamp));
            return _end(reportId, stored);
        }
        for (uint256 i = 0; i < jurors.length; ++i) {
            _ballots[reportId][jurors[i]].seated = true;
            _lock(stored, jurors[i]);
        }
        _committees[reportId] = jurors;
        stored.state = ReportState.VOTING;
        stored.seats = uint8(jurors.length);
        stored.voteBy = uint64(block.timestamp) + _voteWindow;
        stored.revealBy = stored.voteBy + _revealWindow;
        emit CommitteeDrawn(reportId, jurors, stored.voteBy, stored.revealBy);
    }

    /// @inheritdoc ILeakCourt
    function commitVote(uint256 reportId, bytes32 commitment) external {
        Report storage stored = _inState(reportId, ReportState.VOTING);
        Ballot storage mine = _ballotOf(reportId);
        if (mine.commitment != 0) revert LeakCourt_AlreadyCommitted(reportId, msg.sender);
        if (block.timestamp > stored.voteBy) revert LeakCourt_VotingOver(stored.voteBy);
        mine.commitment = commitment;
        stored.committed += 1;
        emit VoteCommitted(reportId, msg.sender, commitment);
    }

    /// @inheritdoc ILeakCourt
    function revealVote(
        uint256 reportId,
        Vote vote,
        bytes32 salt,
        bytes32 evidenceHash,
        string calldata evidenceUri
    ) external {
        Report storage stored = _inState(reportId, ReportState.VOTING);
        Ballot storage mine = _ballotOf(reportId);
        // Nobody shows a vote while another can still be made after it.
        if (stored.committed < stored.seats && block.timestamp <= stored.voteBy)
            revert LeakCourt_TooEarly(stored.voteBy);
        if (block.timestamp > stored.revealBy) revert LeakCourt_VotingOver(stored.revealBy);
        bytes32 opened = keccak256(
            abi.encode(block.chainid, address(this), reportId, msg.sender, vote, evidenceHash, salt)
        );
        if (mine.vote != Vote.NONE || mine.commitment != opened) revert LeakCourt_WrongOpening(reportId, msg.sender);
        if (vote == Vote.NONE || (vote == Vote.TRACED && stored.licenseId == 0)) revert LeakCourt_InvalidVote(vote);
        mine.vote = vote;
        if (vote == Vote.TRACED) stored.traced += 1;
        else if (vote == Vote.MATCH) stored.matches += 1;
        else stored.inconclusive += 1;
        emit VoteRevealed(reportId, msg.sender, vote, evidenceHash, evidenceUri);
    }

    /// @inheritdoc ILeakCourt
    function committee(uint256 reportId) external view returns (address[] memory) {
        return _committees[reportId];
    }

    /// @inheritdoc ILeakCourt
    function voteOf(uint256 reportId, address juror_) external view returns (bytes32 commitment, Vote vote) {
        Ballot storage ballot = _ballots[reportId][juror_];
        return (ballot.commitment, ballot.vote);
    }

    /// @inheritdoc ILeakCourt
    function report(uint256 reportId) external view returns (Report memory) {
        return _reports[reportId];
    }

    /// @dev Two thirds of the seats, not of those who showed up: silence convicts nobody, and acquits nobody.
    function _count(Report storage stored) internal view returns (Outcome) {
        uint256 quorum = 2 * uint256(stored.seats);
        if (3 * uint256(stored.traced) >= quorum) return Outcome.TRACED;
        if (3 * (uint256(stored.traced) + stored.matches) >= quorum) return Outcome.UPHELD;
        if (3 * uint256(stored.inconclusive) >= quorum) return Outcome.DISMISSED;
        return Outcome.UNDECIDED;
    }

    function _shown(Report storage stored) internal view returns (uint256) {
        return uint256(stored.inconclusive) + stored.matches + stored.traced;
    }

    /// @dev Pays the jurors who showed their votes, out of the reporter's fees and what the others lose.
    /// Returns what can't be shared out: all penalties if nobody showed a vote, else less than one unit per juror.
    function _payJurors(uint256 reportId, Report storage stored) internal returns (uint256 rest) {
        address[] memory jurors = _committees[reportId];
        uint256 shown = _shown(stored);
        uint256 lost = (jurors.length - shown) * stored.jurorPenalty;
        uint256 each = shown == 0 ? 0 : stored.jurorFee + lost / shown;
        for (uint256 i = 0; i < jurors.length; ++i) {
            if (_ballots[reportId][jurors[i]].vote == Vote.NONE) {
                _unlock(stored, jurors[i], stored.jurorPenalty);
                emit JurorPenalised(reportId, jurors[i], stored.jurorPenalty);
            } else {
                _unlock(stored, jurors[i], 0);
                _credit(jurors[i], each);
                emit JurorPaid(reportId, jurors[i], each);
            }
        }
        stored.fees -= uint64(shown * stored.jurorFee);
        return shown == 0 ? lost : lost % shown;
    }

    /// @dev Credits everybody and closes.
    function _end(uint256 reportId, Report storage stored) internal virtual;

    /// @dev The owner of the model that a report is about may not sit either.
    function _ownerOf(uint256 modelId) internal view virtual returns (address);

    function _inState(uint256 reportId, ReportState state) internal view returns (Report storage stored) {
        stored = _reports[reportId];
        if (stored.state == ReportState.NONE) revert LeakCourt_UnknownReport(reportId);
        if (stored.state != state) revert LeakCourt_WrongState(reportId, stored.state);
    }

    function _postpone(uint256 reportId, Report storage stored) private {
        stored.beaconBlock = uint64(block.number) + _beaconDelay;
        emit DrawPostponed(reportId, stored.beaconBlock);
    }

    function _pick(
        uint256 reportId,
        Report storage stored,
        bytes32 beacon
    ) private view returns (address[] memory jurors) {
        uint256 population = Math.min(stored.population, verifiers.verifierCount());
        uint256 looks = Math.min(population, MAX_LOOKS);
        address owner = stored.kind == ReportKind.LEAK ? _ownerOf(stored.modelId) : address(0);
        Deck.Cards memory deck = Deck.shuffle(keccak256(abi.encode(beacon, reportId)), population, looks);
        address[] memory drawn = new address[](_committeeSize);
        uint256 found;
        for (uint256 i = 0; i < looks && found < _committeeSize; ++i) {
            address who = verifiers.verifierAt(Deck.next(deck));
            if (who != owner && _maySit(stored, who)) drawn[found++] = who;
        }
        jurors = new address[](found);
        for (uint256 i = 0; i < found; ++i) {
            jurors[i] = drawn[i];
        }
    }

    function _ballotOf(uint256 reportId) private view returns (Ballot storage mine) {
        mine = _ballots[reportId][msg.sender];
        if (!mine.seated) revert LeakCourt_NotOnCommittee(reportId, msg.sender);
    }
}
