// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AcceptParams, Account, ILicenseRegistry, License, LicenseState} from "../src/interfaces/ILicenseRegistry.sol";
import {Fixture, FixtureTest} from "../testing/Fixture.sol";

// accept
// ├── when the terms are above the guards     reverts
// ├── when the free bond is too small         reverts, also where the rest is announced to leave
// ├── when the account has an open license    reverts
// └── otherwise                               reserves the bond and makes a vault
// deliver                                     owner or agent, once
// close, finishClose                          frees the bond after the exit delay alone
// requestWithdrawal, withdraw                 after the exit delay, never what is allocated or contested
// bindSigner                                  with the signer's own consent to this account, once and for ever
// revokeSigner                                the account's own, the first call counts
// contest, release, take                      the court alone
contract LicenseRegistryTest is FixtureTest {
    uint256 private modelId;

    function setUp() public override {
        super.setUp();
        modelId = mintModel(OWNER, "root", 5_000);
        openAccount(HOST, SIGNER_KEY, BOND);
    }

    function test_AcceptReservesAndMakesAVault() public {
        uint256 licenseId = accept(HOST, modelId);
        License memory license = licenses.license(licenseId);
        eq(license.account, HOST);
        eq(license.reserved, 50 * DOLLAR);
        require(license.vault.code.length > 0 && license.state == LicenseState.BONDED, "vault");
        eq(licenses.accountOf(HOST).allocated, 50 * DOLLAR);
        eq(licenses.licenseOf(HOST, modelId), licenseId);
    }

    function test_RevertWhen_TermsAreAboveTheGuard() public {
        AcceptParams[2] memory guarded = [acceptParams(modelId), acceptParams(modelId)];
        guarded[0].maxBond -= 1;
        guarded[1].maxFloorPrice -= 1;
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_TermsAboveGuard.selector, 50 * DOLLAR, FLOOR)
            );
            licenses.accept(guarded[i]);
        }
    }

    function test_RevertWhen_TheBondIsLeaving() public {
        vm.startPrank(HOST);
        licenses.requestWithdrawal(BOND - 49 * DOLLAR);
        vm.expectRevert(
            abi.encodeWithSelector(
                ILicenseRegistry.LicenseRegistry_InsufficientBond.selector, HOST, 49 * DOLLAR, 50 * DOLLAR
            )
        );
        licenses.accept(acceptParams(modelId));
        vm.stopPrank();
    }

    function test_RevertWhen_LicensedTwice() public {
        uint256 licenseId = accept(HOST, modelId);
        vm.expectRevert(abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_AlreadyLicensed.selector, licenseId));
        accept(HOST, modelId);
    }

    function test_ACloseReopensTheModel() public {
        uint256 first = accept(HOST, modelId);
        vm.prank(HOST);
        licenses.close(first);
        vm.expectRevert(abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_AlreadyLicensed.selector, first));
        accept(HOST, modelId);
        vm.expectRevert(
            abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_TooEarly.selector, block.timestamp + 120)
        );
        licenses.finishClose(first);
        vm.warp(block.timestamp + 120);
        licenses.finishClose(first);
        eq(licenses.accountOf(HOST).allocated, 0);
        eq(accept(HOST, modelId), first + 1);
    }

    function test_RevertWhen_ClosedByAnother() public {
        uint256 licenseId = accept(HOST, modelId);
        vm.expectRevert(
            abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_NotAccount.selector, licenseId, OUTSIDER)
        );
        vm.prank(OUTSIDER);
        licenses.close(licenseId);
    }

    function test_OwnerDeliversOnce() public {
        uint256 licenseId = accept(HOST, modelId);
        vm.expectRevert(
            abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_NotDeliverer.selector, licenseId, HOST)
        );
        vm.prank(HOST);
        licenses.deliver(licenseId, "edition");
        vm.startPrank(OWNER);
        licenses.deliver(licenseId, "edition");
        eq(licenses.license(licenseId).editionRoot, "edition");
        vm.expectRevert(
            abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_WrongState.selector, licenseId, LicenseState.ACTIVE)
        );
        licenses.deliver(licenseId, "another");
        vm.stopPrank();
    }

    function test_WithdrawalWaitsAndLeavesTheAllocated() public {
        accept(HOST, modelId);
        vm.startPrank(HOST);
        licenses.requestWithdrawal(BOND);
        uint64 leavableAt = uint64(block.timestamp) + 120;
        vm.warp(leavableAt - 1);
        vm.expectRevert(abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_TooEarly.selector, leavableAt));
        licenses.withdraw();
        vm.warp(leavableAt);
        eq(licenses.withdraw(), BOND - 50 * DOLLAR);
        vm.expectRevert(abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_NothingToWithdraw.selector, HOST));
        licenses.withdraw();
        vm.stopPrank();
        eq(licenses.accountOf(HOST).bond, 50 * DOLLAR);
    }

    function test_WithdrawalLeavesTheContested() public {
        vm.prank(HOST);
        licenses.requestWithdrawal(BOND);
        vm.prank(address(court));
        licenses.contest(HOST, 80 * DOLLAR);
        eq(licenses.slashable(HOST), BOND - 80 * DOLLAR);
        vm.warp(block.timestamp + 120);
        vm.prank(HOST);
        eq(licenses.withdraw(), BOND - 80 * DOLLAR);
    }

    function test_RevertWhen_MoreThanTheBondIsAnnounced() public {
        vm.expectRevert(
            abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_InsufficientBond.selector, HOST, BOND, BOND + 1)
        );
        vm.prank(HOST);
        licenses.requestWithdrawal(BOND + 1);
    }

    function test_AnyoneMayTopUpABond() public {
        vm.prank(OUTSIDER);
        licenses.depositBond(HOST, DOLLAR);
        eq(licenses.accountOf(HOST).bond, BOND + DOLLAR);
    }

    function test_RevertWhen_ASignerIsBoundAgain() public {
        bytes memory signature = sign(SIGNER_KEY, bindingDigest(OUTSIDER));
        vm.expectRevert(abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_SignerTaken.selector, SIGNER, HOST));
        vm.prank(OUTSIDER);
        licenses.bindSigner(SIGNER, signature);
    }

    function test_RevertWhen_AConsentIsStolen() public {
        bytes memory signature = sign(BUYER_KEY, bindingDigest(HOST));
        vm.expectRevert(
            abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_InvalidSignerSignature.selector, BUYER)
        );
        vm.prank(OUTSIDER);
        licenses.bindSigner(BUYER, signature);
    }

    function test_TheFirstRevocationCounts() public {
        uint64 effectiveAt = uint64(block.timestamp) + 5;
        vm.prank(HOST);
        licenses.revokeSigner(SIGNER);
        vm.warp(block.timestamp + 3);
        vm.prank(HOST);
        licenses.revokeSigner(SIGNER);
        (address account, uint64 revokedAt) = licenses.signerOf(SIGNER);
        eq(account, HOST);
        eq(revokedAt, effectiveAt);
    }

    function test_RevertWhen_AnotherRevokes() public {
        vm.expectRevert(abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_UnknownSigner.selector, SIGNER));
        vm.prank(OUTSIDER);
        licenses.revokeSigner(SIGNER);
    }

    function test_RevertWhen_NotTheCourt() public {
        bytes memory refusal = abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_NotCourt.selector, OUTSIDER);
        vm.startPrank(OUTSIDER);
        vm.expectRevert(refusal);
        licenses.contest(HOST, 1);
        vm.expectRevert(refusal);
        licenses.release(HOST, 1);
        vm.expectRevert(refusal);
        licenses.take(HOST, 0, 1, true);
        vm.expectRevert(refusal);
        licenses.bindCourt(OUTSIDER);
        vm.stopPrank();
    }

    function test_RevertWhen_TheCourtIsBoundAgain() public {
        vm.expectRevert(
            abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_CourtAlreadyBound.selector, address(court))
        );
        licenses.bindCourt(OUTSIDER);
    }
}

