// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ModelFixture} from "./ModelFixture.sol";
import {ReportedLicenses} from "./ReportedLicenses.sol";
import {Stakers} from "./Stakers.sol";
import {DevDollar} from "../src/DevDollar.sol";
import {LeakCourt} from "../src/LeakCourt.sol";
import {Names} from "../src/Names.sol";
import {DevArbitrator} from "../src/arbitration/DevArbitrator.sol";
import {LeakReport, Outcome, Report, Vote} from "../src/interfaces/ILeakCourt.sol";
import {ILicenseRegistry, LicenseState} from "../src/interfaces/ILicenseRegistry.sol";
import {IVerifierRegistry} from "../src/interfaces/IVerifierRegistry.sol";

/// @notice The leak court with names, models and an arbitrator; stakers and licenses are made up. OUTSIDER reports,
/// HOST is accused.
abstract contract ReportFixture is ModelFixture {
    uint256 internal constant LICENSE = 7;
    uint256 internal constant LEAK_BOND = 50 * DOLLAR;
    uint256 internal constant REPORT_BOND = 10 * DOLLAR;
    uint256 internal constant FEES = 5 * DOLLAR; // five seats
    uint256 internal constant JUROR_DEPOSIT = 5 * DOLLAR;
    uint256 internal constant PENALTY = JUROR_DEPOSIT / 2;
    uint256 internal constant COST_CAP = 6 * DOLLAR;
    uint256 internal constant NAME_DEPOSIT = 20 * DOLLAR;
    uint256 internal constant STAKERS = 7;
    uint256 internal constant APPEAL_FEE = 1e15;
    string internal constant ENDPOINT = "https://leak.example/v1";
    bytes32 internal constant ENDPOINT_HASH = keccak256(bytes(ENDPOINT));
    bytes32 internal constant SALT = keccak256("salt");
    bytes32 internal constant PROBES = keccak256("probes");
    address internal constant JUDGE = address(0x10D6E);

    Stakers internal stakers;
    ReportedLicenses internal licenses;
    Names internal names;
    DevArbitrator internal arbitrator;
    LeakCourt internal court;
    uint256 internal modelId;

    function setUp() public virtual {
        deployToken();
        deployModels();
        stakers = new Stakers();
        licenses = new ReportedLicenses(token);
        names = new Names(parameters, models);
        arbitrator = new DevArbitrator(JUDGE, APPEAL_FEE);
        court = new LeakCourt(
            parameters,
            models,
            ILicenseRegistry(address(licenses)),
            IVerifierRegistry(address(stakers)),
            names,
            arbitrator,
            "general court"
        );
        names.bindCourt(address(court));
        licenses.bindLeakCourt(address(court));
        modelId = mintModel(OWNER, "book", 1_000);
        setLicense(LICENSE, LicenseState.ACTIVE, LEAK_BOND);
        for (uint256 i = 0; i < STAKERS; ++i) {
            stakers.add(juror(i));
            enrol(juror(i), 2 * JUROR_DEPOSIT);
        }
        fund(OUTSIDER);
        fund(HOST);
        vm.roll(block.number + 1);
    }

    function juror(uint256 i) internal pure returns (address) {
        return address(uint160(0x10000 + i));
    }

    function fund(address actor) internal {
        token.mint(actor, 1_000 * DOLLAR);
        vm.deal(actor, 1 ether);
        vm.startPrank(actor);
        token.approve(address(court), type(uint256).max);
        token.approve(address(names), type(uint256).max);
        vm.stopPrank();
    }

    function enrol(address who, uint256 amount) internal {
        fund(who);
        vm.prank(who);
        court.enrol(amount);
    }

    function setLicense(uint256 licenseId, LicenseState state, uint256 leakBond) internal {
        licenses.set(licenseId, HOST, modelId, state, leakBond);
        token.mint(address(licenses), leakBond);
    }

    function leak(uint256 licenseId) internal view returns (LeakReport memory) {
        return LeakReport(modelId, licenseId, ENDPOINT, keccak256("evidence"), "ipfs://evidence");
    }

    function file(uint256 licenseId) internal returns (uint256 reportId) {
        vm.prank(OUTSIDER);
        return court.reportLeak(leak(licenseId));
    }

    function registerName(address holder, string memory text) internal returns (bytes32 nameId) {
        vm.startPrank(holder);
        names.commit(keccak256(abi.encode(block.chainid, address(names), holder, text, SALT)));
        vm.roll(block.number + 1);
        nameId = names.register(text, 0, SALT, NAME_DEPOSIT);
        vm.stopPrank();
    }

    function fileName(bytes32 nameId) internal returns (uint256 reportId) {
        vm.prank(OUTSIDER);
        return court.reportName(nameId, keccak256("evidence"), "ipfs://evidence");
    }

    function draw(uint256 reportId) internal returns (address[] memory) {
        vm.roll(court.report(reportId).beaconBlock + 1);
        court.drawCommittee(reportId);
        return court.committee(reportId);
    }

    function commitment(uint256 reportId, address who, Vote vote) internal view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(court), reportId, who, vote, PROBES, SALT));
    }

    function commit(uint256 reportId, address who, Vote vote) internal {
        bytes32 hash = commitment(reportId, who, vote);
        vm.prank(who);
        court.commitVote(reportId, hash);
    }

    function reveal(uint256 reportId, address who, Vote vote) internal {
        vm.prank(who);
        court.revealVote(reportId, vote, SALT, PROBES, "ipfs://probes");
    }

    /// @notice The committee votes in its order; `Vote.NONE` stays silent. Then the votes are counted.
    function verdict(uint256 reportId, Vote[5] memory votes) internal returns (Outcome) {
        address[] memory jurors = draw(reportId);
        for (uint256 i = 0; i < jurors.length; ++i) {
            if (votes[i] != Vote.NONE) commit(reportId, jurors[i], votes[i]);
        }
        vm.warp(court.report(reportId).voteBy + 1);
        for (uint256 i = 0; i < jurors.length; ++i) {
            if (votes[i] != Vote.NONE) reveal(reportId, jurors[i], votes[i]);
        }
        vm.warp(court.report(reportId).revealBy + 1);
        return court.decide(reportId);
    }

    function unanimous(Vote vote) internal pure returns (Vote[5] memory) {
        return [vote, vote, vote, vote, vote];
    }

    function appeal(uint256 reportId, address appellant) internal returns (uint256) {
        vm.prank(appellant);
        return court.appeal{value: APPEAL_FEE}(reportId);
    }

    function close(uint256 reportId) internal {
        vm.warp(court.report(reportId).appealBy + 1);
        court.close(reportId);
    }

    /// @notice The court holds exactly what its own books say.
    function checkSolvent() internal view {
        eq(token.balanceOf(address(court)), court.accounted());
        eq(token.balanceOf(address(names)), names.accounted());
    }
}
