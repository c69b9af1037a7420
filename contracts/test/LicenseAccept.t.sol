// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {LicenseTest} from "../testing/LicenseFixture.sol";
import {IHostAccounts} from "../src/interfaces/IHostAccounts.sol";
import {AcceptParams, ILicenseRegistry, License, LicenseState, Permit} from "../src/interfaces/ILicenseRegistry.sol";
import {ITermsRegistry, Terms, TermsKind} from "../src/interfaces/ITermsRegistry.sol";
import {ExactTransfer} from "../src/libraries/ExactTransfer.sol";
import {IERC5192} from "../src/licenses/AccountBoundToken.sol";
import {VaultArgs} from "../src/vault/VaultArgs.sol";

// accept
// ├── when the terms are unknown                reverts
// ├── when the model offers other terms, or none of that kind    reverts
// ├── when the free bond is too small           reverts, also where the rest is announced to leave or contested
// ├── when the account has an open license of that kind on the model    reverts
// ├── when the token keeps a fee                reverts
// ├── when the owner approves each licensee     REQUESTED: the price waits in the registry
// └── otherwise                                 BONDED: bond reserved, leak bond posted, price in the vault
// acceptWithPermit
// ├── when the permit was used before           accepts all the same
// └── when it is no permit                      fails for want of an allowance
// vaultOf, deployVault                          the same address before and after, once, by anyone
contract LicenseAcceptTest is LicenseTest {
    uint96 private constant PRICE = uint96(5 * DOLLAR);
    uint96 private constant LEAK = uint96(7 * DOLLAR);

    function predicted(uint256 licenseId, address account, uint32 termsId) private view returns (address) {
        bytes memory args = VaultArgs.encode(address(licenses), licenseId, account, modelId, termsId);
        return
            Clones.predictDeterministicAddressWithImmutableArgs(
                licenses.vaultImplementation(),
                args,
                bytes32(licenseId),
                address(licenses)
            );
    }

    // accept

    function test_AcceptReservesTheBond() public {
        AcceptParams memory p = acceptParams(modelId, TermsKind.SERVE);
        address vault = predicted(1, HOST, p.termsId);
        vm.expectEmit(address(licenses));
        emit IERC721.Transfer(address(0), HOST, 1);
        vm.expectEmit(address(licenses));
        emit IERC5192.Locked(1);
        vm.expectEmit(address(licenses));
        emit ILicenseRegistry.LicenseAccepted(
            1,
            modelId,
            HOST,
            p.termsId,
            TermsKind.SERVE,
            LicenseState.BONDED,
            vault,
            uint96(RESERVED),
            0,
            p.endpoint,
            p.encryptionKey,
            p.hostSalt
        );
        vm.prank(HOST);
        eq(licenses.accept(p), 1);

        License memory license = licenses.license(1);
        eq(license.account, HOST);
        eq(license.modelId, modelId);
        eq(license.termsId, p.termsId);
        eq(license.kind, TermsKind.SERVE);
        eq(license.state, LicenseState.BONDED);
        eq(license.vault, vault);
        eq(license.paidFor, 0);
        eq(license.paidUntil, 0);
        eq(accountOf(HOST).allocated, RESERVED);
        eq(licenses.free(HOST), BOND - RESERVED);
        eq(licenses.licenseOf(HOST, modelId, TermsKind.SERVE), 1);
        eq(licenses.licenseOf(HOST, modelId, TermsKind.DERIVE), 0);
        eq(licenses.licenseCount(), 1);
        eq(token.balanceOf(vault), 0); // the price of SERVE terms is of a use
    }

    function test_AcceptBondsInTheSameCall() public {
        AcceptParams memory p = acceptParams(modelId, TermsKind.SERVE);
        p.deposit = uint96(RESERVED);
        vm.expectEmit(address(licenses));
        emit IHostAccounts.BondDeposited(OUTSIDER, OUTSIDER, RESERVED, RESERVED);
        vm.prank(OUTSIDER);
        licenses.accept(p);
        eq(accountOf(OUTSIDER).bond, RESERVED);
        eq(licenses.free(OUTSIDER), 0);
        eq(token.balanceOf(address(licenses)), BOND + RESERVED);
    }

    function test_APrivateLicenseIsPaidForAPeriod() public {
        Terms memory t = privateTerms();
        t.leakBond = LEAK;
        offer(OWNER, modelId, t);
        uint256 licenseId = acceptKind(HOST, modelId, TermsKind.PRIVATE);
        License memory license = licenses.license(licenseId);
        eq(license.paidFor, 30 days);
        eq(license.paidUntil, 0);
        eq(license.leakBond, LEAK);
        eq(licenses.leakBondOf(licenseId), LEAK);
        eq(token.balanceOf(license.vault), PRICE);
        eq(token.balanceOf(address(licenses)), BOND + LEAK);
        eq(token.balanceOf(HOST), 1_000 * DOLLAR - BOND - LEAK - PRICE);
        eq(accountOf(HOST).bond, BOND); // the leak bond is apart
    }

    function test_ADeriveLicenseIsPaidOnce() public {
        Terms memory t = deriveTerms(500, true);
        t.price = PRICE;
        offer(OWNER, modelId, t);
        uint256 licenseId = acceptKind(HOST, modelId, TermsKind.DERIVE);
        eq(token.balanceOf(licenses.vaultOf(licenseId)), PRICE);
        eq(licenses.license(licenseId).paidFor, 0);
    }

    function test_KindsDoNotExcludeEachOther() public {
        offer(OWNER, modelId, privateTerms());
        uint256 first = accept(HOST, modelId);
        uint256 second = acceptKind(HOST, modelId, TermsKind.PRIVATE);
        eq(licenses.licenseOf(HOST, modelId, TermsKind.SERVE), first);
        eq(licenses.licenseOf(HOST, modelId, TermsKind.PRIVATE), second);
        eq(accountOf(HOST).licenses, 2);
        eq(accountOf(HOST).allocated, 2 * RESERVED);
    }

    // The price guard of every acceptance: what an id means never changes.
    function test_RevertWhen_TheOfferChanged() public {
        AcceptParams memory p = acceptParams(modelId, TermsKind.SERVE);
        Terms memory dearer = terms(5_000);
        dearer.bond += 1;
        uint32 offered = offer(OWNER, modelId, dearer);
        vm.expectRevert(
            abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_NotOffered.selector, modelId, p.termsId, offered)
        );
        vm.prank(HOST);
        licenses.accept(p);
    }

    function test_RevertWhen_NothingIsOffered() public {
        AcceptParams memory p = acceptParams(modelId, TermsKind.SERVE);
        p.termsId = termsRegistry.register(privateTerms());
        vm.expectRevert(
            abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_NotOffered.selector, modelId, p.termsId, 0)
        );
        licenses.accept(p);
    }

    function test_RevertWhen_TheTermsAreUnknown() public {
        AcceptParams memory p = acceptParams(modelId, TermsKind.SERVE);
        for (uint32 id = 0; id <= 99; id += 99) {
            p.termsId = id;
            vm.expectRevert(abi.encodeWithSelector(ITermsRegistry.TermsRegistry_UnknownTerms.selector, id));
            licenses.accept(p);
        }
    }

    function test_AcceptedTermsStay() public {
        uint256 licenseId = accept(HOST, modelId);
        uint32 accepted = licenses.license(licenseId).termsId;
        Terms memory other = terms(1_000);
        offer(OWNER, modelId, other);
        eq(licenses.license(licenseId).termsId, accepted);
        vm.prank(HOST);
        licenses.close(licenseId);
        vm.warp(block.timestamp + 120);
        licenses.finishClose(licenseId);
        eq(accountOf(HOST).allocated, 0);
    }

    function test_RevertWhen_TheBondIsTooSmall() public {
        vm.prank(HOST);
        licenses.announceExit(BOND - RESERVED + 1);
        bytes memory reason = abi.encodeWithSelector(
            IHostAccounts.LicenseRegistry_InsufficientBond.selector,
            HOST,
            RESERVED - 1,
            RESERVED
        );
        AcceptParams memory p = acceptParams(modelId, TermsKind.SERVE);
        vm.expectRevert(reason);
        vm.prank(HOST);
        licenses.accept(p);
        vm.prank(HOST);
        licenses.announceExit(0);
        vm.prank(COURT);
        licenses.contest(HOST, BOND - RESERVED + 1);
        vm.expectRevert(reason);
        vm.prank(HOST);
        licenses.accept(p);
        p.deposit = 1;
        vm.prank(HOST);
        licenses.accept(p);
    }

    function test_RevertWhen_LicensedTwice() public {
        uint256 licenseId = accept(HOST, modelId);
        AcceptParams memory p = acceptParams(modelId, TermsKind.SERVE);
        vm.startPrank(HOST);
        vm.expectRevert(abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_AlreadyLicensed.selector, licenseId));
        licenses.accept(p);
        licenses.close(licenseId);
        vm.expectRevert(abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_AlreadyLicensed.selector, licenseId));
        licenses.accept(p);
        vm.warp(block.timestamp + 120);
        licenses.finishClose(licenseId);
        eq(licenses.accept(p), licenseId + 1);
        vm.stopPrank();
        eq(licenses.licenseOf(HOST, modelId, TermsKind.SERVE), licenseId + 1);
        require(licenses.vaultOf(licenseId) != licenses.vaultOf(licenseId + 1), "one vault for two licenses");
    }

    // protocol §5: fee-on-transfer and rebasing tokens refused
    function test_RevertWhen_TheTokenKeepsAFeeOfThePrice() public {
        offer(OWNER, modelId, privateTerms());
        AcceptParams memory p = acceptParams(modelId, TermsKind.PRIVATE);
        token.setFee(100);
        vm.expectRevert(
            abi.encodeWithSelector(ExactTransfer.ExactTransfer_WrongAmountReceived.selector, PRICE - PRICE / 100, PRICE)
        );
        vm.prank(HOST);
        licenses.accept(p);
    }

    // acceptWithPermit

    function permitOf(uint256 value, uint256 deadline) private view returns (Permit memory permit) {
        bytes32 typeHash = keccak256(
            "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
        );
        bytes32 inner = keccak256(abi.encode(typeHash, BUYER, address(licenses), value, token.nonces(BUYER), deadline));
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), inner));
        (permit.v, permit.r, permit.s) = vm.sign(BUYER_KEY, digest);
        (permit.value, permit.deadline) = (value, deadline);
    }

    function bondedParams() private returns (AcceptParams memory p) {
        vm.prank(BUYER);
        token.approve(address(licenses), 0);
        p = acceptParams(modelId, TermsKind.SERVE);
        p.deposit = uint96(RESERVED);
    }

    function test_AcceptWithAPermit() public {
        AcceptParams memory p = bondedParams();
        Permit memory permit = permitOf(RESERVED, block.timestamp);
        vm.prank(BUYER);
        eq(licenses.acceptWithPermit(p, permit), 1);
        eq(accountOf(BUYER).bond, RESERVED);
        eq(token.allowance(BUYER, address(licenses)), 0);
    }

    function test_APermitUsedBeforeDoesNotHinder() public {
        AcceptParams memory p = bondedParams();
        Permit memory permit = permitOf(RESERVED, block.timestamp);
        vm.prank(OUTSIDER);
        token.permit(BUYER, address(licenses), permit.value, permit.deadline, permit.v, permit.r, permit.s);
        vm.prank(BUYER);
        eq(licenses.acceptWithPermit(p, permit), 1);
    }

    function test_RevertWhen_ThePermitIsWorthless() public {
        AcceptParams memory p = bondedParams();
        Permit memory permit = permitOf(RESERVED, block.timestamp - 1);
        vm.expectRevert(
            abi.encodeWithSignature(
                "ERC20InsufficientAllowance(address,uint256,uint256)",
                address(licenses),
                0,
                RESERVED
            )
        );
        vm.prank(BUYER);
        licenses.acceptWithPermit(p, permit);
    }

    // vaults

    function test_AVaultStandsWhereItWasPredicted() public {
        uint256 licenseId = accept(HOST, modelId);
        address vault = licenses.vaultOf(licenseId);
        eq(vault.code.length, 0);
        vm.expectEmit(address(licenses));
        emit ILicenseRegistry.VaultDeployed(licenseId, vault);
        vm.prank(OUTSIDER);
        eq(licenses.deployVault(licenseId), vault);
        require(vault.code.length != 0, "no code");
        eq(licenses.deployVault(licenseId), vault); // again: nothing happens
        eq(licenses.license(licenseId).vault, vault);
    }

    function test_RevertWhen_ThereIsNoLicenseForAVault() public {
        eq(licenses.vaultOf(1), address(0));
        vm.expectRevert(abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_UnknownLicense.selector, 1));
        licenses.deployVault(1);
    }

    // Fuzz

    function testFuzz_accept(
        uint256 bond,
        uint256 leakBond,
        uint256 price,
        uint256 deposit,
        uint8 kind,
        bool ask
    ) public {
        Terms memory t =
            kind % 3 == 0
                ? terms(5_000)
                : kind % 3 == 1
                    ? privateTerms()
                    : deriveTerms(500, false);
        t.bond = uint96(bound(bond, 0, 500 * DOLLAR));
        t.leakBond = uint96(bound(leakBond, 0, 100 * DOLLAR));
        t.price = uint96(bound(price, 1, 100 * DOLLAR));
        t.approvalNeeded = ask;
        offer(OWNER, modelId, t);
        AcceptParams memory p = acceptParams(modelId, t.kind);
        p.deposit = uint96(bound(deposit, 0, 500 * DOLLAR));
        bool fits = t.bond <= BOND + p.deposit;
        if (!fits) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    IHostAccounts.LicenseRegistry_InsufficientBond.selector,
                    HOST,
                    BOND + p.deposit,
                    t.bond
                )
            );
        }
        vm.prank(HOST);
        licenses.accept(p);
        uint256 due = t.kind == TermsKind.SERVE ? 0 : t.price;
        uint256 kept = fits ? BOND + p.deposit + t.leakBond + (ask ? due : 0) : BOND;
        eq(token.balanceOf(address(licenses)), kept);
        if (!fits) return;
        eq(token.balanceOf(licenses.vaultOf(1)), ask ? 0 : due);
        eq(accountOf(HOST).allocated, t.bond);
        eq(licenses.leakBondOf(1), t.leakBond);
        eq(stateOf(1), ask ? LicenseState.REQUESTED : LicenseState.BONDED);
    }

    function testFuzz_acceptWithPermit(uint256 value, uint256 deposit) public {
        AcceptParams memory p = bondedParams();
        p.deposit = uint96(bound(deposit, RESERVED, 500 * DOLLAR));
        value = bound(value, 0, 600 * DOLLAR);
        Permit memory permit = permitOf(value, block.timestamp + 1);
        if (value < p.deposit) {
            vm.expectRevert(
                abi.encodeWithSignature(
                    "ERC20InsufficientAllowance(address,uint256,uint256)",
                    address(licenses),
                    value,
                    uint256(p.deposit)
                )
            );
        }
        vm.prank(BUYER);
        licenses.acceptWithPermit(p, permit);
        eq(accountOf(BUYER).bond, value < p.deposit ? 0 : p.deposit);
    }

    function testFuzz_deployVault(uint256 licenseId, address caller) public {
        accept(HOST, modelId);
        licenseId = bound(licenseId, 0, 3);
        if (licenseId != 1) {
            vm.expectRevert(
                abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_UnknownLicense.selector, licenseId)
            );
        }
        vm.prank(caller);
        licenses.deployVault(licenseId);
    }
}
