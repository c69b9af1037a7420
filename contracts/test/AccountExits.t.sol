// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {LicenseTest} from "../testing/LicenseFixture.sol";
import {IHostAccounts} from "../src/interfaces/IHostAccounts.sol";
import {AcceptParams, LicenseState} from "../src/interfaces/ILicenseRegistry.sol";
import {Exits} from "../src/libraries/Exits.sol";

// announceExit
// ├── when more than the bond is announced      reverts
// └── otherwise                                 starts the exit delay, again for a new announcement; uncovers at once
// withdraw
// ├── when nothing is announced, all is reserved or contested, or the exit lapsed    reverts
// ├── before it is ripe                         reverts
// └── otherwise                                 pays what is neither reserved nor contested, the rest stays announced
// suspendAccount, closeAccount, reinstateAccount
// ├── when the caller is not the claim court    reverts
// ├── when the account is covered               nothing is suspended; a suspension ends by a deposit or anyone's call
// └── when it is closed                         for good
contract AccountExitsTest is LicenseTest {
    function outOfBond(address account, uint256 free, uint256 needed) private {
        vm.expectRevert(
            abi.encodeWithSelector(IHostAccounts.LicenseRegistry_InsufficientBond.selector, account, free, needed)
        );
    }

    // exits

    function announce(uint256 amount) private {
        vm.prank(HOST);
        licenses.announceExit(amount);
    }

    function nothingLeaves() private {
        vm.expectRevert(Exits.Exits_NothingToWithdraw.selector);
        vm.prank(HOST);
        licenses.withdraw();
    }

    function test_AnExitIsAnnouncedRipensAndLeaves() public {
        uint40 ripeAt = uint40(block.timestamp) + 120;
        vm.expectEmit(address(licenses));
        emit IHostAccounts.ExitAnnounced(HOST, 80 * DOLLAR, ripeAt, ripeAt + 60);
        announce(80 * DOLLAR);
        eq(licenses.free(HOST), BOND - 80 * DOLLAR);
        eq(licenses.slashable(HOST), BOND); // it stays within reach
        (uint256 bond, ) = licenses.bondOf(HOST);
        eq(bond, BOND);
        eq(accountOf(HOST).exit.ripeAt, ripeAt);
        vm.warp(ripeAt - 1);
        vm.expectRevert(abi.encodeWithSelector(Exits.Exits_TooEarly.selector, ripeAt));
        vm.prank(HOST);
        licenses.withdraw();
        vm.warp(ripeAt);
        vm.expectEmit(address(licenses));
        emit IHostAccounts.BondWithdrawn(HOST, 80 * DOLLAR, BOND - 80 * DOLLAR);
        vm.prank(HOST);
        eq(licenses.withdraw(), 80 * DOLLAR);
        nothingLeaves();
        eq(token.balanceOf(HOST), 1_000 * DOLLAR - BOND + 80 * DOLLAR);
        eq(accountOf(HOST).exit.amount, 0);
    }

    function test_ANewAnnouncementStartsAnew() public {
        announce(80 * DOLLAR);
        vm.warp(block.timestamp + 100);
        announce(90 * DOLLAR);
        vm.warp(block.timestamp + 119);
        vm.expectRevert(abi.encodeWithSelector(Exits.Exits_TooEarly.selector, block.timestamp + 1));
        vm.prank(HOST);
        licenses.withdraw();
        announce(0);
        eq(licenses.free(HOST), BOND);
    }

    // F5: the exit was an option for ever, while the full bond was shown as cover
    function test_F5_ARipeExitIsNoOptionToRun() public {
        accept(HOST, modelId);
        announce(BOND);
        require(!licenses.isCovered(HOST), "announced money covers from the first minute");
        eq(licenses.slashable(HOST), BOND);
        uint256 ripeAt = block.timestamp + 120;
        vm.warp(ripeAt + 59);
        eq(accountOf(HOST).exit.amount, BOND);
        vm.warp(ripeAt + 60); // lapsed: nothing is left to run with
        nothingLeaves();
        eq(accountOf(HOST).exit.ripeAt, 0);
        require(licenses.isCovered(HOST), "a lapsed exit uncovers");
        eq(licenses.free(HOST), BOND - RESERVED);
    }

    function test_SlashesTakeAnnouncedMoneyFirst() public {
        announce(80 * DOLLAR);
        vm.startPrank(COURT);
        licenses.contest(HOST, BOND);
        licenses.take(HOST, 30 * DOLLAR, 30 * DOLLAR, true);
        eq(accountOf(HOST).exit.amount, 50 * DOLLAR);
        licenses.take(HOST, 60 * DOLLAR, 60 * DOLLAR, true);
        eq(accountOf(HOST).exit.amount, 0);
        eq(accountOf(HOST).bond, BOND - 90 * DOLLAR);
        vm.stopPrank();
    }

    function test_WithdrawalLeavesTheReserved() public {
        accept(HOST, modelId);
        announce(BOND);
        vm.warp(block.timestamp + 120);
        vm.prank(HOST);
        eq(licenses.withdraw(), BOND - RESERVED);
        eq(accountOf(HOST).bond, RESERVED);
        eq(accountOf(HOST).exit.amount, RESERVED); // the rest stays announced until it lapses
        nothingLeaves();
    }

    // protocol §5: exits outrun no window
    function test_WithdrawalLeavesTheContested() public {
        announce(BOND);
        vm.prank(COURT);
        licenses.contest(HOST, 80 * DOLLAR);
        eq(licenses.slashable(HOST), BOND - 80 * DOLLAR);
        vm.warp(block.timestamp + 120);
        vm.prank(HOST);
        eq(licenses.withdraw(), BOND - 80 * DOLLAR);
        vm.prank(COURT);
        licenses.returnBond(HOST, 80 * DOLLAR);
        vm.prank(HOST);
        eq(licenses.withdraw(), 80 * DOLLAR);
    }

    function test_RevertWhen_MoreThanTheBondIsAnnounced() public {
        outOfBond(HOST, BOND, BOND + 1);
        announce(BOND + 1);
    }

    // suspended and closed accounts

    function uncover() private returns (uint256 licenseId) {
        licenseId = accept(HOST, modelId);
        serve(OWNER, licenseId);
        vm.startPrank(COURT);
        licenses.suspendAccount(HOST);
        eq(accountOf(HOST).suspendedAt, 0); // covered: nothing to suspend
        licenses.contest(HOST, BOND);
        licenses.take(HOST, BOND, BOND - RESERVED + 1, true);
        vm.expectEmit(address(licenses));
        emit IHostAccounts.AccountSuspended(HOST);
        licenses.suspendAccount(HOST);
        licenses.suspendAccount(HOST);
        vm.stopPrank();
    }

    function test_ASuspendedAccountIsReinstatedOnceItIsCovered() public {
        uint256 licenseId = uncover();
        eq(stateOf(licenseId), LicenseState.SUSPENDED);
        vm.expectRevert(abi.encodeWithSelector(IHostAccounts.LicenseRegistry_NotCovered.selector, HOST));
        licenses.reinstateAccount(HOST);
        vm.expectEmit(address(licenses));
        emit IHostAccounts.AccountReinstated(HOST);
        vm.prank(OUTSIDER);
        licenses.depositBond(HOST, 1);
        eq(stateOf(licenseId), LicenseState.ACTIVE);
        eq(licenses.license(licenseId).inactiveSince, 0);
    }

    function test_AnExitTakenBackReinstatesByAnyonesCall() public {
        uint256 licenseId = accept(HOST, modelId);
        serve(OWNER, licenseId);
        announce(BOND);
        vm.prank(COURT);
        licenses.suspendAccount(HOST);
        eq(stateOf(licenseId), LicenseState.SUSPENDED);
        announce(0);
        licenses.reinstateAccount(HOST);
        eq(stateOf(licenseId), LicenseState.ACTIVE);
    }

    function test_AClosedAccountIsOverForGood() public {
        uint256 licenseId = accept(HOST, modelId);
        serve(OWNER, licenseId);
        vm.startPrank(COURT);
        vm.expectEmit(address(licenses));
        emit IHostAccounts.AccountClosed(HOST);
        licenses.closeAccount(HOST);
        licenses.closeAccount(HOST);
        vm.stopPrank();
        vm.prank(OUTSIDER);
        licenses.depositBond(HOST, DOLLAR);
        vm.expectRevert(abi.encodeWithSelector(IHostAccounts.LicenseRegistry_NotCovered.selector, HOST));
        licenses.reinstateAccount(HOST);
        eq(stateOf(licenseId), LicenseState.SUSPENDED);
        uint256 other = mintModel(OWNER, "other", 5_000);
        AcceptParams memory p = acceptParams(other, 0);
        vm.expectRevert(abi.encodeWithSelector(IHostAccounts.LicenseRegistry_AccountClosed.selector, HOST));
        vm.startPrank(HOST);
        licenses.accept(p);
        licenses.close(licenseId); // its money leaves as anybody's does
        licenses.announceExit(BOND);
        vm.warp(block.timestamp + 120);
        licenses.finishClose(licenseId);
        eq(licenses.withdraw(), BOND);
        vm.stopPrank();
    }

    // Fuzz

    function testFuzz_announceExit(uint256 amount) public {
        amount = bound(amount, 0, 2 * BOND);
        if (amount > BOND) outOfBond(HOST, BOND, amount);
        vm.prank(HOST);
        licenses.announceExit(amount);
        eq(accountOf(HOST).exit.amount, amount > BOND ? 0 : amount);
    }

    function testFuzz_withdraw(uint256 amount, uint256 contested, bool isLicensed) public {
        (amount, contested) = (bound(amount, 1, BOND), bound(contested, 0, BOND));
        if (isLicensed) accept(HOST, modelId);
        vm.prank(HOST);
        licenses.announceExit(amount);
        vm.prank(COURT);
        licenses.contest(HOST, contested);
        vm.warp(block.timestamp + 120);
        uint256 kept = contested + (isLicensed ? RESERVED : 0);
        uint256 out =
            kept >= BOND
                ? 0
                : amount < BOND - kept
                    ? amount
                    : BOND - kept;
        if (out == 0) vm.expectRevert(abi.encodeWithSelector(Exits.Exits_NothingToWithdraw.selector));
        vm.prank(HOST);
        licenses.withdraw();
        eq(accountOf(HOST).bond, BOND - out);
        require(accountOf(HOST).bond >= contested, "a claim lost its reservation");
    }
}
