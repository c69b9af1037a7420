// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ReportFixture} from "../testing/ReportFixture.sol";
import {ReportedLicenses} from "../testing/ReportedLicenses.sol";
import {Committee} from "../src/interfaces/ICommittees.sol";
import {ILeakCourt, LeakReport, Outcome, Report, ReportKind, ReportState} from "../src/interfaces/ILeakCourt.sol";
import {LicenseState} from "../src/interfaces/ILicenseRegistry.sol";
import {INames} from "../src/interfaces/INames.sol";

// reportLeak
// ├── when the endpoint is empty or longer than 256 bytes   reverts
// ├── when the model is unknown, or the license another's   reverts
// └── when it can be heard                                  takes bond and fees, keeps the rates of the day
// reportName
// ├── when nobody holds the name                            reverts
// └── when somebody does                                    holds the name
// submitEvidence
// └── on a report that is unknown or closed                 reverts
// decide, then close
// ├── too early, or in another state                        reverts
// ├── when the accusation is dismissed                      the bond pays the accused's costs, the rest burns
// ├── when no two thirds agree                              the bond comes back
// ├── when it is upheld                                     the endpoint is delisted, the license untouched
// ├── when it is traced                                     also frozen and barred, then the leak bond pays capped
//                                                           costs and burns
// │   ├── when the reporter is the owner                    is paid once
// │   ├── when the license has no leak bond, or has ended   takes nothing
// │   └── when another verdict stands too                   takes once, thaws only when both have fallen
// └── when it is about a name                               frees it, or lets it go
contract LeakCourtTest is ReportFixture {
    function test_reportLeak_TakesBondAndFees() public {
        uint256 before = token.balanceOf(OUTSIDER);
        vm.expectEmit(address(court));
        emit ILeakCourt.LeakReported(1, OUTSIDER, modelId, LICENSE, ENDPOINT, REPORT_BOND, 1);
        vm.expectEmit(address(court));
        emit ILeakCourt.EvidenceSubmitted(1, OUTSIDER, keccak256("evidence"), "ipfs://evidence");
        uint256 reportId = file(LICENSE);
        eq(reportId, 1);
        eq(court.reportCount(), 1);
        eq(before - token.balanceOf(OUTSIDER), REPORT_BOND + FEES);
        eq(court.cost(), REPORT_BOND + FEES);
        eq(court.accounted(), REPORT_BOND);
        eq(committees.accounted(), FEES);
        checkSolvent();
        Report memory it = court.report(1);
        eq(it.reporter, OUTSIDER);
        eq(it.accused, HOST);
        eq(it.modelId, modelId);
        eq(it.licenseId, LICENSE);
        eq(it.subject, ENDPOINT_HASH);
        eq(it.committeeId, 1);
        Committee memory asked = committees.committee(1);
        eq(asked.court, address(court));
        eq(asked.caseId, 1);
        eq(asked.payer, OUTSIDER);
        eq(asked.choices, 3);
        eq(uint256(it.kind), uint256(ReportKind.LEAK));
        eq(uint256(it.state), uint256(ReportState.HEARD));
    }

    function test_reportLeak_WithoutALicenseAccusesNobody() public {
        eq(court.report(file(0)).accused, address(0));
    }

    function test_RevertWhen_TheEndpointIsEmptyOrTooLong() public {
        LeakReport memory r = leak(LICENSE);
        r.endpoint = "";
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_InvalidEndpoint.selector, 0));
        court.reportLeak(r);
        r.endpoint = string(new bytes(257));
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_InvalidEndpoint.selector, 257));
        court.reportLeak(r);
        r.endpoint = string(new bytes(256));
        vm.prank(OUTSIDER);
        eq(court.reportLeak(r), 1);
    }

    function test_RevertWhen_TheModelIsUnknown() public {
        LeakReport memory r = leak(0);
        r.modelId = 0;
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_UnknownModel.selector, 0));
        court.reportLeak(r);
        r.modelId = modelId + 1;
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_UnknownModel.selector, modelId + 1));
        court.reportLeak(r);
    }

    function test_RevertWhen_TheLicenseIsOnAnotherModel() public {
        licenses.set(8, HOST, modelId + 1, LicenseState.ACTIVE, 0);
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_NotOfModel.selector, 8, modelId));
        court.reportLeak(leak(8));
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_NotOfModel.selector, 9, modelId)); // there is none
        court.reportLeak(leak(9));
    }

    function test_RevertWhen_NobodyHoldsTheName() public {
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_UnknownName.selector, bytes32("?")));
        court.reportName("?", 0, "");
    }

    function test_submitEvidence_IsForAnybody() public {
        uint256 reportId = file(LICENSE);
        vm.expectEmit(address(court));
        emit ILeakCourt.EvidenceSubmitted(reportId, HOST, "hash", "uri");
        vm.prank(HOST);
        court.submitEvidence(reportId, "hash", "uri");
    }

    // peers.md §5: evidence text that tries to instruct a reviewer is data: a hash and a URI, read by nobody here
    function testFuzz_submitEvidence_ChangesNothing(bytes32 hash, string calldata uri) public {
        uint256 reportId = file(LICENSE);
        bytes32 before = keccak256(abi.encode(court.report(reportId)));
        court.submitEvidence(reportId, hash, uri);
        eq(keccak256(abi.encode(court.report(reportId))), before);
        verdict(reportId, unanimous(Outcome.DISMISSED));
        close(reportId);
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_WrongState.selector, reportId, ReportState.CLOSED));
        court.submitEvidence(reportId, hash, uri);
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_UnknownReport.selector, 99));
        court.submitEvidence(99, hash, uri);
    }

    function test_ADismissedReportPaysTheAccusedAndBurnsTheRest() public {
        uint256 reportId = file(LICENSE);
        Outcome no = Outcome.DISMISSED;
        eq(uint256(verdict(reportId, [no, no, no, no, Outcome.TRACED])), uint256(Outcome.DISMISSED));
        eq(court.delistings(modelId, ENDPOINT_HASH), 0);
        eq(licenses.reported(LICENSE).bars, 0);
        vm.warp(court.report(reportId).appealBy + 1);
        vm.expectEmit(address(court));
        emit ILeakCourt.ReportClosed(reportId, Outcome.DISMISSED, 0, 0, COST_CAP, REPORT_BOND - COST_CAP);
        court.close(reportId);
        eq(court.owed(OUTSIDER), 0);
        eq(court.owed(HOST), COST_CAP);
        eq(court.owed(BURNED), REPORT_BOND - COST_CAP);
        checkSolvent();
    }

    function test_ADismissedReportAgainstNobodyBurnsTheWholeBond() public {
        uint256 reportId = file(0);
        verdict(reportId, unanimous(Outcome.DISMISSED));
        close(reportId);
        eq(court.owed(BURNED), REPORT_BOND);
    }

    function test_WithoutTwoThirdsTheBondComesBack() public {
        uint256 reportId = file(LICENSE);
        Outcome no = Outcome.DISMISSED;
        Outcome yes = Outcome.UPHELD;
        eq(uint256(verdict(reportId, [no, no, yes, yes, yes])), uint256(Outcome.UNDECIDED));
        close(reportId);
        eq(court.owed(OUTSIDER), REPORT_BOND); // the fees went to the jurors
        eq(court.owed(HOST) + court.owed(BURNED) + court.owed(OWNER), 0);
        checkSolvent();
    }

    function test_AnUpheldReportDelistsTheEndpoint() public {
        uint256 reportId = file(LICENSE);
        Outcome yes = Outcome.UPHELD;
        hear(committeeOf(reportId), [Outcome.TRACED, yes, yes, yes, Outcome.DISMISSED]);
        vm.expectEmit(address(court));
        emit ILeakCourt.ReportDecided(reportId, Outcome.UPHELD, uint64(block.timestamp) + 20);
        vm.expectEmit(address(court));
        emit ILeakCourt.EndpointDelisted(ENDPOINT_HASH, modelId, reportId);
        court.decide(reportId);
        eq(court.delistings(modelId, ENDPOINT_HASH), 1);
        close(reportId);
        eq(court.delistings(modelId, ENDPOINT_HASH), 1);
        eq(licenses.reported(LICENSE).bars, 0);
        eq(licenses.reported(LICENSE).leakBond, LEAK_BOND);
        eq(court.owed(OUTSIDER), REPORT_BOND);
        checkSolvent();
    }

    // protocol §4.8: delist, freeze payouts and, after appeal, take the leak bond
    function test_ATracedLeakFreezesAndThenTakesTheLeakBond() public {
        uint256 reportId = file(LICENSE);
        Outcome yes = Outcome.TRACED;
        eq(uint256(verdict(reportId, [yes, yes, Outcome.DISMISSED, yes, yes])), uint256(Outcome.TRACED));
        eq(court.delistings(modelId, ENDPOINT_HASH), 1);
        ReportedLicenses.Reported memory it = licenses.reported(LICENSE);
        eq(it.bars, 1);
        eq(it.frozenUntil, block.timestamp + 60);
        eq(it.leakBond, LEAK_BOND); // not before the appeal window is over
        vm.warp(court.report(reportId).appealBy + 1);
        vm.expectEmit(address(court));
        emit ILeakCourt.ReportClosed(
            reportId,
            Outcome.TRACED,
            REPORT_BOND + COST_CAP,
            COST_CAP,
            0,
            LEAK_BOND - 2 * COST_CAP
        );
        court.close(reportId);
        eq(licenses.reported(LICENSE).leakBond, 0);
        eq(licenses.reported(LICENSE).bars, 1);
        eq(court.owed(OUTSIDER), REPORT_BOND + COST_CAP);
        eq(court.owed(OWNER), COST_CAP);
        eq(court.owed(HOST), 0);
        eq(court.owed(BURNED), LEAK_BOND - 2 * COST_CAP);
        checkSolvent();
    }

    // protocol §5: a leak bond pays capped costs only, so that an owner who frames a licensee gains nothing
    function testFuzz_close_BurnsAtLeastThreeFifthsOfALeakBond(uint96 leakBond) public {
        uint256 bond = bound(leakBond, 0, 1_000_000 * DOLLAR);
        setLicense(8, LicenseState.ACTIVE, bond);
        uint256 reportId = file(8);
        verdict(reportId, unanimous(Outcome.TRACED));
        close(reportId);
        uint256 costs = bond / 5 < COST_CAP ? bond / 5 : COST_CAP;
        eq(court.owed(OWNER), costs);
        eq(court.owed(OUTSIDER), REPORT_BOND + costs);
        eq(court.owed(BURNED), bond - 2 * costs);
        eq(court.owed(BURNED) * 10 >= bond * 6 ? 1 : 0, 1);
        checkSolvent();
    }

    function test_AnOwnerThatReportsIsPaidOnce() public {
        fund(OWNER);
        vm.prank(OWNER);
        uint256 reportId = court.reportLeak(leak(LICENSE));
        verdict(reportId, unanimous(Outcome.TRACED));
        close(reportId);
        eq(court.owed(OWNER), REPORT_BOND + COST_CAP);
        eq(court.owed(BURNED), LEAK_BOND - COST_CAP);
        checkSolvent();
    }

    function test_ALicenseThatHasEndedIsLeftAlone() public {
        setLicense(8, LicenseState.CLOSED, 0);
        uint256 reportId = file(8);
        verdict(reportId, unanimous(Outcome.TRACED));
        eq(licenses.reported(8).bars, 0);
        eq(licenses.reported(8).frozenUntil, 0);
        close(reportId);
        eq(court.owed(OUTSIDER), REPORT_BOND);
        eq(court.delistings(modelId, ENDPOINT_HASH), 1);
    }

    function test_ALicenseThatEndsBeforeTheReportIsLeftAlone() public {
        uint256 reportId = file(LICENSE);
        verdict(reportId, unanimous(Outcome.TRACED));
        licenses.setState(LICENSE, LicenseState.SLASHED);
        close(reportId);
        eq(licenses.reported(LICENSE).leakBond, LEAK_BOND);
        eq(court.owed(OUTSIDER), REPORT_BOND);
    }

    function test_ALicenseWithoutALeakBondPaysNobody() public {
        setLicense(8, LicenseState.ACTIVE, 0);
        uint256 reportId = file(8);
        verdict(reportId, unanimous(Outcome.TRACED));
        close(reportId);
        eq(uint256(licenses.reported(8).state), uint256(LicenseState.ACTIVE));
        eq(licenses.reported(8).bars, 1);
        eq(court.owed(OUTSIDER), REPORT_BOND);
    }

    // peers.md §5: the accused reports itself first. A verdict on one report shelters nobody from another.
    function test_ASelfReportSheltersNobody() public {
        vm.prank(HOST);
        uint256 own = court.reportLeak(leak(LICENSE));
        uint256 real = file(LICENSE);
        verdict(own, unanimous(Outcome.DISMISSED));
        close(own);
        verdict(real, unanimous(Outcome.TRACED));
        close(real);
        eq(court.owed(OWNER), COST_CAP);
        eq(court.owed(BURNED), (REPORT_BOND - COST_CAP) + (LEAK_BOND - 2 * COST_CAP));
        checkSolvent();
    }

    function test_TwoVerdictsTakeALeakBondOnce() public {
        (uint256 first, uint256 second) = (file(LICENSE), file(LICENSE));
        verdict(first, unanimous(Outcome.TRACED));
        verdict(second, unanimous(Outcome.TRACED));
        eq(court.delistings(modelId, ENDPOINT_HASH), 2);
        close(first);
        close(second);
        eq(court.owed(OUTSIDER), 2 * REPORT_BOND + COST_CAP);
        eq(court.owed(OWNER), COST_CAP);
        eq(court.owed(BURNED), LEAK_BOND - 2 * COST_CAP);
        checkSolvent();
    }

    function test_AnUpheldReportFreesTheName() public {
        bytes32 nameId = registerName(HOST, "open-ai");
        vm.expectEmit(address(court));
        emit ILeakCourt.NameReported(1, OUTSIDER, nameId, HOST, REPORT_BOND, 1);
        uint256 reportId = fileName(nameId);
        eq(names.nameOf(nameId).reports, 1);
        verdict(reportId, unanimous(Outcome.UPHELD));
        eq(names.nameOf(nameId).holder, HOST); // until the appeal window is over
        close(reportId);
        eq(names.nameOf(nameId).holder, address(0));
        eq(names.nameOf(nameId).reports, 0);
        eq(court.owed(OUTSIDER), REPORT_BOND + NAME_DEPOSIT / 5);
        eq(court.owed(BURNED), NAME_DEPOSIT - NAME_DEPOSIT / 5);
        eq(court.owed(HOST), 0);
        checkSolvent();
    }

    function test_ADismissedReportLetsTheNameGo() public {
        bytes32 nameId = registerName(HOST, "open-ai");
        uint256 reportId = fileName(nameId);
        verdict(reportId, unanimous(Outcome.DISMISSED));
        close(reportId);
        eq(names.nameOf(nameId).holder, HOST);
        eq(names.nameOf(nameId).reports, 0);
        eq(court.owed(HOST), COST_CAP);
        checkSolvent();
    }

    function test_TwoVerdictsFreeANameOnce() public {
        bytes32 nameId = registerName(HOST, "open-ai");
        (uint256 first, uint256 second) = (fileName(nameId), fileName(nameId));
        verdict(first, unanimous(Outcome.UPHELD));
        verdict(second, unanimous(Outcome.UPHELD));
        close(first);
        close(second);
        eq(court.owed(OUTSIDER), 2 * REPORT_BOND + NAME_DEPOSIT / 5);
        eq(names.nameOf(nameId).reports, 0);
        checkSolvent();
    }

    function test_RevertWhen_DecidedTooEarly() public {
        uint256 reportId = file(LICENSE);
        bytes memory refusal = abi.encodeWithSelector(ILeakCourt.LeakCourt_StillHeard.selector, reportId, 1);
        vm.expectRevert(refusal);
        court.decide(reportId);
        draw(1);
        vm.warp(committees.committee(1).revealBy);
        vm.expectRevert(refusal);
        court.decide(reportId);
        verdict(file(LICENSE), unanimous(Outcome.UPHELD)); // of another report
        reportId = 2;
        vm.expectRevert(
            abi.encodeWithSelector(ILeakCourt.LeakCourt_WrongState.selector, reportId, ReportState.DECIDED)
        );
        court.decide(reportId);
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_UnknownReport.selector, 99));
        court.decide(99);
    }

    function test_RevertWhen_ClosedTooEarlyOrTwice() public {
        uint256 reportId = file(LICENSE);
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_WrongState.selector, reportId, ReportState.HEARD));
        court.close(reportId);
        verdict(reportId, unanimous(Outcome.UPHELD));
        uint64 appealBy = court.report(reportId).appealBy;
        eq(appealBy, block.timestamp + 20);
        vm.warp(appealBy);
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_TooEarly.selector, appealBy));
        court.close(reportId);
        vm.warp(appealBy + 1);
        court.close(reportId);
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_WrongState.selector, reportId, ReportState.CLOSED));
        court.close(reportId);
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_UnknownReport.selector, 99));
        court.close(99);
    }

    /// @dev Every way that five seats can vote, one of them maybe silent: the outcome follows the rule, every unit is
    /// accounted for.
    function testFuzz_decide_TwoThirdsOfTheSeats(uint256 seed) public {
        uint256 reportId = file(LICENSE);
        Outcome[5] memory votes;
        uint256[4] memory count;
        for (uint256 i = 0; i < 5; ++i) {
            votes[i] = i == seed % 6 ? Outcome.UNDECIDED : Outcome(1 + ((seed >> (8 * i)) % 3));
            count[uint256(votes[i])] += 1;
        }
        Outcome outcome = verdict(reportId, votes);
        Outcome expected = Outcome.UNDECIDED; // four of five are two thirds, three are not
        if (count[3] >= 4) expected = Outcome.TRACED;
        else if (count[2] + count[3] >= 4) expected = Outcome.UPHELD;
        else if (count[1] >= 4) expected = Outcome.DISMISSED;
        eq(uint256(outcome), uint256(expected));
        checkSolvent();
        close(reportId);
        checkSolvent();
        eq(licenses.reported(LICENSE).leakBond, expected == Outcome.TRACED ? 0 : LEAK_BOND);
    }

    function testFuzz_reportLeak_NamesNoLicenseOfAnotherModel(uint256 licenseId, uint256 ofModel) public {
        if (licenseId == 0 || licenseId == LICENSE) return;
        licenses.set(licenseId, HOST, ofModel, LicenseState.ACTIVE, 0);
        if (ofModel != modelId)
            vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_NotOfModel.selector, licenseId, modelId));
        file(licenseId);
        checkSolvent();
    }

    function testFuzz_reportName_OnlyOfHeldNames(bytes32 nameId) public {
        vm.expectRevert(abi.encodeWithSelector(ILeakCourt.LeakCourt_UnknownName.selector, nameId));
        fileName(nameId);
    }
}
