// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CitizenActions} from "./CitizenActions.sol";
import {ReportActions} from "./ReportActions.sol";
import {Ballot, Committee, CommitteeState} from "../../src/interfaces/ICommittees.sol";
import {ICredits} from "../../src/interfaces/ICredits.sol";
import {Outcome, Report, ReportKind, ReportState} from "../../src/interfaces/ILeakCourt.sol";
import {License, Suspension} from "../../src/interfaces/ILicenseRegistry.sol";
import {Ticket} from "../../src/interfaces/IVerifierRegistry.sol";
import {Check} from "../../testing/Check.sol";

/// @notice Every action around reports, committees, names and leak bonds, and what must hold between any two of them.
contract ReportHandler is ReportActions, CitizenActions {
    constructor() payable {
        deployStage();
    }

    receive() external payable {}

    function courtAccountsForEveryUnit() external view {
        uint256 sum = owedBy(court);
        for (uint256 id = 1; id <= court.reportCount(); ++id) {
            Report memory it = court.report(id);
            if (it.state != ReportState.CLOSED) sum += it.bond;
        }
        eq(court.accounted(), sum);
        eq(token.balanceOf(address(court)), sum);
    }

    function committeesAccountForEveryUnit() external view {
        uint256 sum = owedBy(committees);
        for (uint256 id = 1; id <= committees.committeeCount(); ++id) {
            Committee memory it = committees.committee(id);
            if (it.state < CommitteeState.COUNTED) sum += uint256(it.fee) * it.size;
        }
        eq(committees.accounted(), sum);
        eq(token.balanceOf(address(committees)), sum);
    }

    function owedBy(ICredits from) private view returns (uint256 sum) {
        sum = from.owed(OWNER) + from.owed(HOST) + from.owed(CROOK) + from.owed(OUTSIDER) + from.owed(BURNED);
        for (uint256 i = 0; i < JURORS; ++i) sum += from.owed(jurors[i]);
    }

    function namesHoldTheirDeposits() external view {
        uint256 sum = names.nameOf(keccak256("acme")).deposit + uint256(names.nameOf(keccak256("globex")).deposit);
        eq(names.accounted(), sum);
        eq(token.balanceOf(address(names)), sum);
    }

    function delistingsAreStandingVerdicts() external view {
        bytes32[2] memory endpoints = [keccak256("https://one.example"), keccak256("https://two.example")];
        for (uint256 e = 0; e < 2; ++e) {
            uint256 standing;
            for (uint256 id = 1; id <= court.reportCount(); ++id) {
                Report memory it = court.report(id);
                if (it.kind == ReportKind.LEAK && it.subject == endpoints[e] && it.enforced >= Outcome.UPHELD)
                    ++standing;
            }
            eq(court.delistings(modelId, endpoints[e]), standing);
        }
    }

    function barredMeansAVerdictStands() external view {
        for (uint256 licenseId = 1; licenseId <= licenses.licenseCount(); ++licenseId) {
            License memory it = licenses.license(licenseId);
            bool stands;
            for (uint256 id = 1; id <= court.reportCount(); ++id) {
                Report memory report = court.report(id);
                stands = stands || (report.licenseId == licenseId && report.enforced == Outcome.TRACED);
            }
            require(
                stands || (it.suspension != Suspension.BARRED && !licenses.isFrozen(licenseId)),
                "held without a verdict"
            );
        }
    }

    function registryHoldsBondsAndLeakBonds() external view {
        uint256 sum = licenses.accountOf(HOST).bond + licenses.accountOf(CROOK).bond;
        for (uint256 id = 1; id <= licenses.licenseCount(); ++id) sum += licenses.leakBondOf(id);
        eq(token.balanceOf(address(licenses)), sum);
    }

    function stakesAreConserved() external view {
        uint256 sum;
        for (uint256 i = 0; i < JURORS; ++i) sum += verifiers.stakeOf(jurors[i]);
        eq(token.balanceOf(address(verifiers)), sum);
    }

    function ticketsAreStaked() external view {
        for (uint256 i = 0; i < JURORS; ++i) {
            uint256 living;
            for (uint256 k = 0; k < verifiers.ticketCount(); ++k) {
                Ticket memory ticket = verifiers.ticketAt(k);
                if (ticket.holder == jurors[i] && ticket.struckBlock == 0) ++living;
            }
            eq(verifiers.ticketsOf(jurors[i]), living);
            require(living * 20 * DOLLAR <= verifiers.stakeOf(jurors[i]), "a ticket without a stake");
        }
    }

    function committeesAreFair() external view {
        for (uint256 id = 1; id <= committees.committeeCount(); ++id) {
            Committee memory it = committees.committee(id);
            address[] memory seated = committees.jurors(id);
            uint256 seats;
            for (uint256 i = 0; i < seated.length; ++i) {
                require(seated[i] != it.payer && seated[i] != OWNER, "a party sits");
                for (uint256 k = 0; k < i; ++k) require(seated[i] != seated[k], "a juror is listed twice");
                Ballot memory ballot = committees.ballotOf(id, seated[i]);
                require(ballot.seats <= drawableOf(seated[i], it), "more seats than tickets");
                seats += ballot.seats;
            }
            eq(it.seats, seats);
        }
    }

    /// @dev Tickets of a juror that a case could draw: enrolled before it was filed, and not struck by its draw.
    function drawableOf(address juror, Committee memory it) private view returns (uint256 count) {
        for (uint256 k = 0; k < it.population; ++k) {
            Ticket memory ticket = verifiers.ticketAt(k);
            bool lives = ticket.struckBlock == 0 || ticket.struckBlock >= it.namedBlock;
            if (ticket.holder == juror && ticket.enrolledBlock < it.filedBlock && lives) ++count;
        }
    }
}

contract ReportInvariants is Check {
    ReportHandler private handler;

    function setUp() public {
        handler = new ReportHandler();
        vm.deal(address(handler), 1 ether);
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_TheLeakCourtAccountsForEveryUnit() public view {
        handler.courtAccountsForEveryUnit();
    }

    function invariant_CommitteesAccountForEveryUnit() public view {
        handler.committeesAccountForEveryUnit();
    }

    function invariant_NamesHoldTheirDeposits() public view {
        handler.namesHoldTheirDeposits();
    }

    function invariant_DelistingsAreStandingVerdicts() public view {
        handler.delistingsAreStandingVerdicts();
    }

    function invariant_BarredMeansAVerdictStands() public view {
        handler.barredMeansAVerdictStands();
    }

    function invariant_TheRegistryHoldsBondsAndLeakBonds() public view {
        handler.registryHoldsBondsAndLeakBonds();
    }

    function invariant_StakesAreConserved() public view {
        handler.stakesAreConserved();
    }

    function invariant_TicketsAreStaked() public view {
        handler.ticketsAreStaked();
    }

    function invariant_CommitteesAreFair() public view {
        handler.committeesAreFair();
    }

    function invariant_NoReportBreaksARule() public view {
        require(bytes(handler.broken()).length == 0, handler.broken());
    }

    function invariant_NoReportGetsStuck() public view {
        handler.nothingWasRefused();
    }
}
