// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {RevenueVault} from "../src/RevenueVault.sol";
import {ExactPayment, IRevenueVault} from "../src/interfaces/IRevenueVault.sol";
import {Fixture, FixtureTest} from "../testing/Fixture.sol";

// bookExact
// ├── when the authorization is unused        executes it and books it
// ├── when a facilitator used it before       books it alone
// ├── when booked before                      changes nothing
// ├── when the payer signed two values under one nonce   the larger one counts, in either order
// └── when the signature is another's, bent, or for another vault   reverts
// distribute
// ├── when nothing arrived                    reverts
// ├── when money arrived                      splits every unit, remainders to the host
// └── after the model changed hands           pays the new owner
// withdraw
// ├── when nothing is owed                    reverts
// └── otherwise                               pays the payee, whoever calls
contract RevenueVaultTest is FixtureTest {
    RevenueVault private vault;
    uint256 private modelId;

    function setUp() public override {
        super.setUp();
        modelId = mintModel(OWNER, "root", 5_000);
        openAccount(HOST, SIGNER_KEY, BOND);
        vault = vaultOf(accept(HOST, modelId));
    }

    function test_ACloneKnowsItsLicense() public view {
        eq(vault.licenseId(), 1);
        eq(vault.registry(), address(licenses));
        eq(vault.token(), address(token));
    }

    function test_BookingExecutesTheAuthorization() public {
        book(1, "a", 5_000);
        booked("a", 5_000);
        eq(token.balanceOf(address(vault)), 5_000);
    }

    function test_BookingFollowsAFacilitator() public {
        ExactPayment memory p = payment("a", 5_000);
        bytes memory signature = signPayment(p, address(vault));
        token.transferWithAuthorization(p.from, address(vault), p.value, p.validAfter, p.validBefore, p.nonce, signature);
        vm.warp(p.validBefore + 1); // its time is over, its money is here
        eq(vault.bookExact(p, signature), paymentRef("a"));
        booked("a", 5_000);
        eq(token.balanceOf(address(vault)), 5_000);
    }

    function test_BookingTwiceChangesNothing() public {
        book(1, "a", 5_000);
        book(1, "a", 5_000);
        booked("a", 5_000);
        eq(token.balanceOf(address(vault)), 5_000);
    }

    function test_ASmallerValueKeepsNobodyOut() public {
        book(1, "a", 5_000);
        book(1, "a", 1);
        booked("a", 5_000);
        book(1, "b", 1);
        book(1, "b", 5_000);
        booked("b", 5_000);
    }

    function test_RevertWhen_AnotherSigned() public {
        ExactPayment memory p = payment("a", 5_000);
        bytes memory signature = sign(SIGNER_KEY, transferDigest(p, address(vault)));
        vm.expectRevert(abi.encodeWithSelector(IRevenueVault.RevenueVault_InvalidSignature.selector, SIGNER, BUYER));
        vault.bookExact(p, signature);
    }

    function test_RevertWhen_SignedForAnotherVault() public {
        ExactPayment memory p = payment("a", 5_000);
        bytes memory signature = signPayment(p, OUTSIDER);
        vm.expectPartialRevert(IRevenueVault.RevenueVault_InvalidSignature.selector);
        vault.bookExact(p, signature);
    }

    function test_RevertWhen_NobodyIsNamed() public {
        ExactPayment memory p = payment("a", 5_000);
        p.from = address(0);
        vm.expectRevert(abi.encodeWithSelector(IRevenueVault.RevenueVault_InvalidSignature.selector, address(0), address(0)));
        vault.bookExact(p, new bytes(65));
    }

    function test_RevertWhen_NothingArrived() public {
        vm.expectRevert(IRevenueVault.RevenueVault_NothingToDistribute.selector);
        vault.distribute();
    }

    function test_DistributeSplitsByTheTerms() public {
        book(1, "a", 10_000);
        vault.distribute();
        eq(vault.owed(TREASURY), 250);
        eq(vault.owed(address(verifiers)), 250);
        eq(vault.owed(OWNER), 5_700); // 60 % of 9,500
        eq(vault.owed(HOST), 3_800);
        vault.withdraw(OWNER);
        eq(token.balanceOf(OWNER), 5_700);
        vault.withdraw(address(verifiers));
        eq(verifiers.pool(), 250);
    }

    function test_DistributePaysTheNewOwner() public {
        vm.prank(OWNER);
        models.transferFrom(OWNER, OUTSIDER, modelId);
        book(1, "a", 10_000);
        vault.distribute();
        eq(vault.owed(OUTSIDER), 5_700);
        eq(vault.owed(OWNER), 0);
    }

    function test_RevertWhen_NothingIsOwed() public {
        vm.expectRevert(abi.encodeWithSelector(IRevenueVault.RevenueVault_NothingOwed.selector, OUTSIDER));
        vault.withdraw(OUTSIDER);
    }

    function testFuzz_EveryUnitIsAccountedFor(uint96 first, uint96 second) public {
        token.mint(address(vault), bound(first, 1, 1e15));
        vault.distribute();
        token.mint(address(vault), bound(second, 1, 1e15));
        vault.distribute();
        uint256 total = vault.owed(TREASURY) + vault.owed(address(verifiers)) + vault.owed(OWNER) + vault.owed(HOST);
        eq(total, vault.totalOwed());
        eq(total, token.balanceOf(address(vault)));
    }

    function booked(bytes32 nonce, uint256 value) private view {
        (address client, uint256 total) = vault.booked(paymentRef(nonce));
        eq(client, BUYER);
        eq(total, value);
    }
}

/// @notice Random callers pay, book, split and withdraw.
contract VaultHandler is Fixture {
    RevenueVault public vault;
    uint256 public paid;
    uint256 public withdrawn;

    constructor() {
        deployAll();
        uint256 modelId = mintModel(OWNER, "root", 5_000);
        openAccount(HOST, SIGNER_KEY, BOND);
        vault = vaultOf(accept(HOST, modelId));
    }

    function pay(uint256 nonce, uint256 value) external {
        value = bound(value, 1, DOLLAR);
        bytes32 ref = bytes32(bound(nonce, 0, 7));
        bool used = token.authorizationState(BUYER, ref);
        book(1, ref, value);
        if (!used) paid += value;
    }

    function give(uint256 value) external {
        value = bound(value, 1, DOLLAR);
        token.mint(address(vault), value);
        paid += value;
    }

    function split() external {
        if (token.balanceOf(address(vault)) > vault.totalOwed()) vault.distribute();
    }

    function withdraw(uint256 who) external {
        address[4] memory payees = [TREASURY, address(verifiers), OWNER, HOST];
        address payee = payees[who % 4];
        if (vault.owed(payee) != 0) withdrawn += vault.withdraw(payee);
    }

    function solvent() external view returns (bool) {
        return token.balanceOf(address(vault)) >= vault.totalOwed() && token.balanceOf(address(vault)) + withdrawn == paid;
    }
}

contract VaultInvariant {
    VaultHandler private handler;

    function setUp() public {
        handler = new VaultHandler();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_VaultPaysWhatItOwesAndNoMore() public view {
        require(handler.solvent(), "insolvent");
    }
}
