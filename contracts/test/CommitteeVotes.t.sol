// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ballot, Committee, CommitteeState, ICommittees} from "../src/interfaces/ICommittees.sol";
import {ICredits} from "../src/interfaces/ICredits.sol";
import {Outcome} from "../src/interfaces/ILeakCourt.sol";
import {ExactTransfer} from "../src/libraries/ExactTransfer.sol";
import {ReportFixture} from "../testing/ReportFixture.sol";

// commitVote
// ├── by somebody without a seat, twice, or too late   reverts
// └── otherwise                                        keeps the commitment
// revealVote
// ├── while another could still vote                   reverts
// ├── when too few committed                           reverts: the next draw votes as blind
// ├── when it does not open the commitment             reverts
// ├── when the vote is none of the choices             reverts
// └── otherwise                                        counts, once for every seat
// count
// ├── before all are shown or the time is over         reverts
// ├── when two thirds of the seats voted               pays them, the others lose a part of stake and all tickets
// ├── when fewer did                                   it is drawn again, twice; then there is no committee
// withdraw                                             pays what is owed, once
contract CommitteeVotesTest is ReportFixture {
    uint256 private id;
    Outcome private constant NO = Outcome.DISMISSED;
    Outcome private constant YES = Outcome.UPHELD;
    Outcome private constant AWAY = Outcome.UNDECIDED;

    function setUp() public override {
        super.setUp();
        id = committeeOf(file(LICENSE));
    }

    function test_commitVote_KeepsTheCommitment() public {
        address who = draw(id)[0];
        bytes32 hash = commitment(id, who, YES);
        vm.expectEmit(address(committees));
        emit ICommittees.VoteCommitted(id, who, hash);
        commit(id, who, YES);
        Ballot memory ballot = committees.ballotOf(id, who);
        eq(ballot.commitment, hash);
        eq(ballot.vote, 0);
        vm.expectRevert(abi.encodeWithSelector(ICommittees.Committees_AlreadyCommitted.selector, id, who));
        commit(id, who, NO);
    }

    function test_RevertWhen_CommittedByAStrangerOrTooLate() public {
        vm.expectRevert(abi.encodeWithSelector(ICommittees.Committees_WrongState.selector, id, CommitteeState.DRAWING));
        commit(id, juror(0), YES);
        address[] memory seated = draw(id);
        vm.expectRevert(abi.encodeWithSelector(ICommittees.Committees_NotOnCommittee.selector, id, OUTSIDER));
        commit(id, OUTSIDER, YES);
        uint64 voteBy = committees.committee(id).voteBy;
        vm.warp(voteBy);
        commit(id, seated[0], YES);
        vm.warp(voteBy + 1);
        vm.expectRevert(abi.encodeWithSelector(ICommittees.Committees_TooLate.selector, voteBy));
        commit(id, seated[1], YES);
    }

    // protocol §4.8: votes are blind: nobody shows one while another can still be made after it
    function test_RevertWhen_RevealedWhileAnotherCouldStillVote() public {
        address[] memory seated = draw(id);
        for (uint256 i = 0; i < 4; ++i) commit(id, seated[i], YES);
        uint64 voteBy = committees.committee(id).voteBy;
        vm.warp(voteBy);
        vm.expectRevert(abi.encodeWithSelector(ICommittees.Committees_TooEarly.selector, voteBy));
        reveal(id, seated[0], YES);
        vm.warp(voteBy + 1);
        reveal(id, seated[0], YES);
    }

    function test_revealVote_Counts() public {
        address[] memory seated = draw(id);
        Outcome[5] memory votes = [Outcome.TRACED, YES, NO, YES, NO];
        for (uint256 i = 0; i < 5; ++i) commit(id, seated[i], votes[i]);
        vm.expectEmit(address(committees));
        emit ICommittees.VoteRevealed(id, seated[0], uint8(Outcome.TRACED), 1, PROBES, "ipfs://probes");
        for (uint256 i = 0; i < 5; ++i) reveal(id, seated[i], votes[i]);
        Committee memory it = committees.committee(id);
        eq(it.votes[3], 1);
        eq(it.votes[2], 2);
        eq(it.votes[1], 2);
        eq(it.committed, 5);
        eq(it.shown, 5);
        eq(committees.ballotOf(id, seated[0]).vote, 3);
        committees.count(id); // all are shown: nobody needs to wait
        eq(uint256(committees.committee(id).state), uint256(CommitteeState.COUNTED));
    }

    function test_RevertWhen_RevealedWronglyTwiceOrTooLate() public {
        address[] memory seated = draw(id);
        for (uint256 i = 0; i < 4; ++i) commit(id, seated[i], YES);
        Committee memory it = committees.committee(id);
        vm.warp(it.voteBy + 1);
        wrong(seated[0], Outcome.TRACED);
        wrong(seated[4], YES); // never committed
        vm.expectRevert(abi.encodeWithSelector(ICommittees.Committees_NotOnCommittee.selector, id, OUTSIDER));
        reveal(id, OUTSIDER, YES);
        reveal(id, seated[0], YES);
        wrong(seated[0], YES); // again
        vm.warp(it.revealBy);
        reveal(id, seated[1], YES);
        vm.warp(it.revealBy + 1);
        vm.expectRevert(abi.encodeWithSelector(ICommittees.Committees_TooLate.selector, it.revealBy));
        reveal(id, seated[2], YES);
    }

    /// @dev Whoever copies another juror's commitment can't open it: it names its maker.
    function test_RevertWhen_ACommitmentIsCopied() public {
        address[] memory seated = draw(id);
        bytes32 copied = commitment(id, seated[0], YES);
        vm.prank(seated[1]);
        committees.commitVote(id, copied);
        for (uint256 i = 2; i < 5; ++i) commit(id, seated[i], YES);
        vm.warp(committees.committee(id).voteBy + 1);
        wrong(seated[1], YES);
    }

    function test_RevertWhen_TheVoteIsNoChoice() public {
        id = committeeOf(file(0)); // nobody can be traced to no license
        address[] memory seated = draw(id);
        commit(id, seated[0], AWAY);
        for (uint256 i = 1; i < 5; ++i) commit(id, seated[i], Outcome.TRACED);
        vm.expectRevert(abi.encodeWithSelector(ICommittees.Committees_InvalidVote.selector, 0));
        reveal(id, seated[0], AWAY);
        vm.expectRevert(abi.encodeWithSelector(ICommittees.Committees_InvalidVote.selector, 3));
        reveal(id, seated[1], Outcome.TRACED);
    }

    function testFuzz_revealVote_OpensOnlyItsCommitment(bytes32 salt, bytes32 evidence, uint8 vote) public {
        address[] memory seated = draw(id);
        for (uint256 i = 0; i < 5; ++i) commit(id, seated[i], YES);
        bool opens = salt == SALT && evidence == PROBES && vote == uint8(YES);
        if (!opens)
            vm.expectRevert(abi.encodeWithSelector(ICommittees.Committees_WrongOpening.selector, id, seated[0]));
        vm.prank(seated[0]);
        committees.revealVote(id, vote, salt, evidence, "");
    }

    function test_RevertWhen_CountedTooEarly() public {
        address[] memory seated = draw(id);
        Committee memory it = committees.committee(id);
        early(it.voteBy);
        for (uint256 i = 0; i < 4; ++i) commit(id, seated[i], YES);
        early(it.voteBy);
        commit(id, seated[4], YES);
        for (uint256 i = 0; i < 4; ++i) reveal(id, seated[i], YES);
        vm.warp(it.revealBy);
        early(it.revealBy);
        vm.warp(it.revealBy + 1);
        committees.count(id);
        vm.expectRevert(abi.encodeWithSelector(ICommittees.Committees_WrongState.selector, id, CommitteeState.COUNTED));
        committees.count(id);
    }

    function test_WhoVotesSharesWhatTheOthersLose() public {
        hear(id, [YES, YES, YES, YES, AWAY]);
        address[] memory seated = committees.jurors(id);
        for (uint256 i = 0; i < 5; ++i) {
            eq(committees.owed(seated[i]), i < 4 ? FEE + PENALTY / 4 : 0);
            eq(verifiers.stakeOf(seated[i]), i < 4 ? TICKET : TICKET - PENALTY);
            eq(verifiers.ticketsOf(seated[i]), i < 4 ? 1 : 0);
        }
        eq(committees.owed(BURNED), PENALTY % 4);
        eq(committees.owed(OUTSIDER), FEE); // of the seat that stayed empty
        checkSolvent();
    }

    /// @dev A commitment that is never opened is as good as none.
    function test_WhoCommitsAndStaysSilentLosesToo() public {
        address[] memory seated = draw(id);
        for (uint256 i = 0; i < 5; ++i) commit(id, seated[i], YES);
        for (uint256 i = 0; i < 4; ++i) reveal(id, seated[i], YES);
        vm.warp(committees.committee(id).revealBy + 1);
        vm.expectEmit(address(committees));
        emit ICommittees.JurorPenalised(id, seated[4], PENALTY);
        committees.count(id);
        eq(verifiers.stakeOf(seated[4]), TICKET - PENALTY);
    }

    // F9, protocol §6: a committee starved by seats that never sit
    function test_F9_SeatsThatNeverSitAreDrawnAgain() public {
        address[] memory first = draw(id);
        commit(id, first[0], YES);
        vm.warp(committees.committee(id).voteBy + 1);
        vm.expectRevert(abi.encodeWithSelector(ICommittees.Committees_TooFewVotes.selector, id, 1, 5));
        reveal(id, first[0], YES); // the next draw votes as blind as this one
        vm.expectEmit(address(committees));
        emit ICommittees.CommitteeSummoned(id, address(court), 1, 2, uint64(block.number) + 2, uint32(VERIFIERS));
        committees.count(id);
        Committee memory it = committees.committee(id);
        eq(uint256(it.state), uint256(CommitteeState.DRAWING));
        eq(it.draw, 2);
        eq(uint256(it.seats) + it.committed + it.shown + it.looked, 0);
        eq(committees.owed(first[0]), 4 * PENALTY); // it did what it could, and has no fee yet
        address[] memory second = draw(id); // the three who are left
        eq(second.length, 3);
        for (uint256 i = 0; i < 3; ++i) {
            eq(verifiers.stakeOf(second[i]), TICKET);
            commit(id, second[i], YES);
        }
        for (uint256 i = 0; i < 3; ++i) reveal(id, second[i], YES);
        committees.count(id);
        eq(uint256(court.decide(1)), uint256(Outcome.UPHELD));
        eq(committees.owed(OUTSIDER), 2 * FEE);
        checkSolvent();
    }

    /// @dev Whoever can stop committees by staying away pays for it each time, and three times is all.
    function test_AfterThreeDrawsTheArbitratorDecides() public {
        for (uint256 i = 0; i < 9; ++i) join(address(uint160(0x20000 + i)), 1);
        vm.roll(block.number + 1);
        id = committeeOf(file(LICENSE));
        for (uint8 i = 1; i <= 3; ++i) {
            eq(committees.committee(id).draw, i);
            eq(draw(id).length, 5);
            vm.warp(committees.committee(id).voteBy + 1);
            committees.count(id);
        }
        eq(uint256(committees.committee(id).state), uint256(CommitteeState.UNSEATED));
        eq(committees.owed(BURNED), 15 * PENALTY); // nobody voted
        eq(committees.owed(OUTSIDER), FEES);
        eq(uint256(court.decide(2)), uint256(Outcome.UNDECIDED));
        appeal(2, OUTSIDER);
        vm.prank(JUDGE);
        arbitrator.giveRuling(0, uint256(YES));
        court.close(2);
        eq(court.delistings(modelId, ENDPOINT_HASH), 1);
        checkSolvent();
    }

    /// @dev Every way that five seats can vote: who voted is paid, who did not loses, every unit is accounted for.
    function testFuzz_count_KeepsTheBooks(uint8 away) public {
        Outcome[5] memory votes;
        uint256 there;
        for (uint256 i = 0; i < 5; ++i) {
            votes[i] = (away >> i) & 1 == 1 ? AWAY : NO;
            if (votes[i] == NO) ++there;
        }
        address[] memory seated = draw(id);
        for (uint256 i = 0; i < 5; ++i) if (votes[i] == NO) commit(id, seated[i], NO);
        vm.warp(committees.committee(id).voteBy + 1);
        for (uint256 i = 0; i < 5 && there >= 4; ++i) if (votes[i] == NO) reveal(id, seated[i], NO);
        vm.warp(committees.committee(id).revealBy + 1);
        committees.count(id);
        bool stands = there >= 4;
        CommitteeState state = committees.committee(id).state;
        eq(uint256(state), uint256(stands ? CommitteeState.COUNTED : CommitteeState.DRAWING));
        uint256 lost = (5 - there) * PENALTY;
        for (uint256 i = 0; i < 5; ++i) {
            eq(committees.owed(seated[i]), votes[i] == AWAY ? 0 : (stands ? FEE : 0) + lost / there);
        }
        eq(committees.owed(OUTSIDER), stands ? FEES - there * FEE : 0);
        checkSolvent();
    }

    function test_withdraw_PaysWhatIsOwedOnce() public {
        hear(id, unanimous(YES));
        address who = committees.jurors(id)[0];
        uint256 before = token.balanceOf(who);
        vm.expectEmit(address(committees));
        emit ICredits.Withdrawn(who, FEE);
        vm.prank(OUTSIDER);
        eq(committees.withdraw(who), FEE);
        eq(token.balanceOf(who) - before, FEE);
        vm.expectRevert(abi.encodeWithSelector(ICredits.Credits_NothingOwed.selector, who));
        committees.withdraw(who);
        checkSolvent();
    }

    function testFuzz_withdraw_NothingForStrangers(address payee) public {
        vm.expectRevert(abi.encodeWithSelector(ICredits.Credits_NothingOwed.selector, payee));
        court.withdraw(payee);
    }

    function test_RevertWhen_TheTokenKeepsAPart() public {
        // says that it has moved the money and has moved none
        vm.mockCall(address(token), abi.encodeWithSignature("transferFrom(address,address,uint256)"), abi.encode(true));
        vm.expectRevert(
            abi.encodeWithSelector(ExactTransfer.ExactTransfer_WrongAmountReceived.selector, 0, REPORT_BOND + FEES)
        );
        file(LICENSE);
    }

    function wrong(address who, Outcome vote) private {
        vm.expectRevert(abi.encodeWithSelector(ICommittees.Committees_WrongOpening.selector, id, who));
        reveal(id, who, vote);
    }

    function early(uint256 readyAt) private {
        vm.expectRevert(abi.encodeWithSelector(ICommittees.Committees_TooEarly.selector, readyAt));
        committees.count(id);
    }
}
