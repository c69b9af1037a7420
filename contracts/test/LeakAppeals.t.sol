// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ReportFixture} from "../testing/ReportFixture.sol";
import {DevArbitrator} from "../src/arbitration/DevArbitrator.sol";
import {IArbitrable} from "../src/arbitration/IArbitrable.sol";
import {IArbitrator} from "../src/arbitration/IArbitrator.sol";
import {IAppeals} from "../src/interfaces/IAppeals.sol";
import {ILeakCourt, Outcome, Report, ReportState} from "../src/interfaces/ILeakCourt.sol";

// appeal
// ├── before the verdict, after the window, or twice   reverts
// ├── when the fee is too low                          reverts
// ├── when the rest can't be paid back                 reverts
// └── otherwise                                        opens a dispute and waits for the ruling window
// rule
// ├── by anybody else, on another dispute, out of range, or twice   reverts
// ├── when it refuses to rule                          the verdict stands
// ├── when it overturns                                relists, thaws, reinstates, pays the accused
// ├── when it convicts instead                         delists, freezes, bars, takes
// └── when it is silent                                the verdict stands after the window
contract LeakAppealsTest is ReportFixture {
    uint256 private reportId;

    function test_appeal_OpensADispute() public {
        decided(Outcome.TRACED);
        eq(court.appealCost(), APPEAL_FEE);
        uint256 before = HOST.balance;
        vm.expectEmit(address(court));
        emit ILeakCourt.ReportAppealed(reportId, HOST, 0, uint64(block.timestamp) + 60);
        vm.prank(HOST);
        eq(court.appeal{value: APPEAL_FEE + 1}(reportId), 0);
        eq(before - HOST.balance, APPEAL_FEE); // the rest came back
        eq(address(arbitrator).balance, APPEAL_FEE);
        Report memory it = court.report(reportId);
        eq(uint256(it.state), uint256(ReportState.APPEALED));
        eq(it.appealBy, block.timestamp + 60);
        eq(uint256(arbitrator.disputeStatus(0)), uint256(IArbitrator.DisputeStatus.Waiting));
    }

    function test_RevertWhen_AppealedInAnotherStateOrTooLate() public {
        reportId = file(LICENSE);
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_WrongState.selector, reportId, ReportState.HEARD));
        appeal(reportId, HOST);
        verdict(reportId, unanimous(Outcome.TRACED));
        uint64 appealBy = court.report(reportId).appealBy;
        vm.warp(appealBy + 1);
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_TooLate.selector, appealBy));
        appeal(reportId, HOST);
        vm.warp(appealBy);
        appeal(reportId, HOST);
        vm.expectRevert(
            abi.encodeWithSelector(ILeakCourt.LeakCourt_WrongState.selector, reportId, ReportState.APPEALED)
        );
        appeal(reportId, HOST);
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_UnknownReport.selector, 99));
        appeal(99, HOST);
    }

    function testFuzz_appeal_CostsTheFee(uint96 sent) public {
        decided(Outcome.TRACED);
        vm.deal(HOST, sent);
        if (sent < APPEAL_FEE)
            vm.expectRevert(abi.encodeWithSelector(IAppeals.Appeals_FeeTooLow.selector, sent, APPEAL_FEE));
        vm.prank(HOST);
        court.appeal{value: sent}(reportId);
        eq(HOST.balance, sent < APPEAL_FEE ? sent : sent - APPEAL_FEE);
        eq(address(court).balance, 0);
    }

    function test_RevertWhen_TheRestCannotBePaidBack() public {
        decided(Outcome.TRACED);
        vm.deal(address(token), 1 ether); // a contract that takes no coin
        vm.prank(address(token));
        vm.expectRevert(abi.encodeWithSelector(IAppeals.Appeals_RefundFailed.selector, address(token), 1));
        court.appeal{value: APPEAL_FEE + 1}(reportId);
    }

    function test_RevertWhen_RuledByAnybodyElse() public {
        appealed(Outcome.TRACED, HOST);
        vm.expectRevert(abi.encodeWithSelector(IAppeals.Appeals_NotArbitrator.selector, JUDGE));
        vm.prank(JUDGE);
        court.rule(0, 1);
    }

    function test_RevertWhen_TheRulingIsForeignOutOfRangeOrASecondOne() public {
        appealed(Outcome.TRACED, HOST);
        vm.startPrank(address(arbitrator));
        vm.expectRevert(abi.encodeWithSelector(IAppeals.Appeals_UnknownDispute.selector, 1));
        court.rule(1, 1);
        vm.expectRevert(abi.encodeWithSelector(IAppeals.Appeals_InvalidRuling.selector, 4));
        court.rule(0, 4);
        court.rule(0, 3);
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_WrongState.selector, reportId, ReportState.RULED));
        court.rule(0, 1);
    }

    /// @dev Nobody can be traced to a license that the report does not name.
    function test_RevertWhen_TheRulingTracesToNoLicense() public {
        reportId = file(0);
        verdict(reportId, unanimous(Outcome.UPHELD));
        appeal(reportId, OUTSIDER);
        vm.prank(JUDGE);
        vm.expectRevert(abi.encodeWithSelector(DevArbitrator.DevArbitrator_InvalidRuling.selector, 3, 2));
        arbitrator.giveRuling(0, 3);
        vm.prank(address(arbitrator));
        vm.expectRevert(abi.encodeWithSelector(IAppeals.Appeals_InvalidRuling.selector, 3));
        court.rule(0, 3);
    }

    function test_ARefusalLeavesTheVerdict() public {
        appealed(Outcome.TRACED, HOST);
        vm.expectEmit(address(court));
        emit IArbitrable.Ruling(arbitrator, 0, 0);
        vm.expectEmit(address(court));
        emit ILeakCourt.ReportRuled(reportId, Outcome.TRACED);
        ruled(0);
        eq(licenses.reported(LICENSE).leakBond, 0);
        eq(court.owed(OWNER), COST_CAP);
        checkSolvent();
    }

    function test_AnOverturnedVerdictIsUndone() public {
        appealed(Outcome.TRACED, HOST);
        eq(licenses.reported(LICENSE).bars, 1);
        vm.warp(block.timestamp + 7);
        vm.prank(JUDGE);
        arbitrator.giveRuling(0, 1);
        eq(licenses.reported(LICENSE).bars, 1); // until it is closed
        vm.expectEmit(address(court));
        emit ILeakCourt.EndpointRelisted(ENDPOINT_HASH, modelId, reportId);
        vm.expectEmit(address(court));
        emit ILeakCourt.ReportClosed(reportId, Outcome.DISMISSED, 0, 0, COST_CAP, REPORT_BOND - COST_CAP);
        court.close(reportId);
        eq(court.delistings(modelId, ENDPOINT_HASH), 0);
        eq(licenses.reported(LICENSE).bars, 0);
        eq(licenses.reported(LICENSE).frozenUntil, block.timestamp); // thawed
        eq(licenses.reported(LICENSE).leakBond, LEAK_BOND);
        eq(court.owed(HOST), COST_CAP);
        eq(court.owed(OWNER), 0);
        checkSolvent();
    }

    function test_AnEndpointMayStayDelistedWithoutATrace() public {
        appealed(Outcome.TRACED, HOST);
        ruled(2);
        eq(court.delistings(modelId, ENDPOINT_HASH), 1);
        eq(licenses.reported(LICENSE).bars, 0);
        eq(licenses.reported(LICENSE).leakBond, LEAK_BOND);
        eq(court.owed(OUTSIDER), REPORT_BOND);
        checkSolvent();
    }

    function test_AnAppealMayConvictInstead() public {
        appealed(Outcome.DISMISSED, OUTSIDER);
        ruled(3);
        eq(court.delistings(modelId, ENDPOINT_HASH), 1);
        eq(licenses.reported(LICENSE).frozenUntil, block.timestamp + 60);
        eq(licenses.reported(LICENSE).bars, 1);
        eq(licenses.reported(LICENSE).leakBond, 0);
        eq(court.owed(OUTSIDER), REPORT_BOND + COST_CAP);
        eq(court.owed(HOST), 0);
        checkSolvent();
    }

    /// @dev While one verdict stands the license stays held, whatever becomes of the other.
    function test_TheLicenseIsHeldAsLongAsOneVerdictStands() public {
        (uint256 first, uint256 second) = (file(LICENSE), file(LICENSE));
        verdict(first, unanimous(Outcome.TRACED));
        appeal(first, HOST);
        verdict(second, unanimous(Outcome.TRACED));
        appeal(second, HOST);
        uint40 frozenUntil = licenses.reported(LICENSE).frozenUntil;
        vm.startPrank(JUDGE);
        arbitrator.giveRuling(0, 1);
        arbitrator.giveRuling(1, 1);
        vm.stopPrank();
        court.close(first);
        eq(licenses.reported(LICENSE).bars, 2);
        eq(licenses.reported(LICENSE).frozenUntil, frozenUntil);
        court.close(second);
        eq(licenses.reported(LICENSE).bars, 1); // the license registry keeps a flag, not a count
        eq(licenses.reported(LICENSE).frozenUntil, block.timestamp);
    }

    function test_ASilentArbitratorLeavesTheVerdict() public {
        appealed(Outcome.TRACED, HOST);
        uint64 ruleBy = court.report(reportId).appealBy;
        vm.warp(ruleBy);
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_TooEarly.selector, ruleBy));
        court.close(reportId);
        vm.warp(ruleBy + 1);
        court.close(reportId);
        eq(court.owed(OWNER), COST_CAP);
        vm.prank(JUDGE);
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_WrongState.selector, reportId, ReportState.CLOSED));
        arbitrator.giveRuling(0, 1);
    }

    function test_ANameMayBeFreedOnAppeal() public {
        bytes32 nameId = registerName(HOST, "open-ai");
        reportId = fileName(nameId);
        verdict(reportId, unanimous(Outcome.DISMISSED));
        appeal(reportId, OUTSIDER);
        ruled(2);
        eq(names.nameOf(nameId).holder, address(0));
        eq(court.owed(OUTSIDER), REPORT_BOND + NAME_DEPOSIT / 5);
        checkSolvent();
    }

    /// @dev Whatever the committee says and the judge rules: the books balance, and only a final trace takes the leak
    /// bond.
    function testFuzz_rule_KeepsTheBooks(uint8 vote, uint8 ruling) public {
        Outcome said = Outcome(1 + (vote % 3));
        uint256 ruling_ = ruling % 4;
        appealed(said, HOST);
        ruled(ruling_);
        checkSolvent();
        bool traced = ruling_ == 3 || (ruling_ == 0 && said == Outcome.TRACED);
        bool upheld = traced || ruling_ == 2 || (ruling_ == 0 && said == Outcome.UPHELD);
        eq(licenses.reported(LICENSE).leakBond, traced ? 0 : LEAK_BOND);
        eq(court.delistings(modelId, ENDPOINT_HASH), upheld ? 1 : 0);
        eq(licenses.reported(LICENSE).bars, traced ? 1 : 0);
        eq(court.owed(HOST), upheld ? 0 : COST_CAP);
    }

    function decided(Outcome vote) private {
        reportId = file(LICENSE);
        verdict(reportId, unanimous(vote));
    }

    function appealed(Outcome vote, address appellant) private {
        decided(vote);
        appeal(reportId, appellant);
    }

    function ruled(uint256 ruling) private {
        vm.prank(JUDGE);
        arbitrator.giveRuling(0, ruling);
        court.close(reportId);
    }
}