/// @notice Hosts come and go and the court acts at random.
contract BondHandler is Fixture {
    address[2] private hosts = [HOST, OUTSIDER];
    uint256 private modelId;

    constructor() {
        deployAll();
        modelId = mintModel(OWNER, "root", 5_000);
    }

    function deposit(uint256 who, uint256 amount) external {
        vm.prank(VERIFIER);
        licenses.depositBond(hosts[who % 2], bound(amount, 1, 40 * DOLLAR));
    }

    function acceptModel(uint256 who) external {
        address host = hosts[who % 2];
        if (licenses.licenseOf(host, modelId) == 0 && licenses.accountOf(host).bond >= 60 * DOLLAR) accept(host, modelId);
    }

    function depart(uint256 who, uint256 amount) external {
        address host = hosts[who % 2];
        vm.startPrank(host);
        licenses.requestWithdrawal(bound(amount, 0, licenses.accountOf(host).bond));
        vm.warp(block.timestamp + 120);
        try licenses.withdraw() {} catch {}
        vm.stopPrank();
    }

    function contest(uint256 who, uint256 amount) external {
        address host = hosts[who % 2];
        vm.prank(address(court));
        licenses.contest(host, bound(amount, 0, licenses.slashable(host)));
    }

    function take(uint256 who, uint256 amount, bool slash) external {
        address host = hosts[who % 2];
        uint256 contested = licenses.accountOf(host).contested;
        vm.prank(address(court));
        licenses.take(host, contested, bound(amount, 0, contested), slash);
    }

    function solvent() external view returns (bool) {
        uint256 bonds = licenses.accountOf(HOST).bond + licenses.accountOf(OUTSIDER).bond;
        return token.balanceOf(address(licenses)) == bonds && covers(HOST) && covers(OUTSIDER);
    }

    function covers(address host) private view returns (bool) {
        Account memory account = licenses.accountOf(host);
        return account.contested <= account.bond;
    }
}

contract BondInvariant {
    BondHandler private handler;

    function setUp() public {
        handler = new BondHandler();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_TheRegistryHoldsEveryBond() public view {
        require(handler.solvent(), "bonds missing");
    }
}
