// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {LicenseTest} from "../testing/LicenseFixture.sol";
import {RevenueVault} from "../src/RevenueVault.sol";
import {Parent, Payee} from "../src/interfaces/IModelRegistry.sol";
import {Rates} from "../src/interfaces/IParameters.sol";
import {Buckets, IRevenueVault} from "../src/interfaces/IRevenueVault.sol";
import {Terms, TermsKind} from "../src/interfaces/ITermsRegistry.sol";

// distribute
// ├── when nothing arrived, or the token took some away    reverts
// └── when money arrived                        splits every unit: fee, pool, lineage, owner, host
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
contract RevenueVaultTest is LicenseTest {
    address internal constant ANCESTOR_OWNER = address(0xA9C);

    RevenueVault internal vault;
    uint256 internal licenseId;

    function setUp() public virtual override {
        super.setUp();
        licenseId = accept(HOST, modelId);
        vault = vaultOf(licenseId);
    }

    function give(uint256 amount) internal {
        token.mint(address(vault), amount);
    }

    function bucketsAre(uint256 protocolFee, uint256 pool, uint256 lineage, uint256 owner, uint256 host) internal view {
        Buckets memory b = vault.buckets();
        eq(b.protocolFee, protocolFee);
        eq(b.pool, pool);
        eq(b.lineage, lineage);
        eq(b.owner, owner);
        eq(b.host, host);
    }

    function nothingToCollect() internal {
        vm.expectRevert(IRevenueVault.RevenueVault_NothingToPay.selector);
    }

    /// @notice A vault of a model with two ancestors: 10 % to a stranger's parent, 5 % to its own parent.
    function descend() internal returns (uint256 parent, uint256 grandparent) {
        grandparent = mintModel(ANCESTOR_OWNER, "grand", 5_000);
        offer(ANCESTOR_OWNER, grandparent, deriveTerms(500, true));
        uint256 grandLicense = acceptDerive(OUTSIDER, grandparent);
        parent = mintChild(OUTSIDER, "parent", one(grandparent, grandLicense));
        offer(OUTSIDER, parent, deriveTerms(1_000, true));
        uint256 parentLicense = acceptDerive(HOST, parent);
        uint256 child = mintChild(HOST, "child", one(parent, parentLicense));
        fund(BUYER, address(licenses));
        vm.startPrank(BUYER);
        licenses.depositBond(BUYER, BOND);
        vm.stopPrank();
        licenseId = accept(BUYER, child);
        vault = vaultOf(licenseId);
    }

    function acceptDerive(address account, uint256 model) internal returns (uint256 id) {
        vm.prank(account);
        licenses.depositBond(account, RESERVED);
        id = acceptKind(account, model, TermsKind.DERIVE);
        serve(models.ownerOf(model), id);
    }

    // distribute

    function test_RevertWhen_NothingArrived() public {
        vm.expectRevert(IRevenueVault.RevenueVault_NothingToDistribute.selector);
        vault.distribute();
    }

    function test_DistributeSplitsByTheTerms() public {
        give(10_000);
        eq(vault.undistributed(), 10_000);
        vm.expectEmit(address(vault));
        emit IRevenueVault.Distributed(10_000, 250, 250, 0, 5_700, 3_800); // 60 % of 9,500 to the owner
        vm.prank(OUTSIDER);
        eq(vault.distribute(), 10_000);
        bucketsAre(250, 250, 0, 5_700, 3_800);
        eq(vault.undistributed(), 0);
    }

    function test_DistributePaysTheLineageFirst() public {
        (uint256 parent, uint256 grandparent) = descend();
        give(10_000);
        vm.expectEmit(address(vault));
        // 10 % and 5 % of 9,500, then 60 % of the rest
        emit IRevenueVault.Distributed(10_000, 250, 250, 1_425, 4_845, 3_230);
        vault.distribute();
        bucketsAre(250, 250, 1_425, 4_845, 3_230);
        eq(vault.royaltyOwed(parent), 950);
        eq(vault.royaltyOwed(grandparent), 475);
    }

    function test_OneUnitGoesToTheHost() public {
        give(1);
        vm.expectEmit(address(vault));
        emit IRevenueVault.Distributed(1, 0, 0, 0, 0, 1);
        vault.distribute();
        give(1); // two units, and the owner's 60 % of them is one
        vm.expectEmit(address(vault));
        emit IRevenueVault.Distributed(1, 0, 0, 0, 1, 0);
        vault.distribute();
        bucketsAre(0, 0, 0, 1, 1);
    }

    function test_NewRatesHoldForNewMoney() public {
        give(10_000);
        vault.distribute();
        Rates memory rates = parameters.rates();
        (rates.protocolFeeBps, rates.poolBps, rates.treasury) = (0, 1_000, OUTSIDER);
        vm.prank(parameters.timelock());
        parameters.setRates(rates);
        give(10_000);
        vault.distribute();
        bucketsAre(250, 1_250, 0, 5_700 + 5_400, 3_800 + 3_600);
        vault.payProtocol();
        eq(token.balanceOf(OUTSIDER), 1_000 * DOLLAR + 250);
    }

    function test_APrivateLicensePaysTheOwnerAlone() public {
        offer(OWNER, modelId, privateTerms());
        vault = vaultOf(acceptKind(HOST, modelId, TermsKind.PRIVATE));
        vault.distribute();
        bucketsAre(125_000, 125_000, 0, 4_750_000, 0);
    }

    function test_RevertWhen_TheTokenTookBalanceAway() public {
        give(10_000);
        vault.distribute();
        token.seize(address(vault), 1);
        eq(vault.undistributed(), 0);
        vm.expectRevert(IRevenueVault.RevenueVault_NothingToDistribute.selector);
        vault.distribute();
        give(1);
        eq(vault.undistributed(), 0);
        give(1);
        eq(vault.distribute(), 1);
    }

    function test_MoneyMayComeBeforeTheCode() public {
        fund(VERIFIER, address(licenses));
        vm.startPrank(VERIFIER);
        licenses.depositBond(VERIFIER, BOND);
        vm.stopPrank();
        uint256 later = accept(VERIFIER, modelId);
        address where = licenses.vaultOf(later);
        eq(where.code.length, 0);
        token.mint(where, 10_000);
        vault = vaultOf(later);
        eq(address(vault), where);
        eq(vault.distribute(), 10_000);
    }

    // payProtocol

    function test_CollectProtocolPaysTreasuryAndPool() public {
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
        nothingToCollect();
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
        nothingToCollect();
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
        emit IRevenueVault.AncestorPaid(parent, 950);
        eq(vault.payAncestor(parent), 950);
        eq(token.balanceOf(OUTSIDER) - before, 950);
        bucketsAre(250, 250, 475, 4_845, 3_230);
        nothingToCollect();
        vault.payAncestor(parent);
        give(10_000);
        vault.distribute();
        eq(vault.payAncestor(grandparent), 950);
        eq(vault.payAncestor(parent), 950);
        eq(token.balanceOf(ANCESTOR_OWNER), 950);
        bucketsAre(500, 500, 0, 9_690, 6_460);
    }

    function test_RevertWhen_ItIsNoAncestor() public {
        (uint256 parent, ) = descend();
        uint256 itself = vault.modelId();
        give(10_000);
        vault.distribute();
        nothingToCollect();
        vault.payAncestor(modelId);
        nothingToCollect();
        vault.payAncestor(itself);
        eq(vault.payAncestor(parent), 950);
    }

    function test_ARefusedAncestorIsCredited() public {
        (uint256 parent, uint256 grandparent) = descend();
        give(10_000);
        vault.distribute();
        token.refuse(ANCESTOR_OWNER, true);
        vm.expectEmit(address(vault));
        emit IRevenueVault.Credited(ANCESTOR_OWNER, 475);
        eq(vault.payAncestor(grandparent), 475);
        eq(vault.owed(ANCESTOR_OWNER), 475);
        eq(vault.payAncestor(parent), 950);
        eq(vault.undistributed(), 0); // what is credited is not split again
    }

    // payOwner

    function test_CollectOwnerPaysTheOwner() public {
        give(10_000);
        vault.distribute();
        vm.expectEmit(address(vault));
        emit IRevenueVault.OwnerPaid(modelId, 5_700);
        vm.expectEmit(address(vault));
        emit IRevenueVault.Paid(OWNER, 5_700);
        eq(vault.payOwner(), 5_700);
        eq(token.balanceOf(OWNER), 5_700);
        bucketsAre(250, 250, 0, 0, 3_800);
        nothingToCollect();
        vault.payOwner();
    }

    function test_CollectOwnerPaysTheNewOwner() public {
        give(10_000);
        vault.distribute();
        vm.prank(OWNER);
        models.transferFrom(OWNER, VERIFIER, modelId);
        vault.payOwner();
        eq(token.balanceOf(VERIFIER), 5_700);
        eq(token.balanceOf(OWNER), 0);
    }

    function split(uint256 count) private returns (Payee[] memory payees) {
        payees = new Payee[](count);
        uint16 rest = 10_000;
        for (uint256 i = 0; i < count; ++i) {
            uint16 bps = i == count - 1 ? rest : uint16(1_000 + i);
            payees[i] = Payee(address(uint160(0xBEEF00 + i)), bps);
            rest -= bps;
        }
        vm.prank(OWNER);
        models.setPayees(modelId, payees);
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

    function test_CollectHostPaysTheAccount() public {
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
        nothingToCollect();
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

    // callbacks

    function test_ATokenThatCallsBackFindsEveryEntryShut() public {
        bytes[6] memory calls = [
            abi.encodeCall(vault.distribute, ()),
            abi.encodeCall(vault.payProtocol, ()),
            abi.encodeCall(vault.payAncestor, (1)),
            abi.encodeCall(vault.payOwner, ()),
            abi.encodeCall(vault.payHost, ()),
            abi.encodeCall(vault.withdraw, (OWNER))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            give(10_000);
            vault.distribute();
            give(1);
            token.callBack(address(vault), calls[i]);
            vault.payOwner();
            require(token.hookReverted(), "reentered");
            vault.distribute();
        }
    }

    // Fuzz

    function testFuzz_distribute(uint256 first, uint256 second, uint16 ownerShareBps) public {
        Terms memory t = terms(5_000);
        t.ownerShareBps = uint16(bound(ownerShareBps, 0, 10_000));
        t.bond = 0;
        uint256 other = mintModel(OWNER, "other", 5_000);
        offer(OWNER, other, t);
        vault = vaultOf(accept(HOST, other));
        (first, second) = (bound(first, 1, 1e15), bound(second, 1, 1e15));
        give(first);
        eq(vault.distribute(), first);
        give(second);
        eq(vault.distribute(), second);
        Buckets memory b = vault.buckets();
        eq(b.protocolFee, (first * 250) / 10_000 + (second * 250) / 10_000);
        eq(b.pool, b.protocolFee);
        uint256 net = first + second - 2 * b.pool;
        eq(b.owner, (net * t.ownerShareBps) / 10_000);
        eq(b.owner + b.host, net);
    }

    /// @notice However the money comes in and is split, the shares are those of the sum.
    function testFuzz_SplittingOftenChangesNothing(uint256[6] memory amounts) public {
        uint256 fees = 0;
        uint256 gross = 0;
        for (uint256 i = 0; i < amounts.length; ++i) {
            amounts[i] = bound(amounts[i], 1, 1e12);
            give(amounts[i]);
            vault.distribute();
            gross += amounts[i];
            fees += 2 * ((amounts[i] * 250) / 10_000);
        }
        bucketsAre(
            fees / 2,
            fees / 2,
            0,
            ((gross - fees) * 6_000) / 10_000,
            gross - fees - ((gross - fees) * 6_000) / 10_000
        );
    }

    function testFuzz_payAncestor(uint256[4] memory amounts) public {
        (uint256 parent, uint256 grandparent) = descend();
        uint256 toParent = 0;
        for (uint256 i = 0; i < amounts.length; ++i) {
            give(bound(amounts[i], 1, 1e12));
            vault.distribute();
            if (vault.royaltyOwed(parent) != 0 && i % 2 == 0) toParent += vault.payAncestor(parent);
        }
        if (vault.royaltyOwed(parent) != 0) toParent += vault.payAncestor(parent);
        uint256 toGrandparent = vault.royaltyOwed(grandparent) == 0 ? 0 : vault.payAncestor(grandparent);
        Buckets memory b = vault.buckets();
        uint256 net = toParent + toGrandparent + b.lineage + b.owner + b.host;
        eq(toParent, (net * 1_000) / 10_000);
        eq(toGrandparent, (net * 500) / 10_000);
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
        if (expected == 0) nothingToCollect();
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

    /// @notice A vault always holds what its buckets and credits say, and pays out no more than came in.
    function testFuzz_AVaultStaysSolvent(uint256[12] memory steps) public {
        uint256 given = 0;
        for (uint256 i = 0; i < steps.length; ++i) {
            uint256 step = steps[i] % 8;
            if (step < 3) {
                uint256 amount = bound(steps[i] >> 8, 1, 1e12);
                give(amount);
                given += amount;
            }
            if (step == 3) token.refuse(OWNER, !token.refuses(OWNER));
            bytes[4] memory calls = [
                abi.encodeCall(vault.distribute, ()),
                abi.encodeCall(vault.payOwner, ()),
                abi.encodeCall(vault.payHost, ()),
                abi.encodeCall(vault.payProtocol, ())
            ];
            (bool done, ) = address(vault).call(calls[(steps[i] >> 4) % 4]);
            done; // refused where there is nothing
            Buckets memory b = vault.buckets();
            uint256 kept = b.protocolFee + b.pool + b.lineage + b.owner + b.host + vault.owed(OWNER);
            eq(token.balanceOf(address(vault)), kept + vault.undistributed());
        }
        uint256 out =
            token.balanceOf(OWNER) + token.balanceOf(TREASURY) + token.balanceOf(POOL) + token.balanceOf(HOST);
        eq(out + token.balanceOf(address(vault)), given + 1_000 * DOLLAR - BOND);
    }
}
