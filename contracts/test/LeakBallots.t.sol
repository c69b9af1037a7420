// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ReportFixture} from "../testing/ReportFixture.sol";
import {ILeakCourt, Juror, Outcome, Report, ReportState, Vote} from "../src/interfaces/ILeakCourt.sol";
import {ExactTransfer} from "../src/libraries/ExactTransfer.sol";

// enrol, resign
// ├── when it asks for more than is free              reverts
// └── otherwise                                       moves exactly that
// drawCommittee
// ├── before the beacon                               reverts
// ├── when the beacon is out of reach                 sets another one
// ├── when too few may sit                            ends the report, everything comes back
// └── otherwise                                       seats distinct, staked, enrolled, disinterested jurors and locks
//                                                     their deposits
// commitVote
// ├── by somebody without a seat, twice, or too late  reverts
// └── otherwise                                       keeps the commitment
// revealVote
// ├── while another could still vote                  reverts
// ├── when it does not open the commitment            reverts
// ├── when the vote is none, or traces to no license  reverts
// └── otherwise                                       counts
// jurors at the count
// ├── who revealed                                    get the fee and a share of the penalties
// └── who did not                                     lose the penalty
contract LeakBallotsTest is ReportFixture {
    uint256 private reportId;

    function setUp() public override {
        super.setUp();
        reportId = file(LICENSE);
    }

    function test_enrol_AddsToTheDeposit() public {
        vm.expectEmit(address(court));
        emit ILeakCourt.JurorEnrolled(juror(0), DOLLAR, 11 * DOLLAR);
        vm.prank(juror(0));
        court.enrol(DOLLAR);
        Juror memory it = court.juror(juror(0));
        eq(it.deposit, 11 * DOLLAR);
        eq(it.locked, 0);
        eq(it.enrolledBlock, block.number);
        checkSolvent();
    }

    function test_resign_PaysWhatIsFree() public {
        vm.expectEmit(address(court));
        emit ILeakCourt.JurorResigned(juror(0), 10 * DOLLAR, 0);
        uint256 before = token.balanceOf(juror(0));
        vm.prank(juror(0));
        court.resign(10 * DOLLAR);
        eq(token.balanceOf(juror(0)) - before, 10 * DOLLAR);
        checkSolvent();
    }

    function test_RevertWhen_ResigningWithALockedDeposit() public {
        address who = draw(reportId)[0];
        eq(court.juror(who).locked, JUROR_DEPOSIT);
        vm.prank(who);
        vm.expectRevert(
            abi.encodeWithSelector(
                ILeakCourt.LeakCourt_InsufficientDeposit.selector,
                who,
                JUROR_DEPOSIT,
                JUROR_DEPOSIT + 1
            )
        );
        court.resign(JUROR_DEPOSIT + 1);
        vm.prank(who);
        court.resign(JUROR_DEPOSIT);
    }

    function testFuzz_enrol_resign_ConserveDeposits(uint256 added, uint256 taken) public {
        added = bound(added, 0, 900 * DOLLAR);
        vm.startPrank(juror(0));
        court.enrol(added);
        uint256 deposit = 10 * DOLLAR + added;
        if (taken > deposit) {
            vm.expectRevert(
                abi.encodeWithSelector(ILeakCourt.LeakCourt_InsufficientDeposit.selector, juror(0), deposit, taken)
            );
            court.resign(taken);
        } else {
            court.resign(taken);
            deposit -= taken;
        }
        eq(court.juror(juror(0)).deposit, deposit);
        checkSolvent();
    }

    function test_RevertWhen_TheTokenKeepsAPart() public {
        // says that it has moved five units and has moved none
        vm.mockCall(address(token), abi.encodeWithSignature("transferFrom(address,address,uint256)"), abi.encode(true));
        vm.expectRevert(abi.encodeWithSelector(ExactTransfer.ExactTransfer_WrongAmountReceived.selector, 0, 5));
        vm.prank(juror(0));
        court.enrol(5);
    }

    function test_drawCommittee_SeatsFiveDistinctJurors() public {
        address[] memory jurors = draw(reportId);
        eq(jurors.length, 5);
        for (uint256 i = 0; i < 5; ++i) {
            eq(court.juror(jurors[i]).locked, JUROR_DEPOSIT);
            for (uint256 j = 0; j < i; ++j) {
                eq(jurors[i] == jurors[j] ? 1 : 0, 0);
            }
        }
        Report memory it = court.report(reportId);
        eq(it.seats, 5);
        eq(uint256(it.state), uint256(ReportState.VOTING));
        eq(it.voteBy, block.timestamp + 30);
        eq(it.revealBy, block.timestamp + 50);
    }

    function test_RevertWhen_DrawnBeforeTheBeacon() public {
        uint256 beaconBlock = court.report(reportId).beaconBlock;
        vm.roll(beaconBlock);
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_BeaconNotReady.selector, beaconBlock));
        court.drawCommittee(reportId);
        vm.roll(beaconBlock + 1);
        court.drawCommittee(reportId);
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_WrongState.selector, reportId, ReportState.VOTING));
        court.drawCommittee(reportId);
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_UnknownReport.selector, 99));
        court.drawCommittee(99);
    }

    function test_AMissedBeaconIsSetAnew() public {
        vm.roll(court.report(reportId).beaconBlock + 257);
        vm.expectEmit(address(court));
        emit ILeakCourt.DrawPostponed(reportId, block.number + 2);
        court.drawCommittee(reportId);
        eq(court.report(reportId).beaconBlock, block.number + 2);
        eq(draw(reportId).length, 5);
    }

    function test_NobodyWithAnInterestSits() public {
        address[3] memory parties = [OWNER, HOST, OUTSIDER];
        for (uint256 i = 0; i < 3; ++i) {
            stakers.add(parties[i]);
            enrol(parties[i], JUROR_DEPOSIT);
        }
        vm.roll(block.number + 1);
        for (uint256 round = 0; round < 12; ++round) {
            reportId = file(LICENSE);
            address[] memory jurors = draw(reportId);
            for (uint256 i = 0; i < jurors.length; ++i) {
                eq(jurors[i] == OWNER || jurors[i] == HOST || jurors[i] == OUTSIDER ? 1 : 0, 0);
            }
            verdict2(jurors);
        }
    }

    function test_OnlyWhoIsStakedAndEnrolledInTimeSits() public {
        stakers.drop(juror(0));
        stakers.add(juror(7)); // after the report
        enrol(juror(7), JUROR_DEPOSIT);
        vm.prank(juror(1));
        court.enrol(0); // touched after the report
        address[] memory jurors = draw(reportId);
        eq(jurors.length, 5);
        for (uint256 i = 0; i < 5; ++i) {
            eq(uint160(jurors[i]) >= 0x10002 && uint160(jurors[i]) <= 0x10006 ? 1 : 0, 1);
        }
    }

    function test_AJurorWithTooLittleFreeIsPassedOver() public {
        vm.prank(juror(0));
        court.resign(JUROR_DEPOSIT + 1);
        vm.prank(juror(1));
        court.resign(2 * JUROR_DEPOSIT);
        address[] memory jurors = draw(reportId);
        for (uint256 i = 0; i < jurors.length; ++i) {
            eq(uint160(jurors[i]) >= 0x10002 ? 1 : 0, 1);
        }
    }

    function test_WithTooFewJurorsEverythingComesBack() public {
        for (uint256 i = 0; i < 5; ++i) {
            stakers.drop(juror(i));
        }
        vm.roll(court.report(reportId).beaconBlock + 1);
        vm.expectEmit(address(court));
        emit ILeakCourt.ReportDecided(reportId, Outcome.UNDECIDED, 0, 0, 0, uint64(block.timestamp));
        vm.expectEmit(address(court));
        emit ILeakCourt.ReportClosed(reportId, Outcome.UNDECIDED, REPORT_BOND + FEES, 0, 0, 0);
        court.drawCommittee(reportId);
        eq(court.owed(OUTSIDER), REPORT_BOND + FEES);
        eq(court.juror(juror(6)).locked, 0);
        checkSolvent();
    }

    function test_ThreeJurorsAreEnough() public {
        for (uint256 i = 0; i < 4; ++i) {
            stakers.drop(juror(i));
        }
        address[] memory jurors = draw(reportId);
        eq(jurors.length, 3);
        Vote[3] memory votes = [Vote.MATCH, Vote.INCONCLUSIVE, Vote.MATCH]; // just two thirds
        for (uint256 i = 0; i < 3; ++i) {
            commit(reportId, jurors[i], votes[i]);
        }
        for (uint256 i = 0; i < 3; ++i) {
            reveal(reportId, jurors[i], votes[i]);
        }
        eq(uint256(court.decide(reportId)), uint256(Outcome.UPHELD));
        close(reportId);
        eq(court.owed(OUTSIDER), REPORT_BOND + 2 * DOLLAR); // two seats stayed empty
        checkSolvent();
    }

    function testFuzz_drawCommittee_DrawsWhoMaySit(uint8 staked, uint64 blocks) public {
        uint256 mayBe;
        for (uint256 i = 0; i < STAKERS; ++i) {
            if ((staked >> i) & 1 == 0) stakers.drop(juror(i));
            else mayBe += 1;
        }
        vm.roll(court.report(reportId).beaconBlock + 1 + bound(blocks, 0, 255));
        court.drawCommittee(reportId);
        address[] memory jurors = court.committee(reportId);
        eq(
            jurors.length,
            mayBe < 3
                ? 0
                : mayBe > 5
                    ? 5
                    : mayBe
        );
        for (uint256 i = 0; i < jurors.length; ++i) {
            eq(stakers.isStaked(jurors[i]) ? 1 : 0, 1);
        }
        checkSolvent();
    }

    function test_commitVote_KeepsTheCommitment() public {
        address who = draw(reportId)[0];
        bytes32 hash = commitment(reportId, who, Vote.MATCH);
        vm.expectEmit(address(court));
        emit ILeakCourt.VoteCommitted(reportId, who, hash);
        commit(reportId, who, Vote.MATCH);
        (bytes32 kept, Vote vote) = court.voteOf(reportId, who);
        eq(kept, hash);
        eq(uint256(vote), 0);
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_AlreadyCommitted.selector, reportId, who));
        commit(reportId, who, Vote.TRACED);
    }

    function test_RevertWhen_CommittedByAStrangerOrTooLate() public {
        vm.expectRevert(
            abi.encodeWithSelector(ILeakCourt.LeakCourt_WrongState.selector, reportId, ReportState.DRAWING)
        );
        commit(reportId, juror(0), Vote.MATCH);
        address[] memory jurors = draw(reportId);
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_NotOnCommittee.selector, reportId, OUTSIDER));
        commit(reportId, OUTSIDER, Vote.MATCH);
        uint64 voteBy = court.report(reportId).voteBy;
        vm.warp(voteBy);
        commit(reportId, jurors[0], Vote.MATCH);
        vm.warp(voteBy + 1);
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_VotingOver.selector, voteBy));
        commit(reportId, jurors[1], Vote.MATCH);
    }

    function testFuzz_commitVote_OnlyOnce(bytes32 first, bytes32 second) public {
        address who = draw(reportId)[0];
        if (first == 0) return;
        vm.startPrank(who);
        court.commitVote(reportId, first);
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_AlreadyCommitted.selector, reportId, who));
        court.commitVote(reportId, second);
    }

    // protocol §4.8: votes are blind: nobody shows one while another can still be made after it
    function test_RevertWhen_RevealedWhileAnotherCouldStillVote() public {
        address[] memory jurors = draw(reportId);
        for (uint256 i = 0; i < 4; ++i) {
            commit(reportId, jurors[i], Vote.MATCH);
        }
        uint64 voteBy = court.report(reportId).voteBy;
        vm.warp(voteBy);
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_TooEarly.selector, voteBy));
        reveal(reportId, jurors[0], Vote.MATCH);
        vm.warp(voteBy + 1);
        reveal(reportId, jurors[0], Vote.MATCH);
    }

    function test_revealVote_Counts() public {
        address[] memory jurors = draw(reportId);
        Vote[5] memory votes = [Vote.TRACED, Vote.MATCH, Vote.INCONCLUSIVE, Vote.MATCH, Vote.INCONCLUSIVE];
        for (uint256 i = 0; i < 5; ++i) {
            commit(reportId, jurors[i], votes[i]);
        }
        vm.expectEmit(address(court));
        emit ILeakCourt.VoteRevealed(reportId, jurors[0], Vote.TRACED, PROBES, "ipfs://probes");
        for (uint256 i = 0; i < 5; ++i) {
            reveal(reportId, jurors[i], votes[i]);
        }
        Report memory it = court.report(reportId);
        eq(it.traced, 1);
        eq(it.matches, 2);
        eq(it.inconclusive, 2);
        eq(it.committed, 5);
        (, Vote vote) = court.voteOf(reportId, jurors[0]);
        eq(uint256(vote), uint256(Vote.TRACED));
    }

    function test_RevertWhen_RevealedWronglyTwiceOrTooLate() public {
        address[] memory jurors = draw(reportId);
        for (uint256 i = 0; i < 3; ++i) {
            commit(reportId, jurors[i], Vote.MATCH);
        }
        Report memory it = court.report(reportId);
        vm.warp(it.voteBy + 1);
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_WrongOpening.selector, reportId, jurors[0]));
        reveal(reportId, jurors[0], Vote.TRACED);
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_WrongOpening.selector, reportId, jurors[4]));
        reveal(reportId, jurors[4], Vote.MATCH); // never committed
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_NotOnCommittee.selector, reportId, OUTSIDER));
        reveal(reportId, OUTSIDER, Vote.MATCH);
        reveal(reportId, jurors[0], Vote.MATCH);
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_WrongOpening.selector, reportId, jurors[0]));
        reveal(reportId, jurors[0], Vote.MATCH);
        vm.warp(it.revealBy);
        reveal(reportId, jurors[1], Vote.MATCH);
        vm.warp(it.revealBy + 1);
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_VotingOver.selector, it.revealBy));
        reveal(reportId, jurors[2], Vote.MATCH);
    }

    /// @dev Whoever copies another juror's commitment can't open it: it names its maker.
    function test_RevertWhen_ACommitmentIsCopied() public {
        address[] memory jurors = draw(reportId);
        bytes32 copied = commitment(reportId, jurors[0], Vote.MATCH);
        vm.prank(jurors[1]);
        court.commitVote(reportId, copied);
        vm.warp(court.report(reportId).voteBy + 1);
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_WrongOpening.selector, reportId, jurors[1]));
        reveal(reportId, jurors[1], Vote.MATCH);
    }

    function test_RevertWhen_TheVoteSaysNothingOrTracesToNoLicense() public {
        reportId = file(0);
        address[] memory jurors = draw(reportId);
        commit(reportId, jurors[0], Vote.NONE);
        commit(reportId, jurors[1], Vote.TRACED);
        vm.warp(court.report(reportId).voteBy + 1);
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_InvalidVote.selector, Vote.NONE));
        reveal(reportId, jurors[0], Vote.NONE);
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_InvalidVote.selector, Vote.TRACED));
        reveal(reportId, jurors[1], Vote.TRACED);
    }

    function testFuzz_revealVote_OpensOnlyItsCommitment(bytes32 salt, bytes32 evidence, uint8 vote) public {
        address who = draw(reportId)[0];
        commit(reportId, who, Vote.MATCH);
        vm.warp(court.report(reportId).voteBy + 1);
        Vote said = Vote(vote % 4);
        bool opens = salt == SALT && evidence == PROBES && said == Vote.MATCH;
        if (!opens) vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_WrongOpening.selector, reportId, who));
        vm.prank(who);
        court.revealVote(reportId, said, salt, evidence, "");
    }

    function test_JurorsWhoRevealShareWhatTheOthersLose() public {
        Vote yes = Vote.MATCH;
        address[] memory jurors = draw(reportId);
        for (uint256 i = 0; i < 4; ++i) {
            commit(reportId, jurors[i], yes);
        }
        vm.warp(court.report(reportId).voteBy + 1);
        for (uint256 i = 0; i < 3; ++i) {
            reveal(reportId, jurors[i], yes);
        }
        vm.warp(court.report(reportId).revealBy + 1);
        uint256 each = DOLLAR + (2 * PENALTY) / 3;
        vm.expectEmit(address(court));
        emit ILeakCourt.JurorPaid(reportId, jurors[0], each);
        court.decide(reportId);
        for (uint256 i = 0; i < 5; ++i) {
            eq(court.owed(jurors[i]), i < 3 ? each : 0);
            eq(court.juror(jurors[i]).deposit, 2 * JUROR_DEPOSIT - (i < 3 ? 0 : PENALTY));
            eq(court.juror(jurors[i]).locked, 0);
        }
        eq(court.owed(BURNED), (2 * PENALTY) % 3);
        eq(court.report(reportId).fees, 2 * DOLLAR);
        close(reportId);
        eq(court.owed(OUTSIDER), REPORT_BOND + 2 * DOLLAR);
        checkSolvent();
    }

    function test_WhenNobodyRevealsThePenaltiesBurn() public {
        address[] memory jurors = draw(reportId);
        vm.warp(court.report(reportId).revealBy + 1);
        vm.expectEmit(address(court));
        emit ILeakCourt.JurorPenalised(reportId, jurors[0], PENALTY);
        eq(uint256(court.decide(reportId)), uint256(Outcome.UNDECIDED));
        eq(court.owed(BURNED), 5 * PENALTY);
        close(reportId);
        eq(court.owed(OUTSIDER), REPORT_BOND + FEES);
        checkSolvent();
    }

    function test_withdraw_PaysWhatIsOwedOnce() public {
        verdict(reportId, unanimous(Vote.MATCH));
        address who = court.committee(reportId)[0];
        uint256 before = token.balanceOf(who);
        vm.expectEmit(address(court));
        emit ILeakCourt.Withdrawn(who, DOLLAR);
        vm.prank(OUTSIDER);
        eq(court.withdraw(who), DOLLAR);
        eq(token.balanceOf(who) - before, DOLLAR);
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_NothingOwed.selector, who));
        court.withdraw(who);
        checkSolvent();
    }

    function testFuzz_withdraw_NothingForStrangers(address payee) public {
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_NothingOwed.selector, payee));
        court.withdraw(payee);
    }

    /// @dev Ends a report so that its jurors are free again.
    function verdict2(address[] memory jurors) private {
        for (uint256 i = 0; i < jurors.length; ++i) {
            commit(reportId, jurors[i], Vote.MATCH);
        }
        for (uint256 i = 0; i < jurors.length; ++i) {
            reveal(reportId, jurors[i], Vote.MATCH);
        }
        court.decide(reportId);
    }
}
