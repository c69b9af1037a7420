// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {LicenseTest} from "../testing/LicenseFixture.sol";
import {IHostAccounts} from "../src/interfaces/IHostAccounts.sol";
import {ILicenseRegistry, LicenseState} from "../src/interfaces/ILicenseRegistry.sol";
import {Terms, TermsKind} from "../src/interfaces/ITermsRegistry.sol";

// approveLicense, decline
// ├── when the caller may not deliver           reverts
// ├── when the license was not asked for        reverts
// └── otherwise                                 pays the vault, or everything back
contract LicenseApprovalTest is LicenseTest {
    uint96 private constant PRICE = uint96(5 * DOLLAR);
    uint96 private constant LEAK = uint96(7 * DOLLAR);

    function askFirst(Terms memory t) private pure returns (Terms memory) {
        t.approvalNeeded = true;
        t.leakBond = LEAK;
        return t;
    }

    function wrongState(uint256 licenseId, LicenseState state) private {
        vm.expectRevert(abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_WrongState.selector, licenseId, state));
    }

    function notDeliverer(uint256 licenseId, address caller) private {
        vm.expectRevert(
            abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_NotDeliverer.selector, licenseId, caller)
        );
    }

    function test_AnApprovalPaysTheVault() public {
        offer(OWNER, modelId, askFirst(privateTerms()));
        uint256 licenseId = acceptKind(HOST, modelId, TermsKind.PRIVATE);
        eq(stateOf(licenseId), LicenseState.REQUESTED);
        address vault = licenses.vaultOf(licenseId);
        eq(token.balanceOf(vault), 0);
        eq(token.balanceOf(address(licenses)), BOND + LEAK + PRICE);
        eq(accountOf(HOST).allocated, RESERVED);

        vm.warp(block.timestamp + 1 days);
        vm.expectEmit(address(licenses));
        emit ILicenseRegistry.LicenseApproved(licenseId, OWNER);
        vm.prank(OWNER);
        licenses.approveLicense(licenseId);
        eq(stateOf(licenseId), LicenseState.BONDED);
        eq(token.balanceOf(vault), PRICE);
        eq(token.balanceOf(address(licenses)), BOND + LEAK);
        eq(licenses.license(licenseId).paidFor, 30 days); // waiting is not paid for
        wrongState(licenseId, LicenseState.BONDED);
        vm.prank(OWNER);
        licenses.approveLicense(licenseId);
    }

    function test_AServeLicenseIsApproved() public {
        offer(OWNER, modelId, askFirst(terms(5_000)));
        uint256 licenseId = accept(HOST, modelId);
        token.refuse(licenses.vaultOf(licenseId), true); // there is nothing to send there
        vm.prank(OWNER);
        licenses.approveLicense(licenseId);
        eq(stateOf(licenseId), LicenseState.BONDED);
        eq(licenses.license(licenseId).paidFor, 0);
        eq(token.balanceOf(licenses.vaultOf(licenseId)), 0);
    }

    function test_AnAgentApproves() public {
        vm.prank(OWNER);
        models.setAgent(modelId, VERIFIER);
        offer(OWNER, modelId, askFirst(privateTerms()));
        uint256 licenseId = acceptKind(HOST, modelId, TermsKind.PRIVATE);
        vm.prank(VERIFIER);
        licenses.approveLicense(licenseId);
        eq(stateOf(licenseId), LicenseState.BONDED);
    }

    function test_ADeclineGivesEverythingBack() public {
        offer(OWNER, modelId, askFirst(privateTerms()));
        uint256 licenseId = acceptKind(HOST, modelId, TermsKind.PRIVATE);
        vm.expectEmit(address(licenses));
        emit ILicenseRegistry.LicenseClosed(licenseId, RESERVED, LEAK, PRICE);
        vm.prank(OWNER);
        licenses.decline(licenseId);
        eq(stateOf(licenseId), LicenseState.CLOSED);
        eq(token.balanceOf(HOST), 1_000 * DOLLAR - BOND);
        eq(token.balanceOf(address(licenses)), BOND);
        eq(accountOf(HOST).allocated, 0);
        eq(licenses.leakBondOf(licenseId), 0);
        acceptKind(HOST, modelId, TermsKind.PRIVATE); // may ask again
    }

    function test_ARequestIsTakenBackAtOnce() public {
        offer(OWNER, modelId, askFirst(privateTerms()));
        uint256 licenseId = acceptKind(HOST, modelId, TermsKind.PRIVATE);
        vm.prank(HOST);
        licenses.close(licenseId);
        eq(stateOf(licenseId), LicenseState.CLOSED);
        eq(token.balanceOf(HOST), 1_000 * DOLLAR - BOND);
        wrongState(licenseId, LicenseState.CLOSED);
        vm.prank(OWNER);
        licenses.approveLicense(licenseId);
    }

    function test_ARefusedAccountGetsItsMoneyAsBond() public {
        offer(OWNER, modelId, askFirst(privateTerms()));
        uint256 licenseId = acceptKind(HOST, modelId, TermsKind.PRIVATE);
        token.refuse(HOST, true);
        vm.expectEmit(address(licenses));
        emit IHostAccounts.BondDeposited(HOST, OWNER, LEAK + PRICE, BOND + LEAK + PRICE);
        vm.prank(OWNER);
        licenses.decline(licenseId);
        eq(accountOf(HOST).bond, BOND + LEAK + PRICE);
        eq(token.balanceOf(address(licenses)), BOND + LEAK + PRICE);
    }

    function test_RevertWhen_AStrangerApprovesOrDeclines() public {
        offer(OWNER, modelId, askFirst(privateTerms()));
        uint256 licenseId = acceptKind(HOST, modelId, TermsKind.PRIVATE);
        vm.startPrank(HOST);
        notDeliverer(licenseId, HOST);
        licenses.approveLicense(licenseId);
        notDeliverer(licenseId, HOST);
        licenses.decline(licenseId);
        vm.stopPrank();
    }

    function test_RevertWhen_ThereIsNothingToApproveOrDecline() public {
        uint256 licenseId = accept(HOST, modelId);
        vm.startPrank(OWNER);
        wrongState(licenseId, LicenseState.BONDED);
        licenses.approveLicense(licenseId);
        wrongState(licenseId, LicenseState.BONDED);
        licenses.decline(licenseId);
        notDeliverer(99, OWNER);
        licenses.decline(99);
        vm.stopPrank();
    }

    function testFuzz_approveLicense(address caller, uint256 price) public {
        Terms memory t = askFirst(privateTerms());
        t.price = uint96(bound(price, 1, 500 * DOLLAR));
        offer(OWNER, modelId, t);
        uint256 licenseId = acceptKind(HOST, modelId, TermsKind.PRIVATE);
        if (caller != OWNER) notDeliverer(licenseId, caller);
        vm.prank(caller);
        licenses.approveLicense(licenseId);
        if (caller == OWNER) return;
        vm.prank(OWNER);
        licenses.approveLicense(licenseId);
        eq(token.balanceOf(licenses.vaultOf(licenseId)), t.price);
    }

    function testFuzz_decline(address caller, uint256 price, uint256 leakBond) public {
        Terms memory t = askFirst(privateTerms());
        t.price = uint96(bound(price, 1, 500 * DOLLAR));
        t.leakBond = uint96(bound(leakBond, 0, 200 * DOLLAR));
        offer(OWNER, modelId, t);
        uint256 licenseId = acceptKind(HOST, modelId, TermsKind.PRIVATE);
        if (caller != OWNER) notDeliverer(licenseId, caller);
        vm.prank(caller);
        licenses.decline(licenseId);
        if (caller == OWNER) return;
        vm.prank(OWNER);
        licenses.decline(licenseId);
        eq(token.balanceOf(HOST), 1_000 * DOLLAR - BOND);
        eq(token.balanceOf(address(licenses)), BOND);
    }
}
