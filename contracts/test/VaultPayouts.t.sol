// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {VaultTest} from "../testing/VaultFixture.sol";
import {Payee} from "../src/interfaces/IModelRegistry.sol";
import {Buckets, IRevenueVault} from "../src/interfaces/IRevenueVault.sol";

// payProtocol
// ├── when there is nothing, or the token refuses both    reverts
// ├── when the token refuses one                pays the other and keeps this one's
// └── otherwise                                 pays both, at today's treasury
// payAncestor
// ├── when nothing is due, or it is no ancestor reverts
// └── otherwise                                 pays the ancestor's payees what is due since the last time
// payOwner
// ├── when there is nothing                     reverts
// ├── when there are payees                     splits among them, remainder to the last
// ├── when the token refuses one                credits it and pays the others
// └── after the model changed hands             pays the new owner
// payHost
// ├── when there is nothing                     reverts
// ├── when the license is frozen                reverts until it thaws
// ├── when the token refuses the host           reverts and keeps it, blocking nobody
// └── otherwise                                 pays the account
// withdraw
// ├── when nothing is owed                      reverts
// └── otherwise                                 pays the payee, whoever calls
contract VaultPayoutsTest is VaultTest {
    // payProtocol

    function test_TreasuryAndPoolArePaid() public {
        give(10_000);
        vault.distribute();
        vm.expectEmit(address(vault));
        emit IRevenueVault.Paid(TREASURY, 250);
        vm.expectEmit(address(vault));
        emit IRevenueVault.Paid(POOL, 250);
        vm.expectEmit(address(vault));
        emit IRevenueVault.ProtocolPaid(TREASURY, 250, POOL, 250);
        eq(vault.payProtocol(), 500);
        eq(token.balanceOf(TREASURY), 250);
        eq(token.balanceOf(POOL), 250);
        bucketsAre(0, 0, 0, 5_700, 3_800);
        nothingToPay();
        vault.payProtocol();
    }

    // protocol §5: a payee that the token refuses blocks nobody
    function test_ARefusedTreasuryKeepsNoPoolBack() public {
        give(10_000);
        vault.distribute();
        token.refuse(TREASURY, true);
        vm.expectEmit(address(vault));
        emit IRevenueVault.ProtocolPaid(TREASURY, 0, POOL, 250);
        eq(vault.payProtocol(), 250);
        bucketsAre(250, 0, 0, 5_700, 3_800);
        nothingToPay();
        vault.payProtocol();
        token.refuse(TREASURY, false);
        eq(vault.payProtocol(), 250);
        eq(token.balanceOf(TREASURY), 250);
    }

    function test_ARefusedPoolKeepsNoTreasuryBack() public {
        give(10_000);
        vault.distribute();
        token.refuse(POOL, true);
        eq(vault.payProtocol(), 250);
        bucketsAre(0, 250, 0, 5_700, 3_800);
        token.refuse(POOL, false);
        eq(vault.payProtocol(), 250);
        eq(token.balanceOf(POOL), 250);
    }

    // payAncestor

    function test_EachAncestorDrawsItsShare() public {
        (uint256 parent, uint256 grandparent) = descend();
        give(10_000);
        vault.distribute();
        uint256 before = token.balanceOf(OUTSIDER);
        vm.expectEmit(address(vault));
        emit IRevenueVault.AncestorPaid(parent, 975);
        eq(vault.payAncestor(parent), 975);
        eq(token.balanceOf(OUTSIDER) - before, 975);
        bucketsAre(250, 250, 487, 4_822, 3_216);
        nothingToPay();
        vault.payAncestor(parent);
        give(10_000);
        vault.distribute();
        eq(vault.payAncestor(grandparent), 975);
        eq(vault.payAncestor(parent), 975);
        eq(token.balanceOf(ANCESTOR_OWNER), 975);
        bucketsAre(500, 500, 0, 9_645, 6_430);
    }

    function test_RevertWhen_ItIsNoAncestor() public {
        (uint256 parent, ) = descend();
        uint256 itself = vault.modelId();
        give(10_000);
        vault.distribute();
        nothingToPay();
        vault.payAncestor(modelId);
        nothingToPay();
        vault.payAncestor(itself);
        eq(vault.payAncestor(parent), 975);
    }

    function test_ARefusedAncestorIsCredited() public {
        (uint256 parent, uint256 grandparent) = descend();
        give(10_000);
        vault.distribute();
        token.refuse(ANCESTOR_OWNER, true);
        vm.expectEmit(address(vault));
        emit IRevenueVault.Credited(ANCESTOR_OWNER, 487);
        eq(vault.payAncestor(grandparent), 487);
        eq(vault.owed(ANCESTOR_OWNER), 487);
        eq(vault.payAncestor(parent), 975);
        eq(vault.undistributed(), 0); // what is credited is not split again
    }

    // payOwner

    function test_TheOwnerIsPaid() public {
        give(10_000);
        vault.distribute();
        vm.expectEmit(address(vault));
        emit IRevenueVault.OwnerPaid(modelId, 5_700);
        vm.expectEmit(address(vault));
        emit IRevenueVault.Paid(OWNER, 5_700);
        eq(vault.payOwner(), 5_700);
        eq(token.balanceOf(OWNER), 5_700);
        bucketsAre(250, 250, 0, 0, 3_800);
        nothingToPay();
        vault.payOwner();
    }

    function test_TheNewOwnerIsPaid() public {
        give(10_000);
        vault.distribute();
        vm.prank(OWNER);
        models.transferFrom(OWNER, VERIFIER, modelId);
        vault.payOwner();
        eq(token.balanceOf(VERIFIER), 5_700);
        eq(token.balanceOf(OWNER), 0);
    }

    function test_EightPayeesShareTheOwnersPart() public {
        Payee[] memory payees = split(8);
        give(10_000);
        vault.distribute();
        vault.payOwner();
        uint256 rest = 5_700;
        for (uint256 i = 0; i < 7; ++i) {
            uint256 part = (5_700 * uint256(payees[i].bps)) / 10_000;
            eq(token.balanceOf(payees[i].account), part);
            rest -= part;
        }
        eq(token.balanceOf(payees[7].account), rest);
    }

    function test_ARefusedPayeeIsCreditedAndBlocksNobody() public {
        Payee[] memory payees = split(3);
        give(10_000);
        vault.distribute();
        token.refuse(payees[1].account, true);
        vm.expectEmit(address(vault));
        emit IRevenueVault.Paid(payees[0].account, 570);
        vm.expectEmit(address(vault));
        emit IRevenueVault.Credited(payees[1].account, 570);
        vm.expectEmit(address(vault));
        emit IRevenueVault.Paid(payees[2].account, 4_560);
        eq(vault.payOwner(), 5_700);
        eq(vault.owed(payees[1].account), 570);
        eq(vault.undistributed(), 0);
        vm.expectPartialRevert(bytes4(keccak256("Refused(address)")));
        vault.withdraw(payees[1].account);
        token.refuse(payees[1].account, false);
        vm.expectEmit(address(vault));
        emit IRevenueVault.Paid(payees[1].account, 570);
        eq(vault.withdraw(payees[1].account), 570);
        eq(token.balanceOf(payees[1].account), 570);
        eq(vault.undistributed(), 0);
        vm.expectRevert(abi.encodeWithSelector(IRevenueVault.RevenueVault_NothingOwed.selector, payees[1].account));
        vault.withdraw(payees[1].account);
    }

    function test_APayeeOfNothingIsSkipped() public {
        Payee[] memory payees = split(2);
        give(1);
        vault.distribute();
        give(1);
        vault.distribute();
        eq(vault.payOwner(), 1);
        eq(token.balanceOf(payees[0].account), 0);
        eq(token.balanceOf(payees[1].account), 1);
    }

    // payHost

    function test_TheHostIsPaid() public {
        give(10_000);
        vault.distribute();
        uint256 before = token.balanceOf(HOST);
        vm.expectEmit(address(vault));
        emit IRevenueVault.HostPaid(HOST, 3_800);
        vm.expectEmit(address(vault));
        emit IRevenueVault.Paid(HOST, 3_800);
        vm.prank(OUTSIDER);
        eq(vault.payHost(), 3_800);
        eq(token.balanceOf(HOST) - before, 3_800);
        bucketsAre(250, 250, 0, 5_700, 0);
        nothingToPay();
        vault.payHost();
    }

    function test_RevertWhen_TheLicenseIsFrozen() public {
        give(10_000);
        vault.distribute();
        uint40 until = uint40(block.timestamp) + 60;
        vm.prank(LEAK_COURT);
        licenses.freeze(licenseId, until);
        vm.warp(until - 1);
        vm.expectRevert(abi.encodeWithSelector(IRevenueVault.RevenueVault_Frozen.selector, licenseId));
        vault.payHost();
        eq(vault.payOwner(), 5_700); // nobody else's
        vm.warp(until);
        eq(vault.payHost(), 3_800);
    }

    function test_ARefusedHostBlocksNobody() public {
        give(10_000);
        vault.distribute();
        token.refuse(HOST, true);
        vm.expectPartialRevert(bytes4(keccak256("Refused(address)")));
        vault.payHost();
        eq(vault.payOwner(), 5_700);
        eq(vault.payProtocol(), 500);
        token.refuse(HOST, false);
        eq(vault.payHost(), 3_800);
    }

    // withdraw

    function test_RevertWhen_NothingIsOwed() public {
        vm.expectRevert(abi.encodeWithSelector(IRevenueVault.RevenueVault_NothingOwed.selector, OUTSIDER));
        vault.withdraw(OUTSIDER);
    }

    // Fuzz

    function testFuzz_payAncestor(uint256[4] memory amounts) public {
        (uint256 parent, uint256 grandparent) = descend();
        uint256 toParent = 0;
        uint256 shared; // what the protocol fee leaves
        for (uint256 i = 0; i < amounts.length; ++i) {
            uint256 gross = bound(amounts[i], 1, 1e12);
            give(gross);
            vault.distribute();
            shared += gross - (gross * 250) / 10_000;
            if (vault.royaltyOwed(parent) != 0 && i % 2 == 0) toParent += vault.payAncestor(parent);
        }
        if (vault.royaltyOwed(parent) != 0) toParent += vault.payAncestor(parent);
        uint256 toGrandparent = vault.royaltyOwed(grandparent) == 0 ? 0 : vault.payAncestor(grandparent);
        Buckets memory b = vault.buckets();
        eq(toParent, (shared * 1_000) / 10_000);
        eq(toGrandparent, (shared * 500) / 10_000);
        require(b.lineage < 2, "more than rounding is left in the lineage bucket");
    }

    function testFuzz_payOwner(uint256 amount, uint256 count) public {
        Payee[] memory payees = split(bound(count, 1, 8));
        give(bound(amount, 10, 1e15));
        vault.distribute();
        uint256 total = vault.payOwner();
        uint256 paid = 0;
        for (uint256 i = 0; i < payees.length; ++i) paid += token.balanceOf(payees[i].account);
        eq(paid, total);
    }

    function testFuzz_payHost(uint256 amount, address caller) public {
        give(bound(amount, 1, 1e15));
        vault.distribute();
        uint256 host = vault.buckets().host;
        uint256 before = token.balanceOf(HOST);
        vm.prank(caller);
        eq(vault.payHost(), host);
        eq(token.balanceOf(HOST) - before, host);
    }

    function testFuzz_payProtocol(uint256 amount, bool refuseTreasury, bool refusePool) public {
        amount = bound(amount, 40, 1e15);
        give(amount);
        vault.distribute();
        token.refuse(TREASURY, refuseTreasury);
        token.refuse(POOL, refusePool);
        uint256 part = (amount * 250) / 10_000;
        uint256 expected = (refuseTreasury ? 0 : part) + (refusePool ? 0 : part);
        if (expected == 0) nothingToPay();
        eq(vault.payProtocol(), expected);
        Buckets memory b = vault.buckets();
        eq(b.protocolFee, refuseTreasury ? part : 0);
        eq(b.pool, refusePool ? part : 0);
    }

    function testFuzz_withdraw(uint256 amount, address caller) public {
        give(bound(amount, 2, 1e15));
        vault.distribute();
        token.refuse(OWNER, true);
        uint256 credited = vault.payOwner();
        token.refuse(OWNER, false);
        vm.prank(caller);
        eq(vault.withdraw(OWNER), credited);
        eq(token.balanceOf(OWNER), credited);
        eq(vault.owed(OWNER), 0);
    }
}
