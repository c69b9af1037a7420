// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IVerifierRegistry, Ticket} from "../src/interfaces/IVerifierRegistry.sol";
import {VerifierRegistry} from "../src/VerifierRegistry.sol";
import {ReportFixture} from "../testing/ReportFixture.sol";

// enrol
// ├── when the stake does not cover every ticket, or is leaving   reverts
// └── otherwise                                                   adds to the list, which never shrinks
// requestUnstake                                                  strikes all tickets; they never live again
// sit, rise
// ├── by anybody but the committees                               reverts
// ├── while a verifier sits                                       it can't unstake
// └── with a penalty                                              takes at most the stake, and strikes
contract TicketsTest is ReportFixture {
    function test_enrol_AddsToTheList() public {
        join(BUYER, 2);
        eq(verifiers.ticketCount(), VERIFIERS + 2);
        eq(verifiers.ticketsOf(BUYER), 2);
        Ticket memory ticket = verifiers.ticketAt(VERIFIERS + 1);
        eq(ticket.holder, BUYER);
        eq(ticket.enrolledBlock, block.number);
        eq(ticket.struckBlock, 0);
        vm.startPrank(BUYER);
        verifiers.stake(TICKET, "key");
        vm.expectEmit(address(verifiers));
        emit IVerifierRegistry.TicketsEnrolled(BUYER, VERIFIERS + 2, 1, 3);
        verifiers.enrol(1);
    }

    function testFuzz_enrol_OneTicketForEveryLeastStake(uint256 stake, uint32 first, uint32 second) public {
        stake = bound(stake, TICKET, 1_000 * DOLLAR);
        fund(BUYER);
        vm.startPrank(BUYER);
        verifiers.stake(stake, "key");
        uint256 most = stake / TICKET;
        uint256 one = bound(first, 1, most);
        verifiers.enrol(uint32(one));
        uint256 two = one + bound(second, 1, 100);
        if (two > most)
            vm.expectRevert(
                abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_StakeTooLow.selector, stake, two * TICKET)
            );
        verifiers.enrol(uint32(two - one));
        eq(verifiers.ticketsOf(BUYER), two > most ? one : two);
    }

    function test_RevertWhen_EnrolledWithoutAStakeThatStays() public {
        bytes memory refusal = abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_NotStaked.selector, BUYER);
        vm.expectRevert(refusal);
        vm.prank(BUYER);
        verifiers.enrol(1);
        join(BUYER, 1);
        quit(BUYER);
        vm.expectRevert(refusal);
        vm.prank(BUYER);
        verifiers.enrol(1);
        vm.expectRevert(
            abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_StakeTooLow.selector, TICKET, TICKET)
        );
        vm.prank(juror(0));
        verifiers.enrol(0);
    }

    function test_AskingForTheStakeStrikesTheTicketsForGood() public {
        vm.expectEmit(address(verifiers));
        emit IVerifierRegistry.TicketsStruck(juror(0));
        quit(juror(0));
        uint256 struck = block.number;
        eq(verifiers.ticketAt(0).struckBlock, struck);
        eq(verifiers.ticketsOf(juror(0)), 0);
        vm.roll(struck + 5);
        vm.startPrank(juror(0));
        verifiers.stake(0, "key"); // it stays after all
        verifiers.enrol(1);
        eq(verifiers.ticketAt(0).struckBlock, struck);
        eq(verifiers.ticketAt(VERIFIERS).struckBlock, 0);
        eq(verifiers.ticketAt(VERIFIERS).enrolledBlock, struck + 5);
        verifiers.requestUnstake();
        eq(verifiers.ticketAt(0).struckBlock, struck);
        eq(verifiers.ticketAt(VERIFIERS).struckBlock, struck + 5);
    }

    function test_WhoSitsCannotUnstake() public {
        quit(juror(0));
        vm.prank(address(committees));
        verifiers.sit(juror(0));
        vm.warp(block.timestamp + 60);
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_OnCommittee.selector, juror(0)));
        vm.prank(juror(0));
        verifiers.unstake();
        vm.prank(address(committees));
        eq(verifiers.rise(juror(0), 0), 0);
        vm.prank(juror(0));
        eq(verifiers.unstake(), TICKET);
    }

    function testFuzz_rise_TakesAtMostTheStake(uint256 penalty) public {
        vm.startPrank(address(committees));
        verifiers.sit(juror(0));
        uint256 before = token.balanceOf(address(committees));
        uint256 taken = verifiers.rise(juror(0), penalty);
        eq(taken, penalty < TICKET ? penalty : TICKET);
        eq(token.balanceOf(address(committees)) - before, taken);
        eq(verifiers.stakeOf(juror(0)), TICKET - taken);
        eq(verifiers.ticketsOf(juror(0)), penalty == 0 ? 1 : 0);
    }

    function testFuzz_RevertWhen_SeatedByAnybodyElse(address caller) public {
        vm.assume(caller != address(committees));
        bytes memory refusal = abi.encodeWithSelector(
            IVerifierRegistry.VerifierRegistry_NotCommittees.selector,
            caller
        );
        vm.startPrank(caller);
        vm.expectRevert(refusal);
        verifiers.sit(juror(0));
        vm.expectRevert(refusal);
        verifiers.rise(juror(0), 1);
    }

    function test_TheCommitteesAreBoundOnceByTheDeployer() public {
        VerifierRegistry fresh = new VerifierRegistry(parameters, beacon);
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_NotDeployer.selector, OUTSIDER));
        vm.prank(OUTSIDER);
        fresh.bindCommittees(OUTSIDER);
        fresh.bindCommittees(HOST);
        eq(fresh.committees(), HOST);
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_AlreadyBound.selector, HOST));
        fresh.bindCommittees(OUTSIDER);
    }
}
