// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ModelFixture} from "./ModelFixture.sol";
import {ReportedLicenses} from "./ReportedLicenses.sol";
import {Blames} from "../src/Blames.sol";
import {Committees} from "../src/Committees.sol";
import {InspectionPools} from "../src/InspectionPools.sol";
import {LeakCourt} from "../src/LeakCourt.sol";
import {Names} from "../src/Names.sol";
import {VerifierRegistry} from "../src/VerifierRegistry.sol";
import {DevArbitrator} from "../src/arbitration/DevArbitrator.sol";
import {Committee} from "../src/interfaces/ICommittees.sol";
import {LeakReport, Outcome} from "../src/interfaces/ILeakCourt.sol";
import {ILicenseRegistry, LicenseState} from "../src/interfaces/ILicenseRegistry.sol";
import {IClaimCourt} from "../src/interfaces/IClaimCourt.sol";
import {ITitleBonds} from "../src/interfaces/ITitleBonds.sol";

/// @notice The leak court with committees, verifiers, names, models and an arbitrator; licenses are made up. Seven
/// verifiers hold a ticket each, OUTSIDER reports, HOST is accused. A juror votes what it wants the outcome to be.
abstract contract ReportFixture is ModelFixture {
    uint256 internal constant LICENSE = 7;
    uint256 internal constant LEAK_BOND = 50 * DOLLAR;
    uint256 internal constant REPORT_BOND = 10 * DOLLAR;
    uint256 internal constant FEE = DOLLAR;
    uint256 internal constant FEES = 5 * FEE; // five seats
    uint256 internal constant TICKET = 20 * DOLLAR;
    uint256 internal constant PENALTY = TICKET / 2;
    uint256 internal constant COST_CAP = 6 * DOLLAR;
    uint256 internal constant NAME_DEPOSIT = 20 * DOLLAR;
    uint256 internal constant VERIFIERS = 7;
    uint256 internal constant APPEAL_FEE = 1e15;
    uint256 internal constant ALL = type(uint256).max;
    string internal constant ENDPOINT = "https://leak.example/v1";
    bytes32 internal constant ENDPOINT_HASH = keccak256(bytes(ENDPOINT));
    bytes32 internal constant SALT = keccak256("salt");
    bytes32 internal constant PROBES = keccak256("probes");
    address internal constant JUDGE = address(0x10D6E);

    VerifierRegistry internal verifiers;
    ReportedLicenses internal licenses;
    Names internal names;
    DevArbitrator internal arbitrator;
    InspectionPools internal pools;
    Committees internal committees;
    Blames internal blames;
    LeakCourt internal court;
    uint256 internal modelId;

    function setUp() public virtual {
        deployToken();
        deployModels();
        verifiers = new VerifierRegistry(parameters, beacon);
        pools = new InspectionPools(parameters, models, verifiers);
        committees = new Committees(parameters, verifiers, beacon, pools);
        licenses = new ReportedLicenses(token);
        names = new Names(parameters, models);
        arbitrator = new DevArbitrator(JUDGE, APPEAL_FEE);
        blames = new Blames(
            parameters,
            IClaimCourt(address(0)),
            models,
            ILicenseRegistry(address(licenses)),
            committees,
            ITitleBonds(address(0)),
            arbitrator,
            ""
        );
        court = new LeakCourt(
            parameters,
            models,
            ILicenseRegistry(address(licenses)),
            committees,
            names,
            blames,
            arbitrator,
            "general court"
        );
        verifiers.bindCommittees(address(committees));
        committees.bindCourt(address(court));
        names.bindCourt(address(court));
        licenses.bindLeakCourt(address(court));
        modelId = mintModel(OWNER, "book", 1_000);
        setLicense(LICENSE, LicenseState.ACTIVE, LEAK_BOND);
        for (uint256 i = 0; i < VERIFIERS; ++i) {
            join(juror(i), 1);
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
        token.approve(address(verifiers), type(uint256).max);
        vm.stopPrank();
    }

    function join(address who, uint32 tickets) internal {
        fund(who);
        vm.startPrank(who);
        verifiers.stake(tickets * TICKET, "key");
        verifiers.enrol(tickets);
        vm.stopPrank();
    }

    function quit(address who) internal {
        vm.prank(who);
        verifiers.requestUnstake();
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

    function committeeOf(uint256 reportId) internal view returns (uint256) {
        return court.report(reportId).committeeId;
    }

    /// @notice Posts the round that a committee waits for.
    function post(uint256 id) internal {
        uint64 round = committees.committee(id).round;
        vm.roll(round + 1);
        if (!beacon.isPosted(round)) beacon.post(round, "");
    }

    function draw(uint256 id) internal returns (address[] memory) {
        post(id);
        committees.draw(id, ALL);
        return committees.jurors(id);
    }

    function commitment(uint256 id, address who, Outcome vote) internal view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(committees), id, who, uint8(vote), PROBES, SALT));
    }

    function commit(uint256 id, address who, Outcome vote) internal {
        bytes32 hash = commitment(id, who, vote);
        vm.prank(who);
        committees.commitVote(id, hash);
    }

    function reveal(uint256 id, address who, Outcome vote) internal {
        vm.prank(who);
        committees.revealVote(id, uint8(vote), SALT, PROBES, "ipfs://probes");
    }

    /// @notice The committee votes in its order; `Outcome.UNDECIDED` stays silent. Then the votes are counted.
    function hear(uint256 id, Outcome[5] memory votes) internal {
        address[] memory seated = draw(id);
        for (uint256 i = 0; i < seated.length; ++i) {
            if (votes[i] != Outcome.UNDECIDED) commit(id, seated[i], votes[i]);
        }
        Committee memory it = committees.committee(id);
        vm.warp(it.voteBy + 1);
        bool enough = 3 * uint256(it.committed) >= 2 * uint256(it.seats);
        for (uint256 i = 0; i < seated.length && enough; ++i) {
            if (votes[i] != Outcome.UNDECIDED) reveal(id, seated[i], votes[i]);
        }
        vm.warp(it.revealBy + 1);
        committees.count(id);
    }

    function verdict(uint256 reportId, Outcome[5] memory votes) internal returns (Outcome) {
        hear(committeeOf(reportId), votes);
        return court.decide(reportId);
    }

    function unanimous(Outcome vote) internal pure returns (Outcome[5] memory) {
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

    /// @notice Every contract holds exactly what its own books say.
    function checkSolvent() internal view {
        eq(token.balanceOf(address(court)), court.accounted());
        eq(token.balanceOf(address(committees)), committees.accounted());
        eq(token.balanceOf(address(names)), names.accounted());
    }
}
