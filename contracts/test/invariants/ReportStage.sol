// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Handler} from "./Handler.sol";
import {Blames} from "../../src/Blames.sol";
import {Committees} from "../../src/Committees.sol";
import {InspectionPools} from "../../src/InspectionPools.sol";
import {LeakCourt} from "../../src/LeakCourt.sol";
import {LicenseRegistry} from "../../src/LicenseRegistry.sol";
import {Names} from "../../src/Names.sol";
import {RevenueVault} from "../../src/RevenueVault.sol";
import {VerifierRegistry} from "../../src/VerifierRegistry.sol";
import {DevArbitrator} from "../../src/arbitration/DevArbitrator.sol";
import {CommitteeState} from "../../src/interfaces/ICommittees.sol";
import {ReportState} from "../../src/interfaces/ILeakCourt.sol";
import {AcceptParams} from "../../src/interfaces/ILicenseRegistry.sol";
import {Terms} from "../../src/interfaces/ITermsRegistry.sol";
import {ModelFixture} from "../../testing/ModelFixture.sol";
import {OddToken} from "../../testing/OddToken.sol";
import {IClaimCourt} from "../../src/interfaces/IClaimCourt.sol";
import {ITitleBonds} from "../../src/interfaces/ITitleBonds.sol";

/// @notice Two hosts with leak bonds, eight verifiers who may sit on committees, three names, a judge.
abstract contract ReportStage is ModelFixture, Handler {
    uint256 internal constant JURORS = 8;
    uint96 internal constant LEAK_BOND = 30e6;
    address internal constant CROOK = address(0xC200C);
    address internal constant JUDGE = address(0x1D6E);

    LicenseRegistry public licenses;
    VerifierRegistry public verifiers;
    Names public names;
    Committees public committees;
    LeakCourt public court;
    DevArbitrator internal arbitrator;
    address[JURORS] internal jurors;
    address[2] internal accounts = [HOST, CROOK];
    uint256 internal modelId;
    uint32 internal termsId;

    function deployStage() internal {
        deployToken();
        deployModels();
        verifiers = new VerifierRegistry(parameters, beacon);
        InspectionPools pools = new InspectionPools(parameters, models, verifiers);
        RevenueVault implementation = new RevenueVault(parameters, models, termsRegistry, pools);
        licenses = new LicenseRegistry(parameters, models, termsRegistry, address(implementation));
        models.bindLicenses(address(licenses));
        names = new Names(parameters, models);
        arbitrator = new DevArbitrator(JUDGE, 1 gwei);
        committees = new Committees(parameters, verifiers, beacon, pools);
        Blames blames = new Blames(
            parameters,
            IClaimCourt(address(0)),
            models,
            licenses,
            committees,
            ITitleBonds(address(0)),
            arbitrator,
            ""
        );
        court = new LeakCourt(parameters, models, licenses, committees, names, blames, arbitrator, "");
        verifiers.bindCommittees(address(committees));
        committees.bindCourt(address(court));
        licenses.bindLeakCourt(address(court));
        names.bindCourt(address(court));
        modelId = mintModel(OWNER, "model", 5_000);
        Terms memory t = terms(5_000);
        t.leakBond = LEAK_BOND;
        termsId = termsRegistry.register(t);
        vm.prank(OWNER);
        models.setOffer(modelId, 0, termsId);
        for (uint256 i = 0; i < 2; ++i) {
            fund(accounts[i]);
            acceptAs(accounts[i]);
        }
        fund(OUTSIDER);
        for (uint256 i = 0; i < JURORS; ++i) {
            jurors[i] = address(uint160(0x7070 + i));
            fund(jurors[i]);
            vm.prank(jurors[i]);
            verifiers.stake((1 + (i % 2)) * 20 * DOLLAR, "key");
            vm.prank(jurors[i]);
            verifiers.enrol(uint32(1 + (i % 2)));
        }
        vm.roll(block.number + 1);
    }

    function acceptAs(address account) internal {
        AcceptParams memory p;
        (p.modelId, p.termsId, p.deposit) = (modelId, termsId, uint96(60 * DOLLAR));
        vm.prank(account);
        licenses.accept(p);
    }

    /// @dev One of all reports in one of two states: the first from a random one on.
    function pick(uint256 seed, ReportState state, ReportState other) internal view returns (uint256 reportId) {
        uint256 count = court.reportCount();
        for (uint256 i = 0; i < count; ++i) {
            reportId = 1 + (((seed % count) + i) % count);
            ReportState found = court.report(reportId).state;
            if (found == state || found == other) return reportId;
        }
        revert Idle();
    }

    /// @dev One of all committees in a state: the first from a random one on.
    function pickCommittee(uint256 seed, CommitteeState state) internal view returns (uint256 id) {
        uint256 count = committees.committeeCount();
        for (uint256 i = 0; i < count; ++i) {
            id = 1 + (((seed % count) + i) % count);
            if (committees.committee(id).state == state) return id;
        }
        revert Idle();
    }

    function bonds() internal view returns (bytes32) {
        return keccak256(abi.encode(licenses.accountOf(HOST), licenses.accountOf(CROOK)));
    }

    function fund(address actor) private {
        token.mint(actor, 1e6 * DOLLAR);
        address[4] memory spenders = [address(licenses), address(verifiers), address(court), address(names)];
        for (uint256 i = 0; i < spenders.length; ++i) {
            vm.prank(actor);
            token.approve(spenders[i], type(uint256).max);
        }
    }
}
