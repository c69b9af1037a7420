// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {OneLicenseTest} from "../testing/OneLicenseFixture.sol";
import {ILicenseRegistry, License, LicenseState, Suspension} from "../src/interfaces/ILicenseRegistry.sol";
import {IModelRegistry, ReleaseParams} from "../src/interfaces/IModelRegistry.sol";
import {Terms, TermsKind} from "../src/interfaces/ITermsRegistry.sol";

// deliver
// ├── when the caller is neither owner nor agent    reverts
// ├── when the license is not open, or there is no such release    reverts
// ├── when the release is older than one delivered, or in use    reverts
// └── otherwise                                 records the edition; a late one leaves the least time to move
// activate
// ├── when the caller is neither account nor its signer    reverts
// ├── when nothing was delivered, or everything is in use    reverts
// ├── when the reason of a suspension stands    reverts
// └── otherwise                                 ACTIVE; a PRIVATE license's first period begins
// suspend
// ├── when the license is not ACTIVE, or nothing is wrong    reverts
// └── when it lapsed, is uncovered, or behind a release    SUSPENDED, by anyone
// renew
// ├── when it is not PRIVATE, not open, or for no period    reverts
// └── otherwise                                 adds periods, from now where it lapsed; the vault is paid
// setEndpoint                                   by the account, until it closes
contract LicenseLifeTest is OneLicenseTest {
    function deliver(uint32 number, bytes32 editionRoot) private {
        vm.prank(OWNER);
        licenses.deliver(licenseId, number, editionRoot);
    }

    /// @notice The model's next release, with a grace period of 100 s.
    function publish(bytes32 root) private returns (uint32) {
        committed(OWNER, root);
        vm.prank(OWNER);
        return
            models.release(modelId, ReleaseParams(codeBook(root), keccak256("weights 2"), keccak256("panel 2"), 100));
    }

    // deliver

    function test_AnEditionIsDelivered() public {
        uint40 activateBy = uint40(block.timestamp) + 30;
        vm.expectEmit(address(licenses));
        emit ILicenseRegistry.EditionDelivered(licenseId, 1, "edition", activateBy);
        deliver(1, "edition");
        License memory license = licenses.license(licenseId);
        eq(license.state, LicenseState.DELIVERED);
        eq(license.editionRoot, "edition");
        eq(license.delivered, 1);
        eq(license.activated, 0);
        eq(license.activateBy, activateBy);
    }

    function test_AnAgentDelivers() public {
        vm.prank(OWNER);
        models.setAgent(modelId, VERIFIER);
        vm.prank(VERIFIER);
        licenses.deliver(licenseId, 1, "edition");
        eq(stateOf(licenseId), LicenseState.DELIVERED);
    }

    function test_AnEditionIsReplacedUntilItIsInUse() public {
        deliver(1, "edition");
        deliver(1, "better");
        eq(licenses.license(licenseId).editionRoot, "better");
        activate();
        vm.expectRevert(
            abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_WrongRelease.selector, licenseId, 1, 1)
        );
        deliver(1, "forged");
    }

    function test_RevertWhen_AnOlderReleaseIsDelivered() public {
        eq(publish("second"), 2);
        deliver(2, "edition");
        vm.expectRevert(
            abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_WrongRelease.selector, licenseId, 1, 2)
        );
        deliver(1, "older");
    }

    function test_RevertWhen_ThereIsNoSuchRelease() public {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_UnknownRelease.selector, modelId, 2));
        deliver(2, "edition");
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_UnknownRelease.selector, modelId, 0));
        deliver(0, "edition");
    }

    function test_RevertWhen_AStrangerDelivers() public {
        vm.expectRevert(
            abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_NotDeliverer.selector, licenseId, HOST)
        );
        vm.prank(HOST);
        licenses.deliver(licenseId, 1, "edition");
    }

    function test_RevertWhen_AClosingLicenseIsDelivered() public {
        close();
        wrongState(LicenseState.CLOSING);
        deliver(1, "edition");
    }

    function test_ALateDeliveryLeavesTheLeastTime() public {
        publish("second");
        uint40 graceEndsAt = models.releaseOf(modelId, 2).graceEndsAt;
        deliver(2, "early");
        eq(licenses.license(licenseId).activateBy, graceEndsAt);
        vm.warp(graceEndsAt - 29);
        deliver(2, "late");
        eq(licenses.license(licenseId).activateBy, block.timestamp + 30);
    }

    // activate

    function test_TheAccountActivates() public {
        deliver(1, "edition");
        vm.expectEmit(address(licenses));
        emit ILicenseRegistry.LicenseActivated(licenseId, 1, 0);
        activate();
        eq(stateOf(licenseId), LicenseState.ACTIVE);
        eq(licenses.license(licenseId).activated, 1);
    }

    function test_ASignerActivates() public {
        deliver(1, "edition");
        vm.prank(SIGNER);
        licenses.activate(licenseId);
        eq(stateOf(licenseId), LicenseState.ACTIVE);
    }

    function test_RevertWhen_AStrangerActivates() public {
        deliver(1, "edition");
        notAccount(OWNER);
        vm.prank(OWNER);
        licenses.activate(licenseId);
    }

    function test_RevertWhen_NothingWasDelivered() public {
        wrongState(LicenseState.BONDED);
        activate();
    }

    function test_RevertWhen_EverythingIsInUse() public {
        serve(OWNER, licenseId);
        vm.expectRevert(abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_NothingToActivate.selector, licenseId));
        activate();
    }

    function test_RevertWhen_AClosingLicenseIsActivated() public {
        deliver(1, "edition");
        close();
        wrongState(LicenseState.CLOSING);
        activate();
    }

    function test_APeriodBeginsWithTheFirstUse() public {
        usePrivate();
        vm.warp(block.timestamp + 45 days); // longer than the period, and not the licensee's fault
        deliver(1, "edition");
        vm.expectEmit(address(licenses));
        emit ILicenseRegistry.LicenseActivated(licenseId, 1, uint40(block.timestamp) + PERIOD);
        activate();
        eq(licenses.license(licenseId).paidUntil, block.timestamp + PERIOD);
        eq(licenses.license(licenseId).paidFor, 0);
    }

    function test_ALaterReleaseBeginsNoPeriod() public {
        usePrivate();
        serve(OWNER, licenseId);
        uint256 paidUntil = licenses.license(licenseId).paidUntil;
        vm.warp(block.timestamp + 10 days);
        publish("second");
        deliver(2, "next");
        activate();
        eq(licenses.license(licenseId).paidUntil, paidUntil);
        eq(licenses.license(licenseId).activated, 2);
    }

    // releases

    // protocol §6: key leaks or is spent
    function test_ALicenseeThatDoesNotMoveIsSuspended() public {
        serve(OWNER, licenseId);
        publish("second");
        require(licenses.suspensionOf(licenseId) == Suspension.NONE, "suspendable before any delivery");
        deliver(2, "next");
        uint40 activateBy = licenses.license(licenseId).activateBy;
        vm.warp(activateBy - 1);
        vm.expectRevert(abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_NothingToSuspend.selector, licenseId));
        licenses.suspend(licenseId);
        vm.warp(activateBy);
        vm.expectEmit(address(licenses));
        emit ILicenseRegistry.LicenseSuspended(licenseId, Suspension.OUTDATED);
        vm.prank(OUTSIDER);
        eq(uint256(licenses.suspend(licenseId)), uint256(Suspension.OUTDATED));
        eq(stateOf(licenseId), LicenseState.SUSPENDED);
        activate(); // moving lifts it
        eq(stateOf(licenseId), LicenseState.ACTIVE);
        eq(licenses.license(licenseId).activated, 2);
    }

    function test_MovingInTimeAvoidsTheSuspension() public {
        serve(OWNER, licenseId);
        publish("second");
        deliver(2, "next");
        activate();
        vm.warp(block.timestamp + 1 days);
        vm.expectRevert(abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_NothingToSuspend.selector, licenseId));
        licenses.suspend(licenseId);
    }

    // suspend

    function test_ALapsedLicenseIsSuspendedUntilItIsRenewed() public {
        usePrivate();
        serve(OWNER, licenseId);
        vm.warp(licenses.license(licenseId).paidUntil - 1);
        vm.expectRevert(abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_NothingToSuspend.selector, licenseId));
        licenses.suspend(licenseId);
        vm.warp(block.timestamp + 1);
        eq(uint256(licenses.suspend(licenseId)), uint256(Suspension.LAPSED));
        vm.expectRevert(
            abi.encodeWithSelector(
                ILicenseRegistry.LicenseRegistry_StillSuspended.selector,
                licenseId,
                Suspension.LAPSED
            )
        );
        activate();
        vm.warp(block.timestamp + 10 days);
        vm.prank(OUTSIDER);
        licenses.renew(licenseId, 1);
        eq(licenses.license(licenseId).paidUntil, block.timestamp + PERIOD); // the lapse is not paid for
        activate();
        eq(stateOf(licenseId), LicenseState.ACTIVE);
    }

    function test_AServeLicenseDoesNotLapse() public {
        serve(OWNER, licenseId);
        vm.warp(block.timestamp + 3_650 days);
        require(licenses.suspensionOf(licenseId) == Suspension.NONE, "lapsed");
    }

    // protocol §5: bond ≥ what open claims and licenses reserve
    function test_AnUncoveredLicenseIsSuspendedUntilItIsToppedUp() public {
        serve(OWNER, licenseId);
        vm.startPrank(COURT);
        licenses.contest(HOST, BOND);
        licenses.take(HOST, BOND, BOND - RESERVED + 1, true);
        vm.stopPrank();
        eq(uint256(licenses.suspend(licenseId)), uint256(Suspension.UNCOVERED));
        vm.expectRevert(
            abi.encodeWithSelector(
                ILicenseRegistry.LicenseRegistry_StillSuspended.selector,
                licenseId,
                Suspension.UNCOVERED
            )
        );
        activate();
        vm.prank(OUTSIDER);
        licenses.depositBond(HOST, 1);
        activate();
        eq(stateOf(licenseId), LicenseState.ACTIVE);
    }

    function test_RevertWhen_AnIdleLicenseIsSuspended() public {
        vm.expectRevert(abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_NothingToSuspend.selector, licenseId));
        licenses.suspend(licenseId);
        vm.expectRevert(abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_NothingToSuspend.selector, 99));
        licenses.suspend(99);
    }

    // renew

    function test_ARenewalPaysTheVault() public {
        usePrivate();
        serve(OWNER, licenseId);
        uint40 paidUntil = licenses.license(licenseId).paidUntil;
        vm.expectEmit(address(licenses));
        emit ILicenseRegistry.LicenseRenewed(licenseId, OUTSIDER, 3, 3 * PRICE, paidUntil + 3 * PERIOD);
        vm.prank(OUTSIDER);
        licenses.renew(licenseId, 3);
        eq(licenses.license(licenseId).paidUntil, paidUntil + 3 * PERIOD);
        eq(token.balanceOf(licenses.vaultOf(licenseId)), 4 * PRICE);
    }

    function test_ARenewalBeforeTheFirstUseAdds() public {
        usePrivate();
        vm.warp(block.timestamp + 45 days);
        vm.expectEmit(address(licenses));
        emit ILicenseRegistry.LicenseRenewed(licenseId, HOST, 1, PRICE, 0);
        vm.prank(HOST);
        licenses.renew(licenseId, 1);
        eq(licenses.license(licenseId).paidFor, 2 * uint256(PERIOD));
        serve(OWNER, licenseId);
        eq(licenses.license(licenseId).paidUntil, block.timestamp + 2 * uint256(PERIOD));
    }

    function test_RevertWhen_AServeLicenseIsRenewed() public {
        vm.expectRevert(
            abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_WrongKind.selector, licenseId, TermsKind.SERVE)
        );
        licenses.renew(licenseId, 1);
    }

    function test_RevertWhen_NoPeriodIsRenewed() public {
        usePrivate();
        vm.expectRevert(ILicenseRegistry.LicenseRegistry_NoPeriods.selector);
        licenses.renew(licenseId, 0);
    }

    function test_RevertWhen_AClosingLicenseIsRenewed() public {
        usePrivate();
        close();
        wrongState(LicenseState.CLOSING);
        licenses.renew(licenseId, 1);
    }

    function test_RevertWhen_ARenewalRunsPastTheEndOfTime() public {
        Terms memory t = privateTerms();
        (t.price, t.period) = (1, type(uint32).max);
        offer(OWNER, modelId, t);
        licenseId = acceptKind(HOST, modelId, TermsKind.PRIVATE);
        vm.expectPartialRevert(bytes4(keccak256("SafeCastOverflowedUintDowncast(uint8,uint256)")));
        licenses.renew(licenseId, type(uint32).max);
    }

    // setEndpoint

    function test_TheAccountMoves() public {
        vm.expectEmit(address(licenses));
        emit ILicenseRegistry.EndpointChanged(licenseId, "https://new.example");
        vm.prank(HOST);
        licenses.setEndpoint(licenseId, "https://new.example");
        notAccount(SIGNER);
        vm.prank(SIGNER);
        licenses.setEndpoint(licenseId, "");
        close();
        wrongState(LicenseState.CLOSING);
        vm.prank(HOST);
        licenses.setEndpoint(licenseId, "");
    }

    function test_ARequestMayMove() public {
        Terms memory t = privateTerms();
        t.approvalNeeded = true;
        offer(OWNER, modelId, t);
        licenseId = acceptKind(HOST, modelId, TermsKind.PRIVATE);
        vm.prank(HOST);
        licenses.setEndpoint(licenseId, "https://new.example");
    }

    // Fuzz

    function testFuzz_deliver(uint32 first, uint32 second, bool activated) public {
        (first, second) = (uint32(bound(first, 0, 3)), uint32(bound(second, 0, 3)));
        publish("second");
        bytes4 unknown = IModelRegistry.ModelRegistry_UnknownRelease.selector;
        bool isThere = first == 1 || first == 2;
        if (!isThere) vm.expectRevert(abi.encodeWithSelector(unknown, modelId, first));
        deliver(first, "edition");
        if (!isThere) return;
        if (activated) activate();
        bool isNext = second >= first && !(activated && second == first);
        if (second == 0 || second == 3) vm.expectRevert(abi.encodeWithSelector(unknown, modelId, second));
        else if (!isNext) {
            vm.expectRevert(
                abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_WrongRelease.selector, licenseId, second, first)
            );
        }
        deliver(second, "next");
        eq(licenses.license(licenseId).delivered, isNext && second < 3 ? second : first);
    }

    function testFuzz_activate(address caller, uint256 waited) public {
        usePrivate();
        vm.warp(block.timestamp + bound(waited, 0, 400 days));
        deliver(1, "edition");
        bool allowed = caller == HOST || caller == SIGNER;
        if (!allowed) notAccount(caller);
        vm.prank(caller);
        licenses.activate(licenseId);
        if (!allowed) activate();
        eq(licenses.license(licenseId).paidUntil, block.timestamp + PERIOD);
    }

    function testFuzz_suspend(uint256 waited, uint256 taken, bool isPrivate, address caller) public {
        if (isPrivate) usePrivate();
        serve(OWNER, licenseId);
        (waited, taken) = (bound(waited, 0, 60 days), bound(taken, 0, BOND));
        vm.warp(block.timestamp + waited);
        vm.startPrank(COURT);
        licenses.contest(HOST, taken);
        licenses.take(HOST, taken, taken, true);
        vm.stopPrank();
        bool lapsed = isPrivate && waited >= PERIOD;
        bool uncovered = BOND - taken < (isPrivate ? 2 * RESERVED : RESERVED);
        bool expected = lapsed || uncovered;
        if (!expected) {
            vm.expectRevert(
                abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_NothingToSuspend.selector, licenseId)
            );
        }
        vm.prank(caller);
        licenses.suspend(licenseId);
        eq(stateOf(licenseId), expected ? LicenseState.SUSPENDED : LicenseState.ACTIVE);
    }

    function testFuzz_renew(uint32 periods, uint256 waited) public {
        usePrivate();
        serve(OWNER, licenseId);
        periods = uint32(bound(periods, 1, 100));
        uint256 paidUntil = block.timestamp + PERIOD;
        vm.warp(block.timestamp + bound(waited, 0, 100 days));
        vm.prank(OUTSIDER);
        licenses.renew(licenseId, periods);
        uint256 from = block.timestamp > paidUntil ? block.timestamp : paidUntil;
        eq(licenses.license(licenseId).paidUntil, from + uint256(periods) * PERIOD);
        eq(token.balanceOf(licenses.vaultOf(licenseId)), PRICE * (1 + uint256(periods)));
    }

    function testFuzz_setEndpoint(address caller, string calldata endpoint) public {
        if (caller != HOST) notAccount(caller);
        vm.prank(caller);
        licenses.setEndpoint(licenseId, endpoint);
    }
}
