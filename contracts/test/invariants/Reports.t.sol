// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CitizenActions} from "./CitizenActions.sol";
import {ReportActions} from "./ReportActions.sol";
import {Juror, Outcome, Report, ReportKind, ReportState, Vote} from "../../src/interfaces/ILeakCourt.sol";
import {License, Suspension} from "../../src/interfaces/ILicenseRegistry.sol";
import {Check} from "../../testing/Check.sol";

/// @notice Every action around reports, committees, names and leak bonds, and what must hold between any two of them.
contract ReportHandler is ReportActions, CitizenActions {
    constructor() payable {
        deployStage();
    }

    receive() external payable {}

    function courtAccountsForEveryUnit() external view {
        uint256 sum =
            court.owed(OWNER) + court.owed(HOST) + court.owed(CROOK) + court.owed(OUTSIDER) + court.owed(BURNED);
        for (uint256 i = 0; i < JURORS; ++i) sum += court.juror(jurors[i]).deposit + court.owed(jurors[i]);
        for (uint256 id = 1; id <= court.reportCount(); ++id) {
            Report memory it = court.report(id);
            if (it.state != ReportState.CLOSED) sum += uint256(it.bond) + it.fees;
        }
        eq(court.accounted(), sum);
        eq(token.balanceOf(address(court)), sum);
    }

    function jurorsLockWhatTheySitFor() external view {
        for (uint256 i = 0; i < JURORS; ++i) {
            Juror memory juror = court.juror(jurors[i]);
            uint256 locked;
            for (uint256 id = 1; id <= court.reportCount(); ++id) {
                Report memory it = court.report(id);
                if (it.state != ReportState.VOTING) continue;
                address[] memory seats = court.committee(id);
                for (uint256 k = 0; k < seats.length; ++k) {
                    if (seats[k] == jurors[i]) locked += it.jurorDeposit;
                }
            }
            eq(juror.locked, locked);
            require(juror.locked <= juror.deposit, "locked more than deposited");
        }
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
        eq(verifiers.pool(), 0);
    }

    function seatsAreHeldOnce() external view {
        uint256 seats = verifiers.verifierCount();
        require(seats <= JURORS, "more seats than verifiers");
        for (uint256 i = 0; i < JURORS; ++i) {
            uint256 held;
            for (uint256 k = 0; k < seats; ++k) if (verifiers.verifierAt(k) == jurors[i]) ++held;
            eq(held, verifiers.stakeOf(jurors[i]) == 0 ? 0 : 1);
        }
    }

    function committeesAreFair() external view {
        for (uint256 id = 1; id <= court.reportCount(); ++id) {
            address[] memory seats = court.committee(id);
            for (uint256 i = 0; i < seats.length; ++i) {
                require(seats[i] != court.report(id).reporter && seats[i] != OWNER, "a party sits");
                for (uint256 k = 0; k < i; ++k) require(seats[i] != seats[k], "a juror sits twice");
            }
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

    function invariant_JurorsLockWhatTheySitFor() public view {
        handler.jurorsLockWhatTheySitFor();
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

    function invariant_EverySeatIsHeldOnce() public view {
        handler.seatsAreHeldOnce();
    }

    function invariant_CommitteesAreFair() public view {
        handler.committeesAreFair();
    }

    function invariant_NoReportBreaksARule() public view {
        require(bytes(handler.broken()).length == 0, handler.broken());
    }

    function invariant_NoReportGetsStuck() public view {
        require(handler.refusal().length == 0, "refused");
    }
}
