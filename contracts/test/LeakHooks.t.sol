// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {LicenseTest} from "../testing/LicenseFixture.sol";
import {IHostAccounts} from "../src/interfaces/IHostAccounts.sol";
import {ILicenseRegistry, License, LicenseState, Suspension} from "../src/interfaces/ILicenseRegistry.sol";
import {Terms, TermsKind} from "../src/interfaces/ITermsRegistry.sol";
import {AccountBoundToken} from "../src/licenses/AccountBoundToken.sol";

// every hook                                   reverts unless the leak court calls
// freeze
// ├── when there is no license, or for longer than the freeze period    reverts
// └── otherwise                                 holds the exit until then; an earlier time thaws
// bar
// ├── when there is no license, or it is over   reverts
// └── otherwise                                 suspends; a request and an exit go on, but with a leak bond no exit
//                                               ends
// reinstate
// ├── when the license is not barred            reverts
// └── otherwise                                 back to where the license was
// takeLeakBond
// ├── when nothing or more than there is is taken    reverts
// ├── when the license was only asked for       gives its price back; to the bond if the token refuses the account
// └── otherwise                                 ends the license, never touches the account bond
contract LeakHooksTest is LicenseTest {
    uint96 private constant LEAK = uint96(7 * DOLLAR);
    address private constant REPORTER = address(0x4EB047);
    uint256 private licenseId;

    function setUp() public override {
        super.setUp();
        Terms memory t = terms(5_000);
        t.leakBond = LEAK;
        offer(OWNER, modelId, t);
        licenseId = accept(HOST, modelId);
    }

    function wrongState(LicenseState state) private {
        vm.expectRevert(abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_WrongState.selector, licenseId, state));
    }

    function bar() private {
        vm.prank(LEAK_COURT);
        licenses.bar(licenseId);
    }

    function reinstate() private {
        vm.prank(LEAK_COURT);
        licenses.reinstate(licenseId);
    }

    function take(uint256 amount) private {
        vm.prank(LEAK_COURT);
        licenses.takeLeakBond(licenseId, amount, REPORTER);
    }

    function close() private {
        vm.prank(HOST);
        licenses.close(licenseId);
    }

    function test_RevertWhen_NotTheLeakCourt() public {
        bytes memory refusal = abi.encodeWithSelector(IHostAccounts.LicenseRegistry_NotLeakCourt.selector, COURT);
        vm.startPrank(COURT);
        vm.expectRevert(refusal);
        licenses.freeze(licenseId, 0);
        vm.expectRevert(refusal);
        licenses.bar(licenseId);
        vm.expectRevert(refusal);
        licenses.reinstate(licenseId);
        vm.expectRevert(refusal);
        licenses.takeLeakBond(licenseId, 1, REPORTER);
        vm.stopPrank();
    }

    // freeze

    function test_AFreezeHoldsTheExit() public {
        close();
        vm.warp(block.timestamp + 100);
        uint40 until = uint40(block.timestamp) + 60;
        vm.expectEmit(address(licenses));
        emit ILicenseRegistry.LicenseFrozen(licenseId, until);
        vm.prank(LEAK_COURT);
        licenses.freeze(licenseId, until);
        vm.warp(until - 1);
        require(licenses.isFrozen(licenseId), "thawed early");
        vm.expectRevert(abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_Frozen.selector, licenseId, until));
        licenses.finishClose(licenseId);
        vm.warp(until);
        require(!licenses.isFrozen(licenseId), "thawed late");
        licenses.finishClose(licenseId);
    }

    function test_AnEarlierTimeThaws() public {
        vm.startPrank(LEAK_COURT);
        licenses.freeze(licenseId, uint40(block.timestamp) + 60);
        licenses.freeze(licenseId, 0);
        vm.stopPrank();
        require(!licenses.isFrozen(licenseId), "frozen");
        eq(licenses.license(licenseId).frozenUntil, 0);
    }

    function test_RevertWhen_AFreezeIsTooLong() public {
        uint40 until = uint40(block.timestamp) + 61;
        vm.expectRevert(
            abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_FreezeTooLong.selector, licenseId, until)
        );
        vm.prank(LEAK_COURT);
        licenses.freeze(licenseId, until);
    }

    function test_RevertWhen_NothingIsFrozen() public {
        vm.expectRevert(abi.encodeWithSelector(AccountBoundToken.ERC721NonexistentToken.selector, 99));
        vm.prank(LEAK_COURT);
        licenses.freeze(99, 0);
    }

    // bar, reinstate

    function test_ABarredLicenseCannotBeActivated() public {
        serve(OWNER, licenseId);
        vm.expectEmit(address(licenses));
        emit ILicenseRegistry.LicenseSuspended(licenseId, Suspension.BARRED);
        bar();
        eq(stateOf(licenseId), LicenseState.SUSPENDED);
        require(licenses.suspensionOf(licenseId) == Suspension.BARRED, "not barred");
        vm.expectRevert(
            abi.encodeWithSelector(
                ILicenseRegistry.LicenseRegistry_StillSuspended.selector,
                licenseId,
                Suspension.BARRED
            )
        );
        vm.prank(HOST);
        licenses.activate(licenseId);
        vm.expectEmit(address(licenses));
        emit ILicenseRegistry.LicenseReinstated(licenseId, Suspension.BARRED, LicenseState.ACTIVE);
        reinstate();
        eq(stateOf(licenseId), LicenseState.ACTIVE);
        require(licenses.suspensionOf(licenseId) != Suspension.BARRED, "barred");
    }

    function test_ALicenseReturnsToWhereItWas() public {
        bar();
        reinstate();
        eq(stateOf(licenseId), LicenseState.BONDED);
        vm.prank(OWNER);
        licenses.deliver(licenseId, 1, "edition");
        bar();
        reinstate();
        eq(stateOf(licenseId), LicenseState.DELIVERED);
    }

    function test_ABarredLicenseThatWaitsForItsEditionIsSuspended() public {
        bar();
        eq(stateOf(licenseId), LicenseState.SUSPENDED);
        reinstate();
        eq(stateOf(licenseId), LicenseState.BONDED);
    }

    function test_ABarredExitGoesOn() public {
        close();
        bar();
        eq(stateOf(licenseId), LicenseState.CLOSING);
        vm.warp(block.timestamp + 120);
        vm.expectRevert(abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_Barred.selector, licenseId));
        licenses.finishClose(licenseId); // its leak bond waits for the end of the report
        reinstate();
        eq(stateOf(licenseId), LicenseState.CLOSING);
        licenses.finishClose(licenseId);
        eq(stateOf(licenseId), LicenseState.CLOSED);
        wrongState(LicenseState.CLOSED);
        bar();
    }

    function test_ABarredExitWithoutALeakBondWaitsForNobody() public {
        uint256 other = mintModel(OWNER, "other", 5_000);
        licenseId = accept(HOST, other);
        close();
        bar();
        vm.warp(block.timestamp + 120);
        licenses.finishClose(licenseId);
        eq(stateOf(licenseId), LicenseState.CLOSED);
    }

    function test_ASlashedLicenseIsOverThoughBarred() public {
        serve(OWNER, licenseId);
        bar();
        take(LEAK - 1);
        vm.warp(block.timestamp + 120);
        licenses.finishClose(licenseId);
        eq(accountOf(HOST).allocated, 0);
        eq(licenses.leakBondOf(licenseId), 0);
    }

    function test_ABarredRequestCannotBeUsed() public {
        Terms memory t = privateTerms();
        t.approvalNeeded = true;
        offer(OWNER, modelId, t);
        licenseId = acceptKind(HOST, modelId, TermsKind.PRIVATE);
        bar();
        eq(stateOf(licenseId), LicenseState.REQUESTED);
        vm.startPrank(OWNER);
        licenses.approveLicense(licenseId);
        licenses.deliver(licenseId, 1, "edition");
        vm.stopPrank();
        vm.expectRevert(
            abi.encodeWithSelector(
                ILicenseRegistry.LicenseRegistry_StillSuspended.selector,
                licenseId,
                Suspension.BARRED
            )
        );
        vm.prank(HOST);
        licenses.activate(licenseId);
    }

    function test_RevertWhen_NothingIsBarred() public {
        licenseId = 99;
        wrongState(LicenseState.NONE);
        bar();
    }

    function test_RevertWhen_AFreeLicenseIsReinstated() public {
        wrongState(LicenseState.BONDED);
        reinstate();
    }

    // takeLeakBond

    function test_ALeakBondIsTakenAndTheLicenseOver() public {
        serve(OWNER, licenseId);
        uint40 closedAt = uint40(block.timestamp) + 120;
        vm.expectEmit(address(licenses));
        emit ILicenseRegistry.LeakBondTaken(licenseId, REPORTER, 5 * DOLLAR, 2 * DOLLAR, closedAt);
        take(5 * DOLLAR);
        License memory license = licenses.license(licenseId);
        eq(license.state, LicenseState.SLASHED);
        eq(license.leakBond, 2 * DOLLAR);
        eq(license.closedAt, closedAt);
        eq(token.balanceOf(REPORTER), 5 * DOLLAR);
        eq(accountOf(HOST).bond, BOND); // never the account bond
        eq(accountOf(HOST).allocated, RESERVED);

        vm.warp(block.timestamp + 20);
        take(DOLLAR); // the owner's costs
        eq(licenses.license(licenseId).closedAt, closedAt);
        vm.warp(closedAt);
        vm.expectEmit(address(licenses));
        emit ILicenseRegistry.LicenseClosed(licenseId, RESERVED, DOLLAR, 0);
        licenses.finishClose(licenseId);
        eq(stateOf(licenseId), LicenseState.SLASHED);
        eq(accountOf(HOST).allocated, 0);
        eq(token.balanceOf(HOST), 1_000 * DOLLAR - BOND - 6 * DOLLAR);
        wrongState(LicenseState.SLASHED);
        licenses.finishClose(licenseId);
    }

    function test_ASlashedAccountMayBeLicensedAgainAfterTheExit() public {
        take(LEAK);
        vm.expectPartialRevert(ILicenseRegistry.LicenseRegistry_AlreadyLicensed.selector);
        this.acceptAgain();
        vm.warp(block.timestamp + 120);
        licenses.finishClose(licenseId);
        eq(this.acceptAgain(), licenseId + 1);
    }

    function acceptAgain() external returns (uint256) {
        return accept(HOST, modelId);
    }

    /// @dev Nobody can approve it any more, so what was paid for it would stay in the registry for ever.
    function test_ASlashedRequestGetsItsPriceBack() public {
        uint256 before = token.balanceOf(HOST);
        ask();
        take(LEAK);
        eq(token.balanceOf(HOST), before - LEAK);
        eq(token.balanceOf(address(licenses)), BOND + LEAK); // of the license in setUp
        vm.warp(block.timestamp + 120);
        licenses.finishClose(licenseId);
        eq(token.balanceOf(HOST), before - LEAK); // once
    }

    function test_ASlashedRequestThatTheTokenRefusesAddsItsPriceToTheBond() public {
        uint96 price = ask();
        uint256 bond = accountOf(HOST).bond;
        token.refuse(HOST, true);
        take(LEAK);
        eq(accountOf(HOST).bond, bond + price);
    }

    function ask() private returns (uint96 price) {
        Terms memory t = privateTerms();
        (t.approvalNeeded, t.leakBond, price) = (true, LEAK, t.price);
        offer(OWNER, modelId, t);
        licenseId = acceptKind(HOST, modelId, TermsKind.PRIVATE);
        require(price != 0 && stateOf(licenseId) == LicenseState.REQUESTED, "not a paid request");
    }

    function test_AClosingLicenseKeepsItsExitDate() public {
        close();
        uint40 closedAt = licenses.license(licenseId).closedAt;
        vm.warp(block.timestamp + 50);
        take(1);
        eq(licenses.license(licenseId).closedAt, closedAt);
        eq(stateOf(licenseId), LicenseState.SLASHED);
    }

    function test_RevertWhen_MoreThanTheLeakBondIsTaken() public {
        uint256[2] memory amounts = [uint256(LEAK) + 1, 0];
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    ILicenseRegistry.LicenseRegistry_InsufficientLeakBond.selector,
                    licenseId,
                    LEAK,
                    amounts[i]
                )
            );
            take(amounts[i]);
        }
    }

    function test_RevertWhen_TheLicenseIsOver() public {
        close();
        vm.warp(block.timestamp + 120);
        licenses.finishClose(licenseId);
        vm.expectRevert(
            abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_InsufficientLeakBond.selector, licenseId, 0, 1)
        );
        take(1);
    }

    // Fuzz

    function testFuzz_freeze(uint40 until) public {
        until = uint40(bound(until, 0, block.timestamp + 120));
        bool tooLong = until > block.timestamp + 60;
        if (tooLong) {
            vm.expectRevert(
                abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_FreezeTooLong.selector, licenseId, until)
            );
        }
        vm.prank(LEAK_COURT);
        licenses.freeze(licenseId, until);
        require(licenses.isFrozen(licenseId) == (!tooLong && until > block.timestamp), "freeze");
    }

    function testFuzz_bar(address caller) public {
        if (caller != LEAK_COURT) {
            vm.expectRevert(abi.encodeWithSelector(IHostAccounts.LicenseRegistry_NotLeakCourt.selector, caller));
        }
        vm.prank(caller);
        licenses.bar(licenseId);
        eq(stateOf(licenseId), caller == LEAK_COURT ? LicenseState.SUSPENDED : LicenseState.BONDED);
    }

    function testFuzz_reinstate(bool delivered, bool activated, bool closing) public {
        if (delivered || activated) {
            vm.prank(OWNER);
            licenses.deliver(licenseId, 1, "edition");
        }
        if (activated) {
            vm.prank(HOST);
            licenses.activate(licenseId);
        }
        if (closing) close();
        LicenseState before = stateOf(licenseId);
        bar();
        reinstate();
        eq(stateOf(licenseId), before);
    }

    function testFuzz_takeLeakBond(uint256 amount, address to) public {
        vm.assume(to != address(0) && to != address(licenses));
        amount = bound(amount, 1, LEAK);
        uint256 before = token.balanceOf(to);
        vm.prank(LEAK_COURT);
        licenses.takeLeakBond(licenseId, amount, to);
        eq(token.balanceOf(to) - before, amount);
        eq(licenses.leakBondOf(licenseId), LEAK - amount);
        eq(token.balanceOf(address(licenses)), BOND + LEAK - amount);
        eq(accountOf(HOST).bond, BOND);
    }
}
