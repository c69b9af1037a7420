// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {LicenseTest} from "../testing/LicenseFixture.sol";
import {LicenseRegistry} from "../src/LicenseRegistry.sol";
import {Account, IHostAccounts} from "../src/interfaces/IHostAccounts.sol";
import {ExactTransfer} from "../src/libraries/ExactTransfer.sol";

// depositBond
// ├── when the token keeps a fee                reverts
// ├── when the amount does not fit              reverts
// └── otherwise                                 adds to any account's bond
// bindSigner
// ├── when the signer is bound, to whomever     reverts
// ├── when the consent is another's, for another account, or nobody's    reverts
// └── otherwise                                 binds it for ever
// revokeSigner
// ├── when it is not the account's own          reverts
// └── otherwise                                 takes effect after the delay; the first call counts
// contest, returnBond, take
// ├── when the caller is not the claim court    reverts
// ├── when more is contested than can be reached, or taken than was set aside    reverts
// └── otherwise                                 reserves, frees, or sends to the court
// bindCourt, bindLeakCourt                      by the deployer, once
contract HostAccountsTest is LicenseTest {
    function outOfBond(address account, uint256 free, uint256 needed) private {
        vm.expectRevert(
            abi.encodeWithSelector(IHostAccounts.LicenseRegistry_InsufficientBond.selector, account, free, needed)
        );
    }

    // depositBond

    function test_AnyoneMayTopUpABond() public {
        vm.expectEmit(address(licenses));
        emit IHostAccounts.BondDeposited(HOST, OUTSIDER, DOLLAR, BOND + DOLLAR);
        vm.prank(OUTSIDER);
        licenses.depositBond(HOST, DOLLAR);
        eq(accountOf(HOST).bond, BOND + DOLLAR);
        eq(token.balanceOf(address(licenses)), BOND + DOLLAR);
    }

    // protocol §5: fee-on-transfer and rebasing tokens refused
    function test_RevertWhen_TheTokenKeepsAFee() public {
        token.setFee(1);
        vm.expectRevert(
            abi.encodeWithSelector(ExactTransfer.ExactTransfer_WrongAmountReceived.selector, 9_999, 10_000)
        );
        vm.prank(OUTSIDER);
        licenses.depositBond(HOST, 10_000);
    }

    function test_RevertWhen_TheAmountDoesNotFit() public {
        vm.expectPartialRevert(bytes4(keccak256("SafeCastOverflowedUintDowncast(uint8,uint256)")));
        licenses.depositBond(HOST, uint256(type(uint96).max) + 1);
    }

    // signers

    function test_ASignerActsForItsAccount() public {
        uint256 key = 0x52;
        address signer = vm.addr(key);
        bytes memory consent = sign(key, bindingDigest(HOST));
        vm.expectEmit(address(licenses));
        emit IHostAccounts.SignerBound(signer, HOST);
        vm.prank(HOST);
        licenses.bindSigner(signer, consent);
        (address account, uint40 revokedAt) = licenses.signerOf(signer);
        eq(account, HOST);
        eq(revokedAt, 0);
        require(licenses.actsFor(HOST, signer) && licenses.actsFor(HOST, HOST), "does not act");
        require(!licenses.actsFor(HOST, OUTSIDER) && !licenses.actsFor(OUTSIDER, signer), "acts");
    }

    function test_RevertWhen_ASignerIsBoundAgain() public {
        bytes[2] memory consents = [sign(SIGNER_KEY, bindingDigest(OUTSIDER)), sign(SIGNER_KEY, bindingDigest(HOST))];
        address[2] memory callers = [OUTSIDER, HOST];
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IHostAccounts.LicenseRegistry_SignerTaken.selector, SIGNER, HOST));
            vm.prank(callers[i]);
            licenses.bindSigner(SIGNER, consents[i]);
        }
    }

    function test_RevertWhen_AConsentIsStolen() public {
        bytes memory consent = sign(BUYER_KEY, bindingDigest(HOST));
        vm.expectRevert(abi.encodeWithSelector(IHostAccounts.LicenseRegistry_InvalidSignerSignature.selector, BUYER));
        vm.prank(OUTSIDER);
        licenses.bindSigner(BUYER, consent);
    }

    function test_RevertWhen_NobodyIsBound() public {
        vm.expectRevert(
            abi.encodeWithSelector(IHostAccounts.LicenseRegistry_InvalidSignerSignature.selector, address(0))
        );
        licenses.bindSigner(address(0), new bytes(65));
    }

    // protocol §6: leaked signer key
    function test_TheFirstRevocationCounts() public {
        uint40 effectiveAt = uint40(block.timestamp) + 5;
        vm.expectEmit(address(licenses));
        emit IHostAccounts.SignerRevoked(SIGNER, HOST, effectiveAt);
        vm.prank(HOST);
        licenses.revokeSigner(SIGNER);
        vm.warp(block.timestamp + 3);
        vm.prank(HOST);
        licenses.revokeSigner(SIGNER);
        (address account, uint40 revokedAt) = licenses.signerOf(SIGNER);
        eq(account, HOST);
        eq(revokedAt, effectiveAt);
        vm.warp(effectiveAt - 1);
        require(licenses.actsFor(HOST, SIGNER), "ended early");
        vm.warp(effectiveAt);
        require(!licenses.actsFor(HOST, SIGNER), "ended late");
    }

    function test_RevertWhen_AnotherRevokes() public {
        vm.expectRevert(abi.encodeWithSelector(IHostAccounts.LicenseRegistry_UnknownSigner.selector, SIGNER));
        vm.prank(OUTSIDER);
        licenses.revokeSigner(SIGNER);
        vm.expectRevert(abi.encodeWithSelector(IHostAccounts.LicenseRegistry_UnknownSigner.selector, OUTSIDER));
        vm.prank(HOST);
        licenses.revokeSigner(OUTSIDER);
    }

    // the claim court's hooks

    function test_RevertWhen_NotTheCourt() public {
        bytes memory refusal = abi.encodeWithSelector(IHostAccounts.LicenseRegistry_NotCourt.selector, LEAK_COURT);
        vm.startPrank(LEAK_COURT);
        vm.expectRevert(refusal);
        licenses.contest(HOST, 1);
        vm.expectRevert(refusal);
        licenses.returnBond(HOST, 1);
        vm.expectRevert(refusal);
        licenses.take(HOST, 1, 1, true);
        vm.expectRevert(refusal);
        licenses.suspendAccount(HOST);
        vm.expectRevert(refusal);
        licenses.closeAccount(HOST);
        vm.expectRevert(refusal);
        licenses.suspendLicense(1);
        vm.expectRevert(refusal);
        licenses.liftSuspension(1);
        vm.expectRevert(refusal);
        licenses.closeLicense(1);
        vm.stopPrank();
    }

    function test_ContestAndReturn() public {
        vm.startPrank(COURT);
        vm.expectEmit(address(licenses));
        emit IHostAccounts.BondContested(HOST, 80 * DOLLAR, 80 * DOLLAR);
        licenses.contest(HOST, 80 * DOLLAR);
        vm.expectEmit(address(licenses));
        emit IHostAccounts.BondContested(HOST, 1, 80 * DOLLAR + 1);
        licenses.contest(HOST, 1);
        eq(licenses.free(HOST), BOND - 80 * DOLLAR - 1);
        vm.expectEmit(address(licenses));
        emit IHostAccounts.BondReturned(HOST, 80 * DOLLAR, 1);
        licenses.returnBond(HOST, 80 * DOLLAR);
        eq(accountOf(HOST).contested, 1);
        vm.stopPrank();
    }

    function test_RevertWhen_MoreIsContestedThanThereIs() public {
        vm.startPrank(COURT);
        licenses.contest(HOST, BOND);
        outOfBond(HOST, 0, 1);
        licenses.contest(HOST, 1);
        vm.stopPrank();
    }

    function test_TakeSendsToTheCourt() public {
        vm.startPrank(COURT);
        licenses.contest(HOST, 80 * DOLLAR);
        vm.expectEmit(address(licenses));
        emit IHostAccounts.BondTaken(HOST, 50 * DOLLAR, 20 * DOLLAR, false, BOND - 20 * DOLLAR);
        licenses.take(HOST, 50 * DOLLAR, 20 * DOLLAR, false);
        licenses.take(HOST, 30 * DOLLAR, 30 * DOLLAR, true);
        vm.stopPrank();
        Account memory account = accountOf(HOST);
        eq(account.contested, 0);
        eq(account.bond, BOND - 50 * DOLLAR);
        eq(token.balanceOf(COURT), 50 * DOLLAR);
    }

    function test_RevertWhen_MoreIsTakenThanWasSetAside() public {
        vm.startPrank(COURT);
        licenses.contest(HOST, 80 * DOLLAR);
        outOfBond(HOST, 50 * DOLLAR, 50 * DOLLAR + 1);
        licenses.take(HOST, 50 * DOLLAR, 50 * DOLLAR + 1, true);
        vm.expectPartialRevert(bytes4(keccak256("Panic(uint256)")));
        licenses.take(HOST, 81 * DOLLAR, 1, true);
        vm.stopPrank();
    }

    function test_ASlashMayUncoverTheLicenses() public {
        accept(HOST, modelId);
        vm.startPrank(COURT);
        licenses.contest(HOST, BOND);
        licenses.take(HOST, BOND - RESERVED, BOND - RESERVED, true);
        require(licenses.isCovered(HOST), "covered to the unit");
        licenses.take(HOST, 1, 1, true);
        require(!licenses.isCovered(HOST), "one unit short");
        eq(licenses.free(HOST), 0);
        vm.stopPrank();
    }

    // binding

    function test_RevertWhen_ACourtIsBoundTwiceOrByAnother() public {
        vm.expectRevert(abi.encodeWithSelector(IHostAccounts.LicenseRegistry_AlreadyBound.selector, COURT));
        licenses.bindCourt(OUTSIDER);
        vm.expectRevert(abi.encodeWithSelector(IHostAccounts.LicenseRegistry_AlreadyBound.selector, LEAK_COURT));
        licenses.bindLeakCourt(OUTSIDER);
        LicenseRegistry fresh = new LicenseRegistry(parameters, models, termsRegistry, address(1));
        vm.startPrank(OUTSIDER);
        vm.expectRevert(abi.encodeWithSelector(IHostAccounts.LicenseRegistry_NotDeployer.selector, OUTSIDER));
        fresh.bindCourt(OUTSIDER);
        vm.expectRevert(abi.encodeWithSelector(IHostAccounts.LicenseRegistry_NotDeployer.selector, OUTSIDER));
        fresh.bindLeakCourt(OUTSIDER);
        vm.stopPrank();
        eq(fresh.court(), address(0));
        fresh.bindCourt(OUTSIDER);
        fresh.bindLeakCourt(HOST);
        eq(fresh.court(), OUTSIDER);
        eq(fresh.leakCourt(), HOST);
    }

    // Fuzz

    function testFuzz_depositBond(uint256 amount, address account) public {
        amount = bound(amount, 0, 1_000 * DOLLAR);
        uint256 before = accountOf(account).bond;
        vm.prank(OUTSIDER);
        licenses.depositBond(account, amount);
        eq(accountOf(account).bond, before + amount);
        eq(token.balanceOf(address(licenses)), BOND + amount);
    }

    function testFuzz_bindSigner(uint256 key, address account, address stranger) public {
        key = bound(key, 1, type(uint128).max);
        vm.assume(vm.addr(key) != SIGNER && account != stranger);
        bytes memory consent = sign(key, bindingDigest(account));
        vm.expectRevert(
            abi.encodeWithSelector(IHostAccounts.LicenseRegistry_InvalidSignerSignature.selector, vm.addr(key))
        );
        vm.prank(stranger);
        licenses.bindSigner(vm.addr(key), consent);
        vm.prank(account);
        licenses.bindSigner(vm.addr(key), consent);
        (address bound_, ) = licenses.signerOf(vm.addr(key));
        eq(bound_, account);
    }

    function testFuzz_revokeSigner(uint256 waited) public {
        waited = bound(waited, 0, 20);
        vm.prank(HOST);
        licenses.revokeSigner(SIGNER);
        vm.warp(block.timestamp + waited);
        require(licenses.actsFor(HOST, SIGNER) == (waited < 5), "delay");
    }

    function testFuzz_contest(uint256 first, uint256 second) public {
        (first, second) = (bound(first, 0, BOND), bound(second, 0, BOND));
        vm.startPrank(COURT);
        licenses.contest(HOST, first);
        bool fits = second <= BOND - first;
        if (!fits) outOfBond(HOST, BOND - first, second);
        licenses.contest(HOST, second);
        eq(accountOf(HOST).contested, fits ? first + second : first);
        vm.stopPrank();
    }

    function testFuzz_returnBond(uint256 contested, uint256 amount) public {
        contested = bound(contested, 0, BOND);
        amount = bound(amount, 0, contested);
        vm.startPrank(COURT);
        licenses.contest(HOST, contested);
        licenses.returnBond(HOST, amount);
        eq(accountOf(HOST).contested, contested - amount);
        eq(licenses.slashable(HOST), BOND - contested + amount);
        vm.expectPartialRevert(bytes4(keccak256("Panic(uint256)")));
        licenses.returnBond(HOST, contested - amount + 1);
        vm.stopPrank();
    }

    function testFuzz_take(uint256 contested, uint256 ended, uint256 amount, bool slash) public {
        contested = bound(contested, 0, BOND);
        ended = bound(ended, 0, contested);
        amount = bound(amount, 0, ended);
        vm.startPrank(COURT);
        licenses.contest(HOST, contested);
        licenses.take(HOST, ended, amount, slash);
        vm.stopPrank();
        Account memory account = accountOf(HOST);
        eq(account.bond, BOND - amount);
        eq(account.contested, contested - ended);
        eq(token.balanceOf(COURT), amount);
        require(account.bond >= account.contested, "reserved more than there is");
    }
}
