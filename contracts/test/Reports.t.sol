// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {LeakReport, Outcome} from "../src/interfaces/ILeakCourt.sol";
import {ILicenseRegistry, License, LicenseState, Suspension} from "../src/interfaces/ILicenseRegistry.sol";
import {IRevenueVault} from "../src/interfaces/IRevenueVault.sol";
import {Terms, TermsKind} from "../src/interfaces/ITermsRegistry.sol";
import {Fixture} from "../testing/Fixture.sol";

// The leak court over real licenses, stakers and vaults: a HOST with a leak bond of 50 dollars is reported by OUTSIDER.
// a verdict
// ├── bars the license and holds host money and exit
// ├── when nobody appeals     ends the license, burns most of its leak bond, and leaves the account bond alone
// ├── when it is overturned   gives everything back
// └── when the host is leaving, and the arbitrator slow   keeps the leak bond within reach
contract ReportsTest is Fixture {
    uint96 private constant LEAK_BOND = uint96(50 * DOLLAR);

    uint256 private reported;
    uint256 private license;
    address[3] private jurors = [address(0x1A), address(0x1B), address(0x1C)];

    function setUp() public {
        deployAll();
        Terms memory t = terms(1_000);
        t.leakBond = LEAK_BOND;
        modelId = mintModel(OWNER, "book", 1_000);
        offer(OWNER, modelId, t);
        openAccount(HOST, SIGNER_KEY, BOND);
        license = accept(HOST, modelId);
        serve(OWNER, license);
        for (uint256 i = 0; i < 3; ++i) {
            join(jurors[i]);
        }
        fund(OUTSIDER, address(leakCourt));
        vm.deal(HOST, 1 ether);
        vm.roll(block.number + 1);
        vm.prank(OUTSIDER);
        reported = leakCourt.reportLeak(LeakReport(modelId, license, "https://leak.example", "hash", "uri"));
    }

    function test_AVerdictBarsAndFreezesTheLicense() public {
        convict();
        License memory it = licenses.license(license);
        eq(uint256(it.state), uint256(LicenseState.SUSPENDED));
        eq(it.suspension == Suspension.BARRED ? 1 : 0, 1);
        eq(it.frozenUntil, block.timestamp + 60);
        eq(it.leakBond, LEAK_BOND);
    }

    // protocol §4.8: freeze payouts
    function test_AFrozenHostIsPaidLater() public {
        bytes32 nonce = "paid";
        IRevenueVault vault = IRevenueVault(licenses.deployVault(license));
        vault.bookExact(payment(nonce, 10_000), signPayment(payment(nonce, 10_000), address(vault)));
        vault.distribute();
        convict();
        vm.expectPartialRevert(IRevenueVault.RevenueVault_Frozen.selector);
        vault.payHost();
        vm.warp(block.timestamp + 61);
        vault.payHost();
    }

    // protocol §4.8: take the leak bond, never the account bond
    function test_WithoutAnAppealTheLeakBondIsTaken() public {
        convict();
        vm.warp(leakCourt.report(reported).appealBy + 1);
        leakCourt.close(reported);
        eq(uint256(licenses.license(license).state), uint256(LicenseState.SLASHED));
        eq(licenses.license(license).leakBond, 0);
        eq(licenses.accountOf(HOST).bond, BOND);
        eq(leakCourt.owed(OWNER), 6 * DOLLAR);
        eq(leakCourt.owed(OUTSIDER), 10 * DOLLAR + 6 * DOLLAR); // bond and costs
        eq(committees.owed(OUTSIDER), 2 * DOLLAR); // two empty seats
        eq(leakCourt.owed(BURNED), LEAK_BOND - 12 * DOLLAR);
        eq(token.balanceOf(address(leakCourt)), leakCourt.accounted());
        // what it reserves of the account bond is freed like that of any license
        vm.warp(licenses.license(license).closedAt);
        licenses.finishClose(license);
        eq(licenses.free(HOST), BOND);
    }

    function test_AnOverturnedVerdictGivesEverythingBack() public {
        convict();
        rule(1);
        License memory it = licenses.license(license);
        eq(uint256(it.state), uint256(LicenseState.ACTIVE));
        eq(it.suspension == Suspension.BARRED ? 1 : 0, 0);
        eq(licenses.isFrozen(license) ? 1 : 0, 0);
        eq(it.leakBond, LEAK_BOND);
    }

    /// @dev Exits never outrun reports: neither an exit that begins before the verdict nor one that begins after it.
    function testFuzz_AnExitDoesNotOutrunAnAppeal(bool before, uint16 waited) public {
        if (before) leaveNow();
        convict();
        if (!before) leaveNow();
        appealNow();
        vm.warp(licenses.license(license).closedAt + bound(waited, 60, 10_000)); // the freeze is over too
        vm.expectRevert(abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_Barred.selector, license));
        licenses.finishClose(license);
        leakCourt.close(reported); // no ruling came
        eq(licenses.license(license).leakBond, 0);
        licenses.finishClose(license);
        eq(licenses.free(HOST), BOND);
    }

    function test_AfterAnOverturnedVerdictAnExitGoesOn() public {
        convict();
        leaveNow();
        rule(1);
        uint256 had = token.balanceOf(HOST);
        vm.warp(licenses.license(license).closedAt);
        licenses.finishClose(license);
        eq(token.balanceOf(HOST) - had, LEAK_BOND);
    }

    function test_ARulingAgainstAClosedLicenseTakesNothing() public {
        leaveNow();
        vote(Outcome.DISMISSED);
        vm.deal(OUTSIDER, 1 ether);
        vm.prank(OUTSIDER);
        leakCourt.appeal{value: APPEAL_FEE}(reported);
        vm.warp(licenses.license(license).closedAt);
        licenses.finishClose(license); // nothing held it: the committee had seen no match
        vm.prank(JUDGE);
        arbitrator.giveRuling(0, 3);
        leakCourt.close(reported);
        eq(leakCourt.owed(OUTSIDER), 10 * DOLLAR);
        eq(token.balanceOf(address(leakCourt)), leakCourt.accounted());
    }

    function join(address juror) private {
        fund(juror, address(verifiers));
        vm.startPrank(juror);
        verifiers.stake(20 * DOLLAR, "key");
        verifiers.enrol(1);
        vm.stopPrank();
    }

    function convict() private {
        vote(Outcome.TRACED);
    }

    function vote(Outcome said) private {
        uint256 id = leakCourt.report(reported).committeeId;
        uint64 round = committees.committee(id).round;
        vm.roll(round + 1);
        beacon.post(round, "");
        committees.draw(id, 3);
        for (uint256 i = 0; i < 3; ++i) {
            bytes32 hash = keccak256(
                abi.encode(block.chainid, address(committees), id, jurors[i], uint8(said), bytes32(0), SALT)
            );
            vm.prank(jurors[i]);
            committees.commitVote(id, hash);
        }
        for (uint256 i = 0; i < 3; ++i) {
            vm.prank(jurors[i]);
            committees.revealVote(id, uint8(said), SALT, 0, "");
        }
        committees.count(id);
        leakCourt.decide(reported);
    }

    function leaveNow() private {
        vm.prank(HOST);
        licenses.close(license);
    }

    function appealNow() private {
        vm.prank(HOST);
        leakCourt.appeal{value: APPEAL_FEE}(reported);
    }

    function rule(uint256 ruling) private {
        appealNow();
        vm.prank(JUDGE);
        arbitrator.giveRuling(0, ruling);
        leakCourt.close(reported);
    }
}
