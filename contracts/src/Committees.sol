// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IBeacon} from "./beacon/IBeacon.sol";
import {Credits} from "./committees/Credits.sol";
import {Deck} from "./committees/Deck.sol";
import {Ballot, Committee, CommitteeState, ICommittees, Summons} from "./interfaces/ICommittees.sol";
import {IInspectionPools} from "./interfaces/IInspectionPools.sol";
import {IParameters, Rates, Rules} from "./interfaces/IParameters.sol";
import {IVerifierRegistry, Ticket} from "./interfaces/IVerifierRegistry.sol";
import {BURNED} from "./libraries/Burned.sol";

/// @title Committees, drawn from the verifiers' tickets.
/// @dev Trusted: that fewer than two thirds of a drawn committee collude. Evidence is data for jurors, never code.
contract Committees is ICommittees, Credits {
    uint256 private constant BPS = 10_000;
    uint256 private constant PAID_BEFORE = 90 days;
    uint8 private constant DRAWS = 3;
    uint8 private constant MAX_CHOICES = 3;

    IParameters public immutable parameters;
    IVerifierRegistry public immutable verifiers;
    IBeacon public immutable beacon;
    IInspectionPools public immutable pools;
    address private immutable _deployer;
    uint64 private immutable _voteWindow;
    uint64 private immutable _revealWindow;
    uint8 private immutable _size;
    uint8 private immutable _leastJurors;

    /// @inheritdoc ICommittees
    uint256 public committeeCount;
    /// @inheritdoc ICommittees
    mapping(address court => bool) public isCourt;
    mapping(uint256 committeeId => Committee) private _committees;
    mapping(uint256 committeeId => mapping(address party => bool)) private _isParty;
    mapping(uint256 committeeId => mapping(uint8 draw => address[])) private _jurors;
    mapping(uint256 committeeId => mapping(uint8 draw => mapping(address juror => Ballot))) private _ballots;

    constructor(
        IParameters parameters_,
        IVerifierRegistry verifiers_,
        IBeacon beacon_,
        IInspectionPools pools_
    ) Credits(parameters_.token()) {
        Rules memory rules = parameters_.rules();
        parameters = parameters_;
        verifiers = verifiers_;
        beacon = beacon_;
        pools = pools_;
        _deployer = msg.sender;
        _voteWindow = rules.voteWindow;
        _revealWindow = rules.revealWindow;
        _size = rules.committeeSize;
        _leastJurors = rules.leastJurors;
    }

    /// @inheritdoc ICommittees
    function bindCourt(address court) external {
        if (msg.sender != _deployer) revert Committees_NotDeployer(msg.sender);
        isCourt[court] = true;
    }

    /// @inheritdoc ICommittees
    function summon(Summons calldata summons) external returns (uint256 committeeId) {
        if (!isCourt[msg.sender]) revert Committees_NotCourt(msg.sender);
        if (summons.choices == 0 || summons.choices > MAX_CHOICES) revert Committees_InvalidChoices(summons.choices);
        Rates memory rates = parameters.rates();
        committeeId = ++committeeCount;
        Committee storage it = _committees[committeeId];
        it.court = msg.sender;
        (it.caseId, it.modelId) = (summons.caseId, summons.modelId);
        it.choices = summons.choices;
        it.payer = summons.payer;
        it.leastStake = uint96(Math.max(1, summons.leastStake));
        it.size = _size;
        it.fee = rates.jurorFee;
        it.penalty = uint64((uint256(rates.minStake) * rates.jurorPenaltyBps) / BPS);
        (it.filedAt, it.filedBlock) = (uint64(block.timestamp), uint64(block.number));
        it.population = uint32(verifiers.ticketCount());
        for (uint256 i = 0; i < summons.parties.length; ++i) {
            _isParty[committeeId][summons.parties[i]] = true;
        }
        _name(committeeId, it);
        _receive(uint256(rates.jurorFee) * _size);
    }

    /// @inheritdoc ICommittees
    function draw(uint256 committeeId, uint256 looks) external {
        Committee storage it = _inState(committeeId, CommitteeState.DRAWING);
        if (beacon.isVoid(it.round)) return _end(committeeId, it, CommitteeState.UNSEATED);
        bytes32 seed = keccak256(abi.encode(beacon.valueOf(it.round), committeeId));
        (uint256 population, uint256 seats) = (it.population, it.seats);
        uint256 place = it.looked;
        for (uint256 i = 0; i < looks && place < population && seats < it.size; ++i) {
            if (_seat(committeeId, it, Deck.cardAt(seed, population, place++))) ++seats;
        }
        (it.looked, it.seats) = (uint32(place), uint8(seats));
        if (seats < it.size && place < population) return;
        if (seats < _leastJurors) return _end(committeeId, it, CommitteeState.UNSEATED);
        it.state = CommitteeState.VOTING;
        it.voteBy = uint64(block.timestamp) + _voteWindow;
        it.revealBy = it.voteBy + _revealWindow;
        emit CommitteeDrawn(committeeId, it.draw, _jurors[committeeId][it.draw], it.voteBy, it.revealBy);
    }

    /// @inheritdoc ICommittees
    function commitVote(uint256 committeeId, bytes32 commitment) external {
        Committee storage it = _inState(committeeId, CommitteeState.VOTING);
        Ballot storage mine = _ballotOf(committeeId, it);
        if (mine.commitment != 0) revert Committees_AlreadyCommitted(committeeId, msg.sender);
        if (block.timestamp > it.voteBy) revert Committees_TooLate(it.voteBy);
        mine.commitment = commitment;
        it.committed += mine.seats;
        emit VoteCommitted(committeeId, msg.sender, commitment);
    }

    /// @inheritdoc ICommittees
    function revealVote(
        uint256 committeeId,
        uint8 vote,
        bytes32 salt,
        bytes32 evidenceHash,
        string calldata evidenceUri
    ) external {
        Committee storage it = _inState(committeeId, CommitteeState.VOTING);
        Ballot storage mine = _ballotOf(committeeId, it);
        // Nobody shows a vote while another can still be made after it, in this draw or in the next.
        if (it.committed < it.seats && block.timestamp <= it.voteBy) revert Committees_TooEarly(it.voteBy);
        if (!_enough(it.committed, it)) revert Committees_TooFewVotes(committeeId, it.committed, it.seats);
        if (block.timestamp > it.revealBy) revert Committees_TooLate(it.revealBy);
        bytes32 opened = keccak256(
            abi.encode(block.chainid, address(this), committeeId, msg.sender, vote, evidenceHash, salt)
        );
        if (mine.vote != 0 || mine.commitment != opened) revert Committees_WrongOpening(committeeId, msg.sender);
        if (vote == 0 || vote > it.choices) revert Committees_InvalidVote(vote);
        mine.vote = vote;
        it.shown += mine.seats;
        it.votes[vote] += mine.seats;
        emit VoteRevealed(committeeId, msg.sender, vote, mine.seats, evidenceHash, evidenceUri);
    }

    /// @inheritdoc ICommittees
    function count(uint256 committeeId) external {
        Committee storage it = _inState(committeeId, CommitteeState.VOTING);
        bool tooFew = block.timestamp > it.voteBy && !_enough(it.committed, it);
        if (it.shown < it.seats && block.timestamp <= it.revealBy && !tooFew)
            revert Committees_TooEarly(it.committed < it.seats ? it.voteBy : it.revealBy);
        bool stands = _enough(it.shown, it);
        _settle(committeeId, it, stands, tooFew);
        if (stands) _end(committeeId, it, CommitteeState.COUNTED);
        else if (it.draw == DRAWS) _end(committeeId, it, CommitteeState.UNSEATED);
        else _name(committeeId, it);
    }

    /// @inheritdoc ICommittees
    function cost() external view returns (uint256) {
        return uint256(parameters.rates().jurorFee) * _size;
    }

    /// @inheritdoc ICommittees
    function committee(uint256 committeeId) external view returns (Committee memory) {
        return _committees[committeeId];
    }

    /// @inheritdoc ICommittees
    function jurors(uint256 committeeId) external view returns (address[] memory) {
        return _jurors[committeeId][_committees[committeeId].draw];
    }

    /// @inheritdoc ICommittees
    function ballotOf(uint256 committeeId, address juror) external view returns (Ballot memory) {
        return _ballots[committeeId][_committees[committeeId].draw][juror];
    }

    /// @dev Begins a draw: names the round that decides it.
    function _name(uint256 committeeId, Committee storage it) private {
        it.state = CommitteeState.DRAWING;
        it.draw += 1;
        it.round = beacon.nextRound();
        it.namedBlock = uint64(block.number);
        (it.looked, it.seats, it.committed, it.shown) = (0, 0, 0, 0);
        delete it.votes;
        emit CommitteeSummoned(committeeId, it.court, it.caseId, it.draw, it.round, it.population);
    }

    /// @dev Seats the holder of a ticket, unless the ticket is dead or its holder has a part in the case. A stake that
    /// has left meanwhile is no stake: it takes longer to leave than to draw.
    function _seat(uint256 committeeId, Committee storage it, uint256 card) private returns (bool) {
        Ticket memory ticket = verifiers.ticketAt(card);
        if (ticket.enrolledBlock >= it.filedBlock) return false;
        if (ticket.struckBlock != 0 && ticket.struckBlock <= it.namedBlock) return false;
        if (_isParty[committeeId][ticket.holder] || verifiers.stakeOf(ticket.holder) < it.leastStake) return false;
        if (it.modelId != 0 && _wasPaid(it, ticket.holder)) return false;
        Ballot storage ballot = _ballots[committeeId][it.draw][ticket.holder];
        if (ballot.seats++ == 0) {
            _jurors[committeeId][it.draw].push(ticket.holder);
            verifiers.sit(ticket.holder);
        }
        return true;
    }

    /// @dev What is paid after the case was filed bars nobody: whoever pays out of a pool may know the round by then.
    function _wasPaid(Committee storage it, address holder) private view returns (bool) {
        uint256 paidAt = pools.lastPaidAt(it.modelId, holder, it.filedAt);
        return paidAt != 0 && paidAt + PAID_BEFORE >= it.filedAt;
    }

    /// @dev Lets everybody rise. Who voted shares what the others lose, and has its fee if the votes stand; where too
    /// few committed, a commitment is all that could be done.
    function _settle(uint256 committeeId, Committee storage it, bool stands, bool tooFew) private {
        address[] storage seated = _jurors[committeeId][it.draw];
        uint256 kept = tooFew ? it.committed : it.shown; // seats
        uint256 lost;
        for (uint256 i = 0; i < seated.length; ++i) {
            Ballot storage ballot = _ballots[committeeId][it.draw][seated[i]];
            bool keeps = tooFew ? ballot.commitment != 0 : ballot.vote != 0;
            uint256 taken = verifiers.rise(seated[i], keeps ? 0 : uint256(it.penalty) * ballot.seats);
            lost += taken;
            if (!keeps) emit JurorPenalised(committeeId, seated[i], taken);
        }
        accounted += lost;
        uint256 each = (stands ? it.fee : 0) + (kept == 0 ? 0 : lost / kept);
        _credit(BURNED, kept == 0 ? lost : lost % kept);
        for (uint256 i = 0; i < seated.length && each != 0; ++i) {
            Ballot storage ballot = _ballots[committeeId][it.draw][seated[i]];
            if (tooFew ? ballot.commitment == 0 : ballot.vote == 0) continue;
            _credit(seated[i], each * ballot.seats);
            emit JurorPaid(committeeId, seated[i], each * ballot.seats);
        }
    }

    /// @dev The payer gets back the fees that nobody earned.
    function _end(uint256 committeeId, Committee storage it, CommitteeState state) private {
        if (it.state == CommitteeState.DRAWING) {
            address[] storage seated = _jurors[committeeId][it.draw];
            for (uint256 i = 0; i < seated.length; ++i) verifiers.rise(seated[i], 0);
        }
        it.state = state;
        uint256 earned = state == CommitteeState.COUNTED ? it.shown : 0;
        _credit(it.payer, it.fee * (it.size - earned));
        emit CommitteeEnded(committeeId, state, it.seats, it.votes);
    }

    function _enough(uint256 seats, Committee storage it) private view returns (bool) {
        return 3 * seats >= 2 * uint256(it.seats);
    }

    function _inState(uint256 committeeId, CommitteeState state) private view returns (Committee storage it) {
        it = _committees[committeeId];
        if (it.state != state) revert Committees_WrongState(committeeId, it.state);
    }

    function _ballotOf(uint256 committeeId, Committee storage it) private view returns (Ballot storage mine) {
        mine = _ballots[committeeId][it.draw][msg.sender];
        if (mine.seats == 0) revert Committees_NotOnCommittee(committeeId, msg.sender);
    }
}
