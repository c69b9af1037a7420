// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {LicenseTest} from "../testing/LicenseFixture.sol";
import {
    AcceptParams,
    ILicenseRegistry,
    License,
    LicenseState,
    Suspension
} from "../src/interfaces/ILicenseRegistry.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {Terms, TermsKind} from "../src/interfaces/ITermsRegistry.sol";

// inForceAt, servingOf
// ├── when it was never activated               names nothing, owes nothing
// ├── before the first activation               names its model in answers not more than the slack before
// ├── while a cause stands                      in answers not more than the grace after the earliest of them began
// └── when the cause falls                      as if it had never stood
// suspendLicense, liftSuspension                counted; neither ever fails for the state of a license
// closeLicense                                  asks for the exit of an open license, nothing otherwise
// markModel, unmarkModel                        no license on the model is active or accepted; by the blame court
contract InForceTest is LicenseTest {
    uint256 private constant SLACK = 30;
    uint256 private constant GRACE = 60;

    uint256 private licenseId;
    uint256 private start;

    function setUp() public override {
        super.setUp();
        models.bindBlameCourt(COURT);
        licenseId = accept(HOST, modelId);
    }

    function begin() private {
        serve(OWNER, licenseId);
        start = block.timestamp;
    }

    function byCourt(bytes memory call) private {
        vm.prank(COURT);
        (bool done, ) = address(licenses).call(call);
        require(done, "the court was refused");
    }

    function suspend() private {
        byCourt(abi.encodeCall(licenses.suspendLicense, (licenseId)));
    }

    function lift() private {
        byCourt(abi.encodeCall(licenses.liftSuspension, (licenseId)));
    }

    function expectInForce(uint256 from, uint256 to) private view {
        require(licenses.inForceAt(licenseId, from) && licenses.inForceAt(licenseId, to), "not in force");
        require(!licenses.inForceAt(licenseId, from - 1), "in force before");
        require(to == type(uint256).max || !licenses.inForceAt(licenseId, to + 1), "in force after");
    }

    // F13: a host named a license that was declined, and offence 2 was closed to claims
    function test_F13_ADeclinedOrNeverActivatedLicenseNamesNothing() public {
        Terms memory t = terms(5_000);
        t.approvalNeeded = true;
        offer(OWNER, modelId, t);
        uint256 asked = accept(OUTSIDER, bonded(OUTSIDER));
        vm.prank(OWNER);
        licenses.decline(asked);
        uint256[2] memory ids = [asked, licenseId];
        for (uint256 i = 0; i < 2; ++i) {
            eq(licenses.servingOf(ids[i]).slashBps, 0); // owes nothing
            require(!licenses.inForceAt(ids[i], block.timestamp), "in force");
            require(!licenses.inForceAt(ids[i], type(uint256).max), "in force one day");
        }
    }

    function bonded(address account) private returns (uint256) {
        vm.prank(account);
        licenses.depositBond(account, BOND);
        return modelId;
    }

    function test_TheFirstActivationCountsAndNeverChanges() public {
        begin();
        expectInForce(start - SLACK, type(uint256).max);
        vm.warp(start + 1_000);
        suspend();
        lift();
        vm.startPrank(HOST);
        licenses.announceExit(BOND);
        licenses.suspend(licenseId);
        licenses.announceExit(0);
        licenses.activate(licenseId); // a second time
        licenses.close(licenseId);
        vm.stopPrank();
        eq(licenses.license(licenseId).activatedAt, start);
        eq(licenses.servingOf(licenseId).slashBps, 5_000); // owes as before
    }

    // protocol §6: nobody turns honest receipts into hits by suspending a license
    function test_TheEarliestStandingCauseDates() public {
        begin();
        vm.warp(start + 100);
        suspend();
        vm.warp(start + 200);
        vm.prank(LEAK_COURT);
        licenses.bar(licenseId);
        vm.prank(COURT);
        models.markModel(modelId);
        expectInForce(start - SLACK, start + 100 + GRACE);
        eq(uint256(licenses.suspensionOf(licenseId)), uint256(Suspension.MARKED));
        lift(); // its cause falls, and with it the date
        expectInForce(start - SLACK, start + 200 + GRACE);
        vm.prank(COURT);
        models.unmarkModel(modelId);
        vm.expectEmit(address(licenses));
        emit ILicenseRegistry.LicenseReinstated(licenseId, Suspension.BARRED, LicenseState.ACTIVE);
        vm.prank(LEAK_COURT);
        licenses.reinstate(licenseId);
        expectInForce(start - SLACK, type(uint256).max);
    }

    function test_ACauseOfItsAccountDatesToo() public {
        begin();
        vm.prank(HOST);
        licenses.announceExit(BOND);
        vm.warp(start + 100);
        byCourt(abi.encodeCall(licenses.suspendAccount, (HOST)));
        expectInForce(start - SLACK, start + 100 + GRACE);
        vm.prank(HOST);
        licenses.announceExit(0);
        licenses.reinstateAccount(HOST);
        expectInForce(start - SLACK, type(uint256).max);
    }

    function test_SuspensionsAreCounted() public {
        begin();
        vm.expectEmit(address(licenses));
        emit ILicenseRegistry.LicenseSuspended(licenseId, Suspension.CLAIMED);
        suspend();
        suspend();
        lift();
        License memory it = licenses.license(licenseId);
        eq(it.state, LicenseState.SUSPENDED);
        eq(it.inactiveSince, start);
        eq(uint256(it.suspension), uint256(Suspension.CLAIMED));
        vm.expectRevert(
            abi.encodeWithSelector(
                ILicenseRegistry.LicenseRegistry_StillSuspended.selector,
                licenseId,
                Suspension.CLAIMED
            )
        );
        vm.prank(HOST);
        licenses.activate(licenseId);
        lift();
        eq(stateOf(licenseId), LicenseState.ACTIVE);
    }

    function test_AHostMayNotReinstateWhatTheCourtSuspended() public {
        suspend(); // before its edition is there
        vm.prank(OWNER);
        licenses.deliver(licenseId, 1, "edition");
        eq(stateOf(licenseId), LicenseState.SUSPENDED);
        vm.expectPartialRevert(ILicenseRegistry.LicenseRegistry_StillSuspended.selector);
        vm.prank(HOST);
        licenses.activate(licenseId);
        lift();
        eq(stateOf(licenseId), LicenseState.DELIVERED);
    }

    // protocol §6: closes to owe nothing
    function test_AClosedLicenseOwesAndSoonNamesNothing() public {
        begin();
        vm.warp(start + 100);
        byCourt(abi.encodeCall(licenses.closeLicense, (licenseId)));
        byCourt(abi.encodeCall(licenses.closeLicense, (licenseId)));
        eq(stateOf(licenseId), LicenseState.CLOSING);
        expectInForce(start - SLACK, start + 100 + GRACE);
        vm.warp(start + 220);
        licenses.finishClose(licenseId);
        expectInForce(start - SLACK, start + 100 + GRACE);
        eq(licenses.servingOf(licenseId).slashBps, 5_000); // owes as before
        suspend(); // verdicts come when they come
        byCourt(abi.encodeCall(licenses.closeLicense, (licenseId)));
        lift();
        eq(stateOf(licenseId), LicenseState.CLOSED);
    }

    function test_AMarkedModelIsLicensedToNobody() public {
        begin();
        vm.expectEmit(address(models));
        emit IModelRegistry.ModelMarked(modelId);
        vm.prank(COURT);
        models.markModel(modelId);
        vm.prank(COURT);
        models.markModel(modelId);
        eq(models.markedAt(modelId), start);
        eq(stateOf(licenseId), LicenseState.SUSPENDED);
        AcceptParams memory p = acceptParams(modelId, TermsKind.SERVE);
        bytes memory refusal = abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_ModelMarked.selector, modelId);
        bonded(OUTSIDER);
        vm.expectRevert(refusal);
        vm.prank(OUTSIDER);
        licenses.accept(p);
        vm.prank(COURT);
        models.unmarkModel(modelId);
        eq(stateOf(licenseId), LicenseState.SUSPENDED); // the other mark stands
        vm.expectEmit(address(models));
        emit IModelRegistry.ModelUnmarked(modelId);
        vm.prank(COURT);
        models.unmarkModel(modelId);
        eq(stateOf(licenseId), LicenseState.ACTIVE);
        vm.prank(OUTSIDER);
        licenses.accept(p);
    }

    function test_AMarkStopsARequestThatWaits() public {
        Terms memory t = terms(5_000);
        t.approvalNeeded = true;
        offer(OWNER, modelId, t);
        uint256 asked = accept(OUTSIDER, bonded(OUTSIDER));
        vm.prank(COURT);
        models.markModel(modelId);
        vm.expectRevert(abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_ModelMarked.selector, modelId));
        vm.prank(OWNER);
        licenses.approveLicense(asked);
    }

    function testFuzz_markModel(address caller) public {
        vm.assume(caller != COURT);
        bytes memory refusal = abi.encodeWithSelector(IModelRegistry.ModelRegistry_NotBlameCourt.selector, caller);
        vm.startPrank(caller);
        vm.expectRevert(refusal);
        models.markModel(modelId);
        vm.expectRevert(refusal);
        models.unmarkModel(modelId);
        vm.stopPrank();
    }

    function testFuzz_inForceAt(uint32 activated, uint32 inactive, uint256 answeredAt) public {
        activated = uint32(bound(activated, block.timestamp, block.timestamp + 30 days));
        inactive = uint32(bound(inactive, activated, activated + 30 days));
        vm.warp(activated);
        begin();
        vm.warp(inactive);
        suspend();
        answeredAt = bound(answeredAt, 0, uint256(inactive) + 1 days);
        bool names = answeredAt + SLACK >= activated && answeredAt <= inactive + GRACE;
        require(licenses.inForceAt(licenseId, answeredAt) == names, "in force");
        lift();
        require(licenses.inForceAt(licenseId, answeredAt) == (answeredAt + SLACK >= activated), "as if never");
    }
}
