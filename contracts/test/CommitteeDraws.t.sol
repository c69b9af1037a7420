// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Committees} from "../src/Committees.sol";
import {IBeacon} from "../src/beacon/IBeacon.sol";
import {Committee, CommitteeState, ICommittees, Summons} from "../src/interfaces/ICommittees.sol";
import {Outcome} from "../src/interfaces/ILeakCourt.sol";
import {Rates} from "../src/interfaces/IParameters.sol";
import {BatchOpening} from "../src/interfaces/IVerifierRegistry.sol";
import {ReportFixture} from "../testing/ReportFixture.sol";

// summon
// ├── by anybody but a court, or with choices that no vote counts    reverts
// └── otherwise                                                      names a round, takes the fees
// draw
// ├── before its round is posted                    reverts
// ├── when its round is void                        there is no committee; the fees come back
// ├── over several transactions                     goes on where it stopped
// ├── past tickets that are dead, of a party, of who was paid for inspecting the model, or enrolled after the case
// │                                                 skips them
// ├── when too few are left at the end of the list  there is no committee
// └── when it is full                               votes are taken
// F9, the list of seats
// ├── tickets enrolled once the beacon is public    change nothing
// ├── payments out of a pool since the case         change nothing
// └── stakes that never enrolled                    starve nobody
contract CommitteeDrawsTest is ReportFixture {
    uint256 private id;

    function setUp() public override {
        super.setUp();
        id = committeeOf(file(LICENSE));
    }

    function test_summon_NamesARoundAndTakesTheFees() public {
        vm.expectEmit(address(committees));
        emit ICommittees.CommitteeSummoned(2, address(court), 2, 1, uint64(block.number) + 2, uint32(VERIFIERS));
        file(LICENSE);
        Committee memory it = committees.committee(2);
        eq(uint256(it.state), uint256(CommitteeState.DRAWING));
        eq(it.draw, 1);
        eq(it.size, 5);
        eq(it.fee, FEE);
        eq(it.penalty, PENALTY);
        eq(it.filedBlock, block.number);
        eq(it.namedBlock, block.number);
        eq(committees.cost(), FEES);
        eq(committees.accounted(), 2 * FEES);
        checkSolvent();
    }

    function test_RevertWhen_SummonedByAnybodyElseOrWithoutAChoice() public {
        Summons memory summons = Summons(1, 2, HOST, 0, 0, new address[](0));
        vm.expectRevert(abi.encodeWithSelector(ICommittees.Committees_NotCourt.selector, HOST));
        vm.prank(HOST);
        committees.summon(summons);
        vm.startPrank(address(court));
        for (uint8 i = 0; i < 2; ++i) {
            summons.choices = i * 4;
            vm.expectRevert(abi.encodeWithSelector(ICommittees.Committees_InvalidChoices.selector, i * 4));
            committees.summon(summons);
        }
    }

    function testFuzz_bindCourt_IsForTheDeployer(address caller, address bound_) public {
        if (caller != address(this)) {
            vm.expectRevert(abi.encodeWithSelector(ICommittees.Committees_NotDeployer.selector, caller));
            vm.prank(caller);
            committees.bindCourt(bound_);
        }
        Committees fresh = new Committees(parameters, verifiers, beacon, pools);
        fresh.bindCourt(bound_);
        eq(fresh.isCourt(bound_) ? 1 : 0, 1);
    }

    function test_draw_SeatsFiveTickets() public {
        address[] memory seated = draw(id);
        eq(seated.length, 5);
        for (uint256 i = 0; i < 5; ++i) {
            eq(committees.ballotOf(id, seated[i]).seats, 1);
            for (uint256 j = 0; j < i; ++j) eq(seated[i] == seated[j] ? 1 : 0, 0);
        }
        Committee memory it = committees.committee(id);
        eq(it.seats, 5);
        eq(uint256(it.state), uint256(CommitteeState.VOTING));
        eq(it.voteBy, block.timestamp + 20);
        eq(it.revealBy, block.timestamp + 35);
    }

    function test_RevertWhen_DrawnBeforeTheRoundIsPosted() public {
        uint64 round = committees.committee(id).round;
        vm.expectRevert(abi.encodeWithSelector(IBeacon.Beacon_NotPosted.selector, round));
        committees.draw(id, ALL);
        draw(id);
        vm.expectRevert(abi.encodeWithSelector(ICommittees.Committees_WrongState.selector, id, CommitteeState.VOTING));
        committees.draw(id, ALL);
        vm.expectRevert(abi.encodeWithSelector(ICommittees.Committees_WrongState.selector, 99, CommitteeState.NONE));
        committees.draw(99, ALL);
    }

    // protocol §5: a round that nobody posts voids its commitments; cases go to the arbitrator
    function test_AVoidRoundGoesToTheArbitrator() public {
        vm.roll(committees.committee(id).round + 257);
        vm.expectEmit(address(committees));
        emit ICommittees.CommitteeEnded(id, CommitteeState.UNSEATED, 0, [0, 0, 0, 0]);
        committees.draw(id, 1);
        eq(committees.owed(OUTSIDER), FEES);
        eq(uint256(court.decide(1)), uint256(Outcome.UNDECIDED));
        appeal(1, OUTSIDER);
        vm.prank(JUDGE);
        arbitrator.giveRuling(0, uint256(Outcome.TRACED));
        court.close(1);
        eq(licenses.reported(LICENSE).leakBond, 0);
        checkSolvent();
    }

    function testFuzz_draw_StopsAnywhereAndGoesOn(uint8 looks) public {
        post(id);
        uint256 saved = vm.snapshotState();
        committees.draw(id, ALL);
        address[] memory atOnce = committees.jurors(id);
        vm.revertToState(saved);
        uint256 each = bound(looks, 1, 4);
        while (committees.committee(id).state == CommitteeState.DRAWING) committees.draw(id, each);
        address[] memory inParts = committees.jurors(id);
        eq(keccak256(abi.encode(inParts)), keccak256(abi.encode(atOnce)));
    }

    // protocol §5: a verifier votes once per ticket that it holds
    function test_WhoHoldsMoreTicketsHasMoreSeats() public {
        for (uint256 i = 0; i < VERIFIERS; ++i) quit(juror(i));
        join(BUYER, 4);
        join(VERIFIER, 1);
        vm.roll(block.number + 1);
        id = committeeOf(file(LICENSE));
        eq(draw(id).length, 2);
        eq(committees.ballotOf(id, BUYER).seats, 4);
        commit(id, BUYER, Outcome.UPHELD);
        vm.warp(committees.committee(id).voteBy + 1);
        reveal(id, BUYER, Outcome.UPHELD);
        vm.warp(committees.committee(id).revealBy + 1);
        committees.count(id);
        eq(committees.committee(id).votes[uint8(Outcome.UPHELD)], 4);
        eq(committees.owed(BUYER), 4 * FEE + PENALTY);
    }

    // protocol §5: owner, accused and reporter sit out
    function test_NobodyWithAPartInTheCaseSits() public {
        address[3] memory parties = [OWNER, HOST, OUTSIDER];
        for (uint256 i = 0; i < 3; ++i) join(parties[i], 3);
        vm.roll(block.number + 1);
        for (uint256 round = 0; round < 12; ++round) {
            id = committeeOf(file(LICENSE));
            address[] memory seated = draw(id);
            eq(seated.length, 5);
            for (uint256 i = 0; i < 5; ++i) eq(uint160(seated[i]) >= 0x10000 ? 1 : 0, 1);
        }
    }

    // protocol §5: who drew money from that model's pool in the 90 days before sits out
    function test_WhoWasPaidForInspectingTheModelSitsOut() public {
        for (uint256 i = 0; i < 4; ++i) payFor(juror(i), modelId);
        payFor(juror(4), mintModel(OWNER, "other", 1_000));
        id = committeeOf(file(LICENSE));
        address[] memory seated = draw(id);
        eq(seated.length, 3);
        for (uint256 i = 0; i < 3; ++i) eq(uint160(seated[i]) >= 0x10004 ? 1 : 0, 1);
        vm.warp(block.timestamp + 90 days + 1);
        id = committeeOf(file(LICENSE));
        eq(draw(id).length, 5);
    }

    // F9 once more, from the other side: an owner who sees the beacon pays whom it doesn't want on the committee.
    function test_F9_PaymentsAfterTheReportChangeNothing() public {
        vm.warp(block.timestamp + 1);
        post(id);
        uint256 saved = vm.snapshotState();
        address[] memory honest = draw(id);
        vm.revertToState(saved);
        for (uint256 i = 0; i < VERIFIERS; ++i) payFor(juror(i), modelId);
        address[] memory seated = draw(id);
        eq(keccak256(abi.encode(seated)), keccak256(abi.encode(honest)));
    }

    // F9: the seats of verifiers that left were refilled after the beacon was public: four of five jurors had no stake
    // when the report was filed.
    function test_F9_SeatsRefilledAfterTheBeaconChangeNothing() public {
        post(id);
        uint256 saved = vm.snapshotState();
        address[] memory honest = draw(id);
        vm.revertToState(saved);
        for (uint256 i = 0; i < VERIFIERS; ++i) quit(juror(i)); // the seats empty, whoever brought that about
        for (uint256 i = 0; i < 12; ++i) join(address(uint160(0xBAD00 + i)), 2);
        address[] memory seated = draw(id);
        eq(keccak256(abi.encode(seated)), keccak256(abi.encode(honest)));
    }

    /// @dev The block of the report itself is too late to come, and in time to leave.
    function test_F9_OnlyWhoIsEnrolledBeforeTheReportIsDrawn() public {
        join(BUYER, 40); // in the report's own block
        quit(juror(0)); // as well
        vm.roll(block.number + 1);
        join(VERIFIER, 40);
        address[] memory seated = draw(id);
        eq(seated.length, 5);
        for (uint256 i = 0; i < 5; ++i) eq(uint160(seated[i]) > 0x10000 ? 1 : 0, 1);
    }

    function test_F9_WhoEnrolsInTheReportsBlockIsNotDrawn() public {
        join(BUYER, 40);
        id = committeeOf(file(LICENSE)); // the newest tickets are among those that it knows of
        address[] memory seated = draw(id);
        eq(seated.length, 5);
        for (uint256 i = 0; i < 5; ++i) require(seated[i] != BUYER, "a seat for whoever came with the report");
    }

    // F9: 300 staked, never enrolled seats ended eight of ten reports without a committee.
    function test_F9_StakedButNeverEnrolledStarvesNoCommittee() public {
        for (uint256 i = 0; i < 300; ++i) {
            address idle = address(uint160(0x1D7E000 + i));
            fund(idle);
            vm.prank(idle);
            verifiers.stake(TICKET, "key");
        }
        vm.roll(block.number + 1);
        for (uint256 round = 0; round < 10; ++round) {
            id = committeeOf(file(LICENSE));
            eq(draw(id).length, 5);
        }
    }

    /// @dev Nor do tickets that were enrolled and left dead: they are skipped, over as many transactions as it takes.
    function test_F9_DeadTicketsStarveNoCommittee() public {
        address[6] memory dead;
        for (uint256 i = 0; i < 6; ++i) {
            dead[i] = address(uint160(0xDEAD0 + i));
            join(dead[i], 50);
            quit(dead[i]);
        }
        vm.roll(block.number + 1);
        id = committeeOf(file(LICENSE));
        post(id);
        uint256 calls;
        while (committees.committee(id).state == CommitteeState.DRAWING) {
            committees.draw(id, 64);
            ++calls;
        }
        eq(calls > 1 && calls <= 5 ? 1 : 0, 1); // 307 tickets
        eq(committees.jurors(id).length, 5);
    }

    /// @dev It takes longer to leave than to draw; a stake that has left all the same is skipped.
    function test_AStakeThatHasLeftIsSkipped() public {
        for (uint256 i = 0; i < 2; ++i) quit(juror(i));
        vm.warp(block.timestamp + 60);
        for (uint256 i = 0; i < 2; ++i) {
            vm.prank(juror(i));
            verifiers.unstake();
        }
        address[] memory seated = draw(id);
        for (uint256 i = 0; i < 5; ++i) eq(uint160(seated[i]) >= 0x10002 ? 1 : 0, 1);
    }

    function test_ThreeSeatsAreEnoughAndTwoAreNot() public {
        for (uint256 i = 0; i < 4; ++i) quit(juror(i));
        id = committeeOf(file(LICENSE));
        eq(draw(id).length, 3);
        quit(juror(4));
        uint256 tooFew = committeeOf(file(LICENSE));
        post(tooFew);
        committees.draw(tooFew, ALL);
        eq(uint256(committees.committee(tooFew).state), uint256(CommitteeState.UNSEATED));
        eq(committees.owed(OUTSIDER), FEES);
        checkSolvent();
    }

    /// @dev Who was seated before the list ended is free again.
    function test_WithoutACommitteeNobodyIsHeld() public {
        for (uint256 i = 0; i < 5; ++i) quit(juror(i));
        id = committeeOf(file(LICENSE));
        draw(id);
        quit(juror(6));
        vm.warp(block.timestamp + 60);
        vm.prank(juror(6));
        verifiers.unstake();
    }

    function test_TheRatesOfTheDayHold() public {
        Rates memory changed = devRates();
        (changed.jurorFee, changed.minStake) = (uint64(3 * FEE), uint64(2 * TICKET));
        vm.prank(parameters.timelock());
        parameters.setRates(changed);
        hear(id, unanimous(Outcome.DISMISSED));
        eq(committees.owed(committees.jurors(id)[0]), FEE);
        eq(committees.cost(), 3 * FEES);
        checkSolvent();
    }

    /// @dev A batch of a verifier on a model, committed, drawn, opened and paid for.
    function payFor(address verifier, uint256 paidModel) private {
        BatchOpening memory opening;
        (opening.modelId, opening.release, opening.itemCount) = (paidModel, 1, 16);
        vm.prank(verifier);
        bytes32 batchId = verifiers.commitBatch(keccak256(abi.encode(opening)));
        uint64 round = verifiers.batch(batchId).round;
        vm.roll(round + 1);
        if (!beacon.isPosted(round)) beacon.post(round, "");
        vm.prank(verifier);
        verifiers.openBatch(opening);
        token.mint(address(pools), 1);
        pools.feed(paidModel);
        vm.prank(OWNER);
        pools.payBatch(verifier, opening, 1);
    }

    function testFuzz_draw_DrawsWhoMaySit(uint8 gone) public {
        uint256 mayBe;
        for (uint256 i = 0; i < VERIFIERS; ++i) {
            if ((gone >> i) & 1 == 1) quit(juror(i));
            else mayBe += 1;
        }
        id = committeeOf(file(LICENSE));
        uint256 seats = draw(id).length;
        eq(seats, mayBe > 5 ? 5 : mayBe);
        bool sits = committees.committee(id).state == CommitteeState.VOTING;
        eq(sits ? 1 : 0, mayBe < 3 ? 0 : 1);
        checkSolvent();
    }
}
