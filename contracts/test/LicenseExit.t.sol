// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {OneLicenseTest} from "../testing/OneLicenseFixture.sol";
import {ILicenseRegistry, LicenseState} from "../src/interfaces/ILicenseRegistry.sol";
import {Terms, TermsKind} from "../src/interfaces/ITermsRegistry.sol";

// close, finishClose
// ├── when the caller is not the account        reverts
// ├── before the exit delay, or while frozen    reverts
// └── otherwise                                 frees bond and leak bond
contract LicenseExitTest is OneLicenseTest {
    function test_AnExitWaits() public {
        uint40 closedAt = uint40(block.timestamp) + 120;
        vm.expectEmit(address(licenses));
        emit ILicenseRegistry.LicenseClosing(licenseId, closedAt);
        close();
        eq(stateOf(licenseId), LicenseState.CLOSING);
        eq(accountOf(HOST).allocated, RESERVED);
        vm.warp(closedAt - 1);
        vm.expectRevert(abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_TooEarly.selector, closedAt));
        licenses.finishClose(licenseId);
        vm.warp(closedAt);
        vm.expectEmit(address(licenses));
        emit ILicenseRegistry.LicenseClosed(licenseId, RESERVED, 0, 0);
        vm.prank(OUTSIDER);
        licenses.finishClose(licenseId);
        eq(stateOf(licenseId), LicenseState.CLOSED);
        eq(accountOf(HOST).allocated, 0);
        eq(licenses.license(licenseId).closedAt, 0);
        wrongState(LicenseState.CLOSED);
        licenses.finishClose(licenseId);
    }

    function test_AnExitReturnsTheLeakBondButNoPrice() public {
        Terms memory t = privateTerms();
        t.leakBond = uint96(7 * DOLLAR);
        offer(OWNER, modelId, t);
        licenseId = acceptKind(HOST, modelId, TermsKind.PRIVATE);
        close();
        vm.warp(block.timestamp + 120);
        vm.expectEmit(address(licenses));
        emit ILicenseRegistry.LicenseClosed(licenseId, RESERVED, 7 * DOLLAR, 0);
        licenses.finishClose(licenseId);
        eq(token.balanceOf(HOST), 1_000 * DOLLAR - BOND - PRICE);
        eq(licenses.leakBondOf(licenseId), 0);
    }

    function test_RevertWhen_ClosedByAnother() public {
        notAccount(SIGNER);
        vm.prank(SIGNER);
        licenses.close(licenseId);
    }

    function test_RevertWhen_ClosedTwice() public {
        close();
        wrongState(LicenseState.CLOSING);
        close();
    }

    function test_ASuspendedLicenseMayClose() public {
        usePrivate();
        serve(OWNER, licenseId);
        vm.warp(block.timestamp + PERIOD);
        licenses.suspend(licenseId);
        close();
        eq(stateOf(licenseId), LicenseState.CLOSING);
    }

    function test_RevertWhen_AnOpenLicenseIsFinished() public {
        wrongState(LicenseState.BONDED);
        licenses.finishClose(licenseId);
    }

    function testFuzz_close(address caller) public {
        if (caller != HOST) notAccount(caller);
        vm.prank(caller);
        licenses.close(licenseId);
        eq(stateOf(licenseId), caller == HOST ? LicenseState.CLOSING : LicenseState.BONDED);
    }

    // protocol §5: exits outrun no window
    function testFuzz_finishClose(uint256 waited, address caller) public {
        waited = bound(waited, 0, 240);
        close();
        uint40 closedAt = uint40(block.timestamp) + 120;
        vm.warp(block.timestamp + waited);
        if (waited < 120)
            vm.expectRevert(abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_TooEarly.selector, closedAt));
        vm.prank(caller);
        licenses.finishClose(licenseId);
        eq(accountOf(HOST).allocated, waited < 120 ? RESERVED : 0);
    }
}
